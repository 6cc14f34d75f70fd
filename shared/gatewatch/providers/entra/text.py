"""Texts about Entra events for people. Values are raw; the message model escapes hidden characters."""

from ...model import Activity, Event, Fact, Outcome
from ...model.text import visible
from ..answers import plain_result
from .detail import EntraSubject, risk_of, sign_in_of
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
    detail = sign_in_of(event) or risk_of(event)
    return detail.user_id if detail is not None else None


def role(event: Event) -> str:
    """The kind of Entra identity that acted."""
    return _ROLES.get(event.subject, "")


def used(event: Event) -> str:
    """The application and the resource that it accessed, or the type of the risk detection."""
    sign_in, risk = sign_in_of(event), risk_of(event)
    if sign_in is not None:
        known = CLOUD_CLI_APPS.get(sign_in.app_id or "")
        app = f"{known} (cloud command line)" if known else visible(sign_in.app_name or "unknown application", 60)
        return f"{app} to {visible(sign_in.resource_name, 60)}" if sign_in.resource_name else app
    return f"risk detection {visible((risk.risk_type if risk is not None else None) or 'of unknown type', 60)}"


def result(event: Event) -> str:
    """The result of a sign-in; empty for a detection, which has no outcome."""
    sign_in = sign_in_of(event)
    if sign_in is None:
        return "" if event.outcome is Outcome.UNKNOWN else event.outcome.value
    if event.outcome is Outcome.FAILURE and sign_in.error_code in STOPPED_BY_POLICY:
        return f"correct password, then stopped by policy (error {sign_in.error_code})"
    return plain_result(event)


def mfa(activity: Activity) -> str:
    """What the sign-in says about MFA."""
    sign_in = sign_in_of(activity.event)
    return _SAID[sign_in.mfa] if sign_in is not None else ""


def device(event: Event) -> str:
    """The device of a sign-in: its name, system and browser, and whether it is managed and compliant."""
    sign_in = sign_in_of(event)
    if sign_in is None:
        return ""
    found = sign_in.device
    named = [visible(part, 60) for part in (found.display_name or found.device_id, found.operating_system, found.browser) if part]
    return ", ".join([*named, *_DEVICE_STATES[found.managed, "managed"], *_DEVICE_STATES[found.compliant, "compliant"]])


def risk(activity: Activity) -> str:
    """The risk as Entra reports it: levels, types and state of the sign-in and its detections."""
    event = activity.event
    sign_in = sign_in_of(event)
    detections = [found for item in (event, *activity.detections) if (found := risk_of(item)) is not None]
    levels = [sign_in.level_during, sign_in.level_aggregated] if sign_in is not None else []
    levels += [found.level for found in detections]
    types = [*(sign_in.risk_types if sign_in is not None else ()), *(found.risk_type for found in detections if found.risk_type)]
    stated = ", ".join(dict.fromkeys(level for level in levels if level and level != "none"))
    named = ", ".join(visible(kind, 60) for kind in dict.fromkeys(types))
    shown = " ".join(part for part in (f"risk {stated}" if stated else "risk type" if named else "", f"({named})" if named else "") if part)
    state = _state(event)
    return f"{shown}, state {visible(spelled(state) or state, 40)}" if shown and state and state != "none" else shown


def _state(event: Event) -> str | None:
    sign_in, detection = sign_in_of(event), risk_of(event)
    if sign_in is not None:
        return sign_in.risk_state
    return detection.state if detection is not None else None
