"""Reads calls that change what CloudTrail records, or what EventBridge and Lambda deliver to Gatewatch.

Parameters: CloudTrail writes API parameters with a lower-case first letter; a refused call (AccessDenied) has none.
"""

import re
from collections.abc import Callable

from ...reading.fields import Fields, Notes, flag, items, mapping, parse_once, whole, word
from ...reading.late_pattern import LatePattern
from .detail import MonitoringChange, Weakening
from .services import DELIVERED_AS

# The stack names its rules and buses "<stack>-gatewatch-..."; its functions have the names that CloudFormation makes from "Detector" and "BucketReader".
_OURS = LatePattern(r"gatewatch|-(?:Detector|BucketReader)-[0-9A-Za-z]{8,}\b", re.IGNORECASE)
_NARROWING_FLAGS = ("isMultiRegionTrail", "isOrganizationTrail", "includeGlobalServiceEvents")
_STARVED_AT_MOST = 1  # reserved concurrency of a function that reads a queue: 0 stops it, 1 starves it

type _Read = Callable[[Fields, Fields], Weakening | None]


def change(name: str, record: Fields, notes: Notes) -> MonitoringChange | None:
    """What the call changes, or None for a call that has nothing to do with recording or delivery."""
    if name not in _CALLS:
        return None
    request, answer = record.object("requestParameters"), record.object("responseElements")
    reader, target_names = _CALLS[name]
    if not request.data:
        return MonitoringChange(weakening=_ASSUMED.get(name))
    target = next((found for key in target_names if (found := notes.text(request.get(key), "target")) is not None), None)
    ours = None if name in _ASSUMED else _is_ours(request, answer, notes)
    return MonitoringChange(target=target, weakening=reader(request, answer), ours=ours)


def _is_ours(request: Fields, answer: Fields, notes: Notes) -> bool:
    """Whether a name or ARN in the call belongs to Gatewatch's stack."""
    names = [
        fields.get(key)
        for fields in (request, answer)
        for key in ("name", "rule", "eventBusName", "functionName", "functionArn", "eventSourceArn")
    ]
    return any(_OURS.search(text) for name in names if (text := notes.text(name, "target")) is not None)


def _narrowed(request: Fields, _answer: Fields) -> Weakening | None:
    narrowed = any(flag(request.get(name)) is False for name in _NARROWING_FLAGS)
    return Weakening.TRAIL_NARROWED if narrowed else None


def _selected(request: Fields, _answer: Fields) -> Weakening | None:
    """Management events are recorded if the selectors together cover reads and writes of the services that rules read."""
    covered: set[str] = set()
    for item in items(request.get("eventSelectors")):
        covered |= _basic(Fields(mapping(item)))
    for item in items(request.get("advancedEventSelectors")):
        covered |= _advanced(Fields(mapping(item)))
    return None if covered == {"read", "write"} else Weakening.MANAGEMENT_EVENTS_REMOVED


def _basic(selector: Fields) -> set[str]:
    excluded = {_service(source) for source in items(selector.get("excludeManagementEventSources"))}
    if flag(selector.get("includeManagementEvents")) is False or not excluded.isdisjoint(_READ_SERVICES):
        return set()
    return {"readonly": {"read"}, "writeonly": {"write"}}.get(word(selector.get("readWriteType")) or "all", {"read", "write"})


def _advanced(selector: Fields) -> set[str]:
    covered = {"read", "write"}
    management = False
    for item in items(selector.get("fieldSelectors")):
        field = Fields(mapping(item))
        equals = [word(value) for value in items(field.get("equals"))]
        match word(field.get("field")):
            case "eventcategory":
                management = "management" in equals
            case "readonly":
                covered &= ({"read"} if "true" in equals else set()) | ({"write"} if "false" in equals else set())
            case "eventsource" if not equals and _harmless_exclusion(field):
                pass
            case _:
                return set()
    return covered if management else set()


def _harmless_exclusion(field: Fields) -> bool:
    """Whether an exclusion of services (``kms.amazonaws.com``) names none that rules read, and is the only condition."""
    excluded = {_service(value) for value in items(field.get("notEquals"))}
    return (
        bool(excluded) and excluded.isdisjoint(_READ_SERVICES) and not field.has("startsWith", "notStartsWith", "endsWith", "notEndsWith")
    )


def _service(source: object) -> str:
    return (word(source) or "").partition(".")[0]


def _rule_changed(request: Fields, _answer: Fields) -> Weakening | None:
    return Weakening.RULE_DISABLED if word(request.get("state")) == "disabled" else Weakening.RULE_CHANGED


def _mapping_stopped(request: Fields, _answer: Fields) -> Weakening | None:
    filters = request.get("filterCriteria")
    filters = parse_once(filters) if isinstance(filters, str) else filters
    return Weakening.MAPPING_STOPPED if flag(request.get("enabled")) is False or filters else None


def _starved(request: Fields, _answer: Fields) -> Weakening | None:
    reserved = whole(request.get("reservedConcurrentExecutions"))
    return Weakening.FUNCTION_STOPPED if reserved is not None and reserved <= _STARVED_AT_MOST else None


def _always(weakening: Weakening) -> _Read:
    return lambda _request, _answer: weakening


_READ_SERVICES = frozenset(DELIVERED_AS.values())

_CALLS: dict[str, tuple[_Read, tuple[str, ...]]] = {
    "StopLogging": (_always(Weakening.LOGGING_STOPPED), ("name",)),
    "DeleteTrail": (_always(Weakening.TRAIL_DELETED), ("name",)),
    "UpdateTrail": (_narrowed, ("name",)),
    "PutEventSelectors": (_selected, ("trailName",)),
    "DisableRule": (_always(Weakening.RULE_DISABLED), ("name",)),
    "DeleteRule": (_always(Weakening.RULE_DELETED), ("name",)),
    "RemoveTargets": (_always(Weakening.TARGETS_REMOVED), ("rule",)),
    "PutTargets": (_always(Weakening.TARGETS_CHANGED), ("rule",)),  # a target with the id of ours takes its place
    "PutRule": (_rule_changed, ("name",)),
    "DeleteEventBus": (_always(Weakening.BUS_DELETED), ("name",)),
    "RemovePermission": (_always(Weakening.BUS_POLICY_CHANGED), ("eventBusName",)),
    "PutPermission": (_always(Weakening.BUS_POLICY_CHANGED), ("eventBusName",)),
    "UpdateEventSourceMapping": (_mapping_stopped, ("functionName", "uuid", "uUID")),
    "DeleteEventSourceMapping": (_always(Weakening.MAPPING_STOPPED), ("functionName", "uuid", "uUID")),
    "PutFunctionConcurrency": (_starved, ("functionName",)),
    "DeleteFunction": (_always(Weakening.FUNCTION_STOPPED), ("functionName",)),
}

# Calls about a trail: they count whichever trail it is, and without parameters the worst is assumed.
_ASSUMED = {
    "StopLogging": Weakening.LOGGING_STOPPED,
    "DeleteTrail": Weakening.TRAIL_DELETED,
    "UpdateTrail": Weakening.TRAIL_NARROWED,
    "PutEventSelectors": Weakening.MANAGEMENT_EVENTS_REMOVED,
}
