"""Texts about Entra events for people. Values are raw; the message model escapes hidden characters."""

from functools import lru_cache

from ...model import Activity, Event, Fact, Outcome
from ...model.text import visible
from ..answers import plain_result
from . import audit_text
from .detail import Device, EntraSubject, audit_of, risk_of, sign_in_of
from .spelling import spelled
from .vocabulary import CLOUD_CLI_APPS, STOPPED_BY_POLICY

_ROLES: dict[str, str] = {
    EntraSubject.USER: "Entra user",
    EntraSubject.SERVICE_PRINCIPAL: "service principal",
    EntraSubject.MANAGED_IDENTITY: "managed identity",
}
_DEVICE_STATES = {
    (fact, state): said
    for state in ("managed", "compliant")
    for fact, said in ((Fact.PRESENT, (state,)), (Fact.ABSENT, (f"not {state}",)), (Fact.UNKNOWN, ()))
}
_SAID = {Fact.PRESENT: "MFA used", Fact.ABSENT: "no MFA", Fact.UNKNOWN: "MFA unknown"}


def identity(event: Event) -> str | None:
    """The object id of the user, or None."""
    detail = sign_in_of(event) or risk_of(event) or audit_of(event)
    return detail.user_id if detail is not None else None


def role(event: Event) -> str:
    """The kind of Entra identity that acted."""
    return _ROLES.get(event.subject, "")


def used(event: Event) -> str:
    """The application and the resource that it accessed, what was changed in the directory, or the type of the risk detection."""
    sign_in = sign_in_of(event)
    if sign_in is not None:
        return _accessed(sign_in.app_id, sign_in.app_name, sign_in.resource_name)
    if audit_of(event) is not None:
        return audit_text.said(event)
    risk = risk_of(event)
    return f"risk detection {visible((risk.risk_type if risk is not None else None) or 'of unknown type', 60)}"


@lru_cache(maxsize=1_024)
def _accessed(app_id: str | None, app_name: str | None, resource_name: str | None) -> str:
    known = CLOUD_CLI_APPS.get(app_id or "")
    app = f"{known} (cloud command line)" if known else visible(app_name or "unknown application", 60)
    return f"{app} to {visible(resource_name, 60)}" if resource_name else app


def result(event: Event) -> str:
    """The result of a sign-in; empty for a detection, which has no outcome."""
    sign_in = sign_in_of(event)
    if sign_in is None:
        return "" if event.outcome is Outcome.UNKNOWN else event.outcome.value
    if event.outcome is Outcome.FAILURE and sign_in.error_code in STOPPED_BY_POLICY:
        return f"correct password, then stopped by policy (error {sign_in.error_code})"
    return plain_result(event)


def noun(event: Event) -> str:
    """What the event is."""
    return "sign-in" if sign_in_of(event) is not None else "event"


def mfa(activity: Activity) -> str:
    """What the sign-in says about MFA."""
    sign_in = sign_in_of(activity.event)
    return _SAID[sign_in.mfa] if sign_in is not None else ""


def device(event: Event) -> str:
    """The device of a sign-in: its name, system and browser, and whether it is managed and compliant."""
    sign_in = sign_in_of(event)
    return "" if sign_in is None else _described(sign_in.device)


@lru_cache(maxsize=1_024)
def _described(device: Device) -> str:
    named = [visible(part, 60) for part in (device.display_name or device.device_id, device.operating_system, device.browser) if part]
    return ", ".join([*named, *_DEVICE_STATES[device.managed, "managed"], *_DEVICE_STATES[device.compliant, "compliant"]])


def risk(activity: Activity) -> str:
    """The risk as Entra reports it: levels, types and state of the sign-in and its detections."""
    event = activity.event
    sign_in, own = sign_in_of(event), risk_of(event)
    levels = (sign_in.level_during, sign_in.level_aggregated) if sign_in is not None else ()
    types = sign_in.risk_types if sign_in is not None else ()
    state = sign_in.risk_state if sign_in is not None else own.state if own is not None else None
    if own is None and not activity.detections:
        return _reported(levels, types, state)
    detections = [found for item in (event, *activity.detections) if (found := risk_of(item)) is not None]
    linked = tuple(found.risk_type for found in detections if found.risk_type)
    return _reported((*levels, *(found.level for found in detections)), (*types, *linked), state)


@lru_cache(maxsize=1_024)
def _reported(levels: tuple[str | None, ...], types: tuple[str, ...], state: str | None) -> str:
    stated = ", ".join(dict.fromkeys(level for level in levels if level and level != "none"))
    named = ", ".join(visible(kind, 60) for kind in dict.fromkeys(types))
    shown = " ".join(part for part in (f"risk {stated}" if stated else "risk type" if named else "", f"({named})" if named else "") if part)
    return f"{shown}, state {visible(spelled(state) or state, 40)}" if shown and state and state != "none" else shown
