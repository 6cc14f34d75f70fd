"""The probe of Graph's risk detections. Each of them is kept, so it only says which of them are read as one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Raw, Struct, structs

from ...model import Event
from ...reading.times import exact
from ..probe import ABSENT, OWN_VALUE, Answer, Parsed, Probe, Question, Twins, extended, folded, own_id, own_text, plain_id
from . import twins
from .identity import object_id
from .probe import MATTERS

# Whatever any reader asks for, compared as written; who it was and from where is a record's own, if no program is named.
_SAME = (
    "riskType", "riskEventType", "riskState", "riskLevel", "riskDetail", "source", "detectionTimingType", "activity", "tokenIssuerType",
    "additionalInfo", "location", "locationDetails",
    "autonomousSystemNumber", "servicePrincipalId", "servicePrincipalDisplayName", "appId", "userType", "crossTenantAccessType",
    "@odata.type", "Type", "AADTenantId",
)  # fmt: skip
_NO_PROGRAM = frozenset({b"", b"null", b'""'})
_OWN = ("requestId", "correlationId", "detectedDateTime", "lastUpdatedDateTime")
_MATTERS = MATTERS | folded(*twins.PEOPLE, *_SAME, *_OWN)


def _layout(names: Iterable[str], strict: bool) -> type[Struct]:  # noqa: FBT001 - as Probe.layout
    fields: list[tuple[str, Any, Any]] = [("id", str, msgspec.field()), ("activity_time", str, msgspec.field(name="activityDateTime"))]
    for group, some in (("same", _SAME), ("own", _OWN), ("who", tuple(twins.PEOPLE))):
        fields += [(f"{group}_{number}", Raw, msgspec.field(default=ABSENT, name=name)) for number, name in enumerate(some)]
    return extended(msgspec.defstruct("Detection", fields, kw_only=True, gc=False), names, strict)


_VALUES = attrgetter(*(f"same_{number}" for number in range(len(_SAME))))
_OWN_VALUES = attrgetter(*(f"own_{number}" for number in range(len(_OWN))))
_PEOPLE = attrgetter(*(f"who_{number}" for number in range(len(twins.PEOPLE))))
_PROGRAM = attrgetter(f"same_{_SAME.index('servicePrincipalId')}")


def _ask(record: Any) -> Answer:  # noqa: ANN401 - the layout is made at run time
    time = exact(record.activity_time)
    if time is None or not plain_id(record.id):
        return None
    return Question(b"", time, f"entra-risk|{record.id}", record, _TWINS)


def _apart(record: Any) -> tuple[bytes, tuple[Any, ...]]:  # noqa: ANN401
    request, correlation, detected, updated = _OWN_VALUES(record)
    own = (record.id, own_id(request), own_id(correlation), _time(detected), _time(updated))
    written = (request, correlation, detected, updated)
    rest = [OWN_VALUE if value is not None else raw for value, raw in zip(own[1:], written, strict=True)]
    people = b",".join(_PEOPLE(record))
    who = twins.own_people(people) if bytes(_PROGRAM(record)) in _NO_PROGRAM else None
    return b",".join((*_VALUES(record), *rest, people if who is None else OWN_VALUE)), (*own, *(who or twins.NOBODY))


def _time(written: Raw) -> datetime | None:
    text = bytes(written)
    return exact(text[1:-1].decode()) if text[:1] == b'"' and text.isascii() else None


def _renewed(event: Event, question: Question, own: tuple[Any, ...]) -> Event:
    detection_id, request, correlation, detected, updated, *people = own
    changes: dict[str, Any] = {"detection_id": detection_id}
    if request is not None:
        changes["request_id"] = object_id(request)
    if correlation is not None:
        changes["correlation_id"] = object_id(correlation.lower())
    if detected is not None:
        changes["detected"] = detected
    found = twins.of_person(event, question, changes, people)
    return found if updated is None else structs.replace(found, updated=updated)


_TWINS = Twins(b"entra-risk", _apart, _renewed)


def _parsed(data: Mapping[str, Any]) -> Parsed | None:
    written, at = own_text(data.get("id")), data.get("activityDateTime")
    time = exact(at) if written is not None and type(at) is str else None
    if written is None or time is None:
        return None
    ids = (own_text(data.get("requestId")), own_text(data.get("correlationId")))
    times = (_read(data.get("detectedDateTime")), _read(data.get("lastUpdatedDateTime")))
    own = (*ids, *times, *(twins.NOBODY if data.get("servicePrincipalId") else twins.people_parsed(data)))
    left_out = {"id", "activityDateTime", *(name for name, value in zip((*_OWN, *twins.PEOPLE), own, strict=True) if value is not None)}
    rest = [pair for pair in data.items() if pair[0] not in left_out]
    return Question(b"", time, f"entra-risk|{written}", None, _TWINS), rest, (written, *own)


def _read(value: object) -> datetime | None:
    return exact(value) if type(value) is str else None


PROBE = Probe(name="Graph riskDetection", layout=_layout, ask=_ask, parsed=_parsed, leaves=False, matters=_MATTERS)
