"""Requests that show a sign-in to a responder, and the tokens that link records. Only ids in Graph's own form are put into requests."""

import re

from ...model import Event, Link
from ...model.tokens import done_to_token, person_token
from ..identity import person_key
from .detail import DirectoryAudit, risk_of, sign_in_of

_SIGN_IN_LOGS = "https://entra.microsoft.com/#view/Microsoft_AAD_IAM/SignInEventsV3Blade"
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_AUDIT_ID = re.compile(r"Directory_[A-Za-z0-9_-]{8,128}")


def lookups(event: Event) -> tuple[str, ...]:
    """The Graph request for the sign-in, for the one that a detection names, or for the directory audit; empty when its id is unknown."""
    audit = event.detail
    if type(audit) is DirectoryAudit:
        known = audit.audit_id is not None and _AUDIT_ID.fullmatch(audit.audit_id) is not None
        return (f"Read the record: GET https://graph.microsoft.com/v1.0/auditLogs/directoryAudits/{audit.audit_id}",) if known else ()
    sign_in, risk = sign_in_of(event), risk_of(event)
    named = sign_in.sign_in_id if sign_in is not None else risk.request_id if risk is not None else None
    if not named or not _ID.fullmatch(named):
        return ()
    return (f"Read the sign-in: GET https://graph.microsoft.com/v1.0/auditLogs/signIns/{named}",)


def links_for_people(event: Event) -> tuple[Link, ...]:
    """The page of the sign-in logs: the portal documents no address of a single sign-in, so the look-up names its id."""
    return (Link("Entra sign-in logs", _SIGN_IN_LOGS),) if type(event.detail) is not DirectoryAudit and lookups(event) else ()


def wanted(event: Event) -> str | None:
    """The vendor id of the sign-in that a risk detection names, or None."""
    risk = risk_of(event)
    return sign_in_vendor_id(risk.request_id) if risk is not None and risk.request_id else None


def sign_in_vendor_id(sign_in_id: str) -> str:
    """The vendor id of a sign-in. It is lower case, because Graph ignores the case of ids."""
    return f"entra|{sign_in_id.lower()}"


def mentions(event: Event) -> tuple[str, ...]:
    """The tokens of the user in a directory audit whose initiator is another one: by object id and by name."""
    audit = event.detail
    if type(audit) is not DirectoryAudit or (audit.target_user_id or "").lower() == event.principal:
        return ()
    person = person_key(audit.target_user)
    by_name = (person_token(person),) if person is not None and person != event.person else ()
    by_id = (f"principal:{event.account or ''}|{audit.target_user_id.lower()}",) if audit.target_user_id else ()
    return tuple(map(done_to_token, (*by_id, *by_name)))


def tokens(event: Event) -> tuple[str, ...]:
    """The link tokens: the sign-in that a detection names, and correlation id with user."""
    sign_in = sign_in_of(event)
    detail = sign_in if sign_in is not None else risk_of(event)
    if detail is None:
        return ()
    named = wanted(event) if sign_in is None else None
    found = [f"id:{named}"] if named is not None else []
    if detail.correlation_id and detail.user_id:
        found.append(f"corr:{detail.correlation_id.lower()}|{detail.user_id.lower()}")
    return tuple(found)
