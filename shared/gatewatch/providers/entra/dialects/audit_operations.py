"""Directory audits in the unified audit log of Microsoft 365 (record type 8): the operations that ``audit_table`` names.

Their names end with a full stop there. Who acted stands in ``Actor`` and whom or what it was done to in ``Target``, lists of ``{ID, Type}``:
5 is a UPN, 1 a name, 2 anything, often with the object's kind before its id (``User_<guid>``, ``ServicePrincipal_<guid>``).
Names as in public test records of elastic/integrations and SEKOIA-IO/intake-formats, 2019 to 2025.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from ....reading.fields import Fields, objects, scalar, whole, word
from ....reading.late_pattern import LatePattern
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import put, row, translated
from ..audit_table import TOKEN_SERVICE, audited, fold_activity
from .audit_log import is_audit_record

_ENTRIES_AT_MOST = 16
_OBJECT = LatePattern(r"(user|serviceprincipal|application|role|group|policy)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_UPN = 5
_NAME = 1
_SERVICE_PRINCIPAL_NAME = 4

ROWS = (
    row("id", "Id", "OfficeId"),
    row("activityDateTime", "CreationTime", "CreationDate", "TimeGenerated", "@timestamp"),
    row("activityDisplayName", "Operation"),
    row("correlationId", "InterSystemsId"),
    row("result", "ResultStatus"),
    row("AADTenantId", "OrganizationId"),
)


def _recognise(record: Fields) -> bool:
    if audited(record.get("Operation")) is None or not is_audit_record(record):
        return False
    return "azureactivedirectory" in {word(record.get(name)) for name in ("Workload", "OfficeWorkload", "RecordType")} or (
        whole(record.get("RecordType")) == 8
    )


def _translate(record: Fields) -> Mapping[str, object]:
    result = translated(record, ROWS)
    result |= {"loggedByService": "unified audit log"}
    actor, target = _entries(record.get("Actor")), _entries(record.get("Target"))
    _put_initiator(result, record, actor)
    result["targetResources"] = [_target(record, target)]
    return result


def _put_initiator(result: dict[str, object], record: Fields, actor: Sequence[tuple[str, int | None]]) -> None:
    user, program = _of_kind(actor, "user"), _of_kind(actor, "serviceprincipal")
    upn = _named(actor, _UPN) or _address(record.get("UserId"))
    if user is None and upn is None:
        put(result, "initiatedBy.app.servicePrincipalId", program)
        put(result, "initiatedBy.app.displayName", _named(actor, _NAME) or scalar(record.get("UserId")))
        return
    put(result, "initiatedBy.user.id", user)
    put(result, "initiatedBy.user.userPrincipalName", upn)
    put(result, "initiatedBy.user.ipAddress", record.first("ActorIpAddress", "ClientIP", "Client_IPAddress"))
    if any(fold_activity(text) == TOKEN_SERVICE for text, _ in actor):
        put(result, "initiatedBy.user.displayName", TOKEN_SERVICE)


def _target(record: Fields, target: Sequence[tuple[str, int | None]]) -> dict[str, object]:
    """The one object of a record. Which kind it is, the kind before its id says."""
    found = next(((match[1], match[2]) for text, _ in target if (match := _OBJECT.fullmatch(text)) is not None), None)
    upn = _named(target, _UPN)
    changed = [
        {"displayName": pair.get("Name"), "newValue": pair.get("NewValue"), "oldValue": pair.get("OldValue")}
        for pair in objects(record.get("ModifiedProperties"), _ENTRIES_AT_MOST)
    ]
    name = _named(target, _NAME) or _named(target, _SERVICE_PRINCIPAL_NAME)
    return {
        "type": found[0] if found is not None else None,
        "id": found[1] if found is not None else None,
        "userPrincipalName": upn,
        "displayName": name,
        "modifiedProperties": changed,
    }


def _entries(value: object) -> list[tuple[str, int | None]]:
    return [(text, whole(entry.get("Type"))) for entry in objects(value, _ENTRIES_AT_MOST) if (text := scalar(entry.get("ID"))) is not None]


def _of_kind(entries: Sequence[tuple[str, int | None]], kind: str) -> str | None:
    """The object id with this kind before it."""
    matches: Iterator[re.Match[str]] = (match for text, _ in entries if (match := _OBJECT.fullmatch(text)) is not None)
    return next((match[2] for match in matches if match[1].casefold() == kind), None)


def _named(entries: Sequence[tuple[str, int | None]], kind: int) -> str | None:
    return next((text for text, number in entries if number == kind), None)


def _address(value: object) -> str | None:
    """A UPN, and nothing else that may stand in UserId (``ServicePrincipal_...``, a service's name)."""
    text = scalar(value)
    return text if text is not None and "@" in text else None


AUDIT_OPERATIONS = Dialect(
    name="Unified audit log: directory operations (record type 8)",
    marks=frozenset({"Operation"}),
    recognise=_recognise,
    translate=_translate,
    columns=(columns("Operation", "RecordType", "UserId", "ModifiedProperties", "CreationTime"),),
    cannot_carry=(Gap("result_reason", "Which method was registered is not said.", flagged=False),),
    sample={
        "CreationTime": "2026-11-20T10:20:00",
        "Id": "00000000-0000-4000-9000-000000000008",
        "Operation": "Add member to role.",
        "OrganizationId": "72f988bf-0000-4000-8000-000000000001",
        "RecordType": 8,
        "ResultStatus": "Success",
        "UserKey": "10030000A96D4E26@example.com",
        "UserType": 0,
        "Workload": "AzureActiveDirectory",
        "ObjectId": "mallory@example.com",
        "UserId": "dana@example.com",
        "ModifiedProperties": [{"Name": "Role.DisplayName", "NewValue": "Global Administrator", "OldValue": ""}],
        "Actor": [
            {"ID": "dana@example.com", "Type": 5},
            {"ID": "10030000A96D4E26", "Type": 3},
            {"ID": "User_00000000-0000-4000-a000-000000000001", "Type": 2},
        ],
        "ActorIpAddress": "198.51.100.66",
        "InterSystemsId": "00000000-0000-4000-b000-000000000008",
        "Target": [{"ID": "User_00000000-0000-4000-a000-000000000009", "Type": 2}, {"ID": "mallory@example.com", "Type": 5}],
    },
)
