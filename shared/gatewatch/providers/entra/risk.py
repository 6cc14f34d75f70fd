"""Turns Entra risk detections into events: Graph ``riskDetection`` and ``servicePrincipalRiskDetection``, and diagnostic records."""

from datetime import datetime

from ...errors import SourceError
from ...model import Event, Outcome
from ...reading.canonical import digest
from ...reading.fields import USER_AGENT_LIMIT_CHARS, Fields, Notes, items, mapping, word
from ...reading.times import moment
from ...reading.user_agent import client_of
from .detail import RiskDetection
from .enums import level, risk_type, state
from .identity import identity_of, object_id
from .place import place
from .sign_in import first_time, properties_of, tenant_of

_INFO_LIMIT_CHARS = 8192
_SAYS_LITTLE = frozenset({"generic", "unknownfuturevalue"})


# A detection without any of these is what was left when an export lost the object that it was in.
_SAYS_SOMETHING = ("id", "userId", "userPrincipalName", "servicePrincipalId", "riskEventType", "riskType", "riskLevel", "riskState")


def from_graph(record: Fields, tenant: str | None) -> Event | str:
    """The event in a Graph riskDetection. ``tenant`` is that of the connection."""
    return _event(record, None, tenant)


def from_diagnostic(envelope: Fields, tenant: str | None) -> Event | str:
    """The event in an Azure diagnostic settings record; raises ``SourceError``."""
    return _event(properties_of(envelope), envelope, tenant or tenant_of(envelope))


def _event(record: Fields, envelope: Fields | None, tenant: str | None) -> Event:
    if not record.has(*_SAYS_SOMETHING):
        raise SourceError("detection_says_nothing", "it names neither who it is about nor a risk or itself")
    notes = Notes()
    where = place(record, envelope, notes)
    detail = _detail(record, notes)
    service_principal = object_id(notes.text(record.get("servicePrincipalId"), "service_principal_id"))
    who = identity_of(detail.user_id, service_principal, detail.upn, where.ip or where.address, notes)
    time = _time(record, notes)
    user_agent = notes.text(_agent(record.get("additionalInfo")), "user_agent", USER_AGENT_LIMIT_CHARS)
    return Event(
        vendor_id=f"entra-risk|{detail.detection_id or digest((envelope or record).data)}",
        time=time,
        action="riskDetection",
        outcome=Outcome.UNKNOWN,
        subject=who.subject,
        account=tenant,
        principal=who.principal,
        person=who.person,
        names=who.names,
        user_name=who.user_name,
        display_name=notes.text(record.first("userDisplayName", "servicePrincipalDisplayName"), "display_name"),
        place=where,
        user_agent=user_agent,
        client=client_of(user_agent),
        updated=moment(record.get("lastUpdatedDateTime")),
        truncated=notes.truncated,
        data_quality=notes.quality,
        detail=detail,
    )


def _detail(record: Fields, notes: Notes) -> RiskDetection:
    return RiskDetection(
        detection_id=notes.text(record.get("id"), "id"),
        request_id=object_id(notes.text(record.get("requestId"), "request_id")),
        correlation_id=object_id(word(record.get("correlationId"))),
        user_id=object_id(notes.text(record.get("userId"), "user_id")),
        upn=notes.text(record.get("userPrincipalName"), "upn"),
        risk_type=_type(record, notes),
        level=level(record.get("riskLevel"), notes),
        state=state(record.get("riskState"), notes),
        detail=word(record.get("riskDetail")),
        timing=word(record.get("detectionTimingType")),
        activity=word(record.get("activity")),
        source=notes.text(record.get("source"), "risk_source"),
        token_issuer=notes.text(record.get("tokenIssuerType"), "token_issuer"),
        detected=moment(record.get("detectedDateTime")),
        additional_info=notes.text(record.get("additionalInfo"), "additional_info", _INFO_LIMIT_CHARS),
    )


def _time(record: Fields, notes: Notes) -> datetime | None:
    """The time of the activity, else the time of detection (offline detections may be two days later), else None."""
    return first_time(record.get("activityDateTime"), lambda: record.get("detectedDateTime"), notes)


def _type(record: Fields, notes: Notes) -> str | None:
    """The type in riskEventType, or in the older riskType if the first is missing or generic."""
    found = risk_type(record.get("riskEventType"), notes)
    if found is None or found.casefold() in _SAYS_LITTLE:
        older = risk_type(record.get("riskType"), notes)
        if older is not None and older.casefold() not in _SAYS_LITTLE:
            return older
        return found or older
    return found


def _agent(info: object) -> object:
    """The user agent in the key-value pairs of ``additionalInfo``, or None."""
    for item in items(info)[:64]:
        pair = Fields(mapping(item))
        if word(pair.get("Key")) == "useragent":
            return pair.get("Value")
    return None
