"""Turns Entra's directory audits into events: Graph ``directoryAudit``, diagnostic ``AuditLogs`` records and rows of that table.

Read are the activities of ``audit_table``. Whose event it is, its initiator decides: what was done to somebody is not evidence of that person.
"""

from datetime import datetime

from msgspec import Struct

from ...errors import SourceError
from ...model import Event, Outcome, Place
from ...reading.address import ip_of
from ...reading.canonical import digest
from ...reading.fields import USER_AGENT_LIMIT_CHARS, Fields, Notes, objects, parse_once, single, word
from ...reading.times import is_ambiguous, moment
from ...reading.user_agent import client_of
from ..identity import Who
from .audit_table import ACCESS_PASS, TOKEN_SERVICE, Audited, AuditKind, audited, fold_activity
from .detail import DirectoryAudit, EntraSubject
from .identity import identity_of, object_id
from .sign_in import tenant_of

NOT_CONTEXT = "directory_audit_not_context"
"""Why an activity is ignored that is not of the table."""
BY_A_SERVICE = "directory_audit_by_a_service"
"""Why a record is ignored whose initiator is a service of Microsoft's, by name and without an id: no sign-in belongs to it."""
IGNORE_REASONS = frozenset({NOT_CONTEXT, BY_A_SERVICE})

_RESOURCES_AT_MOST, _PROPERTIES_AT_MOST = 16, 32
_ENDS = {
    "success": Outcome.SUCCESS,
    "failure": Outcome.FAILURE,
    "failed": Outcome.FAILURE,
    "timeout": Outcome.FAILURE,
    "0": Outcome.SUCCESS,
}


class _Initiator(Struct, frozen=True, gc=False, kw_only=True):
    who: Who
    user_id: str | None = None
    upn: str | None = None
    display_name: str | None = None
    service_principal_id: str | None = None
    app_id: str | None = None
    app_name: str | None = None
    address: str | None = None


class _Target(Struct, frozen=True, gc=False):
    id: str | None = None
    name: str | None = None


def from_graph(record: Fields, tenant: str | None) -> Event | str:
    """The event in a Graph directoryAudit or a row of AuditLogs. ``tenant`` is that of the connection; raises ``SourceError``."""
    return _event(record, None, tenant)


def from_diagnostic(envelope: Fields, tenant: str | None) -> Event | str:
    """The event in an Azure diagnostic settings record; raises ``SourceError``."""
    return _event(envelope.object("properties"), envelope, tenant or tenant_of(envelope))


def _event(record: Fields, envelope: Fields | None, tenant: str | None) -> Event | str:
    outer = envelope or record
    found = audited(single(record.get("activityDisplayName"))) or audited(single(outer.get("operationName")))
    if found is None:
        return NOT_CONTEXT
    notes = Notes()
    initiator = _initiator(record.object("initiatedBy"), notes)
    if initiator is None:
        return BY_A_SERVICE
    reason = notes.text(record.first("resultReason", "resultDescription"), "result_reason")
    audit_id = notes.text(record.get("id"), "id")
    agent = notes.text(record.get("userAgent") or _additional(record), "user_agent", USER_AGENT_LIMIT_CHARS)
    time, outcome = _time(record, outer, notes), _outcome(record, outer, notes)
    user, thing = _targets(record, notes)
    who = initiator.who
    return Event(
        vendor_id=f"entra-audit|{audit_id or digest(outer.data)}",
        time=time,
        action=found.name,
        outcome=outcome,
        subject=who.subject,
        account=tenant,
        principal=who.principal,
        person=who.person,  # no ``names``: no list of the tuning is about what is only shown
        user_name=who.user_name,
        display_name=initiator.display_name,
        place=Place(address=initiator.address, ip=ip_of(initiator.address) if initiator.address else None),
        user_agent=agent,
        client=client_of(agent),
        truncated=notes.truncated,
        data_quality=notes.quality,
        detail=DirectoryAudit(
            audit_id=audit_id,
            correlation_id=object_id(word(record.get("correlationId")) or word(outer.get("correlationId"))),
            activity=found.name,
            changes=_kind(found, reason),
            category=notes.text(record.get("category"), "category"),
            service=notes.text(record.get("loggedByService"), "service"),
            result_reason=reason,
            user_id=initiator.user_id,
            upn=initiator.upn,
            service_principal_id=initiator.service_principal_id,
            app_id=initiator.app_id,
            app_name=initiator.app_name,
            target_user_id=user.id,
            target_user=user.name,
            target_id=thing.id,
            target_name=thing.name,
        ),
    )


def _initiator(initiated: Fields, notes: Notes) -> _Initiator | None:
    """Who did it: a user, else an application that has an id; None for a service that has only a name. Raises ``SourceError`` without either."""
    user, app = initiated.object("user"), initiated.object("app")
    user_id, upn = object_id(notes.text(user.get("id"), "user_id")), notes.text(user.get("userPrincipalName"), "upn")
    if user_id is not None or upn is not None:
        name = notes.text(user.get("displayName"), "display_name")
        own = name is None or fold_activity(name) != TOKEN_SERVICE
        return _Initiator(
            who=identity_of(user_id, None, upn, None, notes),
            user_id=user_id,
            upn=upn,
            display_name=name if own else None,
            address=notes.text(user.get("ipAddress"), "source_address") if own else None,
        )
    app_id, app_name = word(app.get("appId")), notes.text(app.get("displayName"), "app_name")
    principal = object_id(notes.text(app.get("servicePrincipalId"), "service_principal_id"))
    if principal is not None:
        who = Who(subject=EntraSubject.SERVICE_PRINCIPAL, principal=principal.lower(), user_name=app_name)
        return _Initiator(who=who, service_principal_id=principal, app_id=object_id(app_id), app_name=app_name, display_name=app_name)
    if app_name is None and object_id(app_id) is None:
        raise SourceError("directory_audit_without_initiator", "initiatedBy names neither a user nor an application")
    return None


def _time(record: Fields, outer: Fields, notes: Notes) -> datetime:
    """When it was done, else when the log was written. Without a time it cannot be said whose alerts it is near: raises ``SourceError``."""
    written = single(record.get("activityDateTime"))
    found = moment(written)
    if found is None:
        written = single(outer.first("time", "TimeGenerated"))
        found = moment(written)
        notes.doubt("time_approximate")
    if found is None:
        raise SourceError("directory_audit_without_time", "neither activityDateTime nor the time of the record can be read")
    if is_ambiguous(written):
        notes.doubt("time_ambiguous")
    return found


def _outcome(record: Fields, outer: Fields, notes: Notes) -> Outcome:
    found = _ENDS.get(word(record.get("result")) or word(outer.first("resultType", "resultSignature")) or "")
    if found is None:
        notes.doubt("unknown_outcome")
    return found or Outcome.UNKNOWN


def _kind(found: Audited, reason: str | None) -> str:
    """A temporary access pass has no activity of its own: the reason of the result names it."""
    passes = found.kind is AuditKind.SECURITY_INFO and ACCESS_PASS in fold_activity(reason or "")
    return AuditKind.TEMPORARY_ACCESS_PASS if passes else found.kind


def _targets(record: Fields, notes: Notes) -> tuple[_Target, _Target]:
    """The first user it was done to, and the first other object. The name of a role may stand among the user's changed properties only."""
    user, thing, role = _Target(), _Target(), None
    for resource in objects(record.get("targetResources"), _RESOURCES_AT_MOST):
        upn, name = notes.text(resource.get("userPrincipalName"), "target_user"), notes.text(resource.get("displayName"), "target_name")
        target_id = object_id(notes.text(resource.get("id"), "target_id"))
        role = role or _role(resource, notes)
        if upn is not None or word(resource.get("type")) == "user":
            user = user if user.id or user.name else _Target(target_id, upn or name)
        elif not thing.name:
            thing = _Target(target_id, name)
    return user, _Target(thing.id, role or thing.name)


def _role(resource: Fields, notes: Notes) -> str | None:
    for changed in objects(resource.get("modifiedProperties"), _PROPERTIES_AT_MOST):
        if word(changed.first("displayName", "name")) == "role.displayname":
            new = changed.first("newValue", "oldValue")
            return notes.text(parse_once(new) if isinstance(new, str) and new[:1] == '"' else new, "target_name")
    return None


def _additional(record: Fields) -> object:
    """The user agent in the key-value pairs of ``additionalDetails``, or None."""
    pairs = objects(record.get("additionalDetails"), _PROPERTIES_AT_MOST)
    return next((pair.get("value") for pair in pairs if word(pair.get("key")) == "user-agent"), None)
