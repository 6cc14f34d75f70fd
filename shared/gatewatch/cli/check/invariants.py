"""The invariants that case files may name: each text stands for one check of the actual result.

A check returns what is wrong, or an empty text. A result that has nothing to check (no document, no rendering) is wrong too.
"""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from ...documents.fields import of
from ...notify.card import encode
from ...providers.field import Kind
from ...providers.people import person_of
from ...tuning import fold
from .actual import ActualResult, Json

type Check = Callable[[ActualResult], str]

USER_AGENT_LIMIT_CHARACTERS = 8192
SNS_LIMIT_BYTES = 262_144
TEAMS_LIMIT_BYTES = 28 * 1024
NO_DOCUMENT = "no document was written"
NO_RENDERING = "there is no alert to render"


def source_ip_absent(actual: ActualResult) -> str:
    """No document has a ``source.ip``: the address was none."""
    if not actual.documents:
        return NO_DOCUMENT
    return _first(f"source.ip is {found!r}" for document in actual.documents if (found := _field(document, "source.ip")) is not None)


def user_agent_bounded(actual: ActualResult) -> str:
    """Every document holds a bounded user agent and names it among the fields that were cut."""
    if not actual.documents:
        return NO_DOCUMENT
    return _first(problem for document in actual.documents if (problem := _user_agent_problem(document)))


def _user_agent_problem(document: Json) -> str:
    length = len(_field(document, "user_agent.original") or "")
    if not 0 < length <= USER_AGENT_LIMIT_CHARACTERS:
        return f"user_agent.original has {length} characters"
    flagged = "user_agent" in (_field(document, "gatewatch.truncated_fields") or ())
    return "" if flagged else "gatewatch.truncated_fields does not name user_agent"


def sns_message_bounded(actual: ActualResult) -> str:
    """Every SNS message fits what SNS takes."""
    return _largest(actual, lambda shown: len(shown["sns"]["message"].encode()), SNS_LIMIT_BYTES)


def teams_payload_bounded(actual: ActualResult) -> str:
    """Every card, encoded as it is posted, fits what Teams takes."""
    return _largest(actual, lambda shown: len(encode(shown["teams"])), TEAMS_LIMIT_BYTES)


def _largest(actual: ActualResult, size: Callable[[Json], int], limit: int) -> str:
    if not actual.rendered:
        return NO_RENDERING
    largest = max(map(size, actual.rendered))
    return "" if largest <= limit else f"{largest} bytes are more than {limit}"


def not_the_person(name: str) -> Check:
    """No event goes by this name: neither an allowlist entry nor the person key takes one for the other."""

    def check(actual: ActualResult) -> str:
        run = actual.run
        if not run.evidence:
            return NO_DOCUMENT
        events = [item.event for item in run.evidence]
        if any(fold(name) in map(fold, (*event.names, event.principal)) for event in events):
            return f"an allowlist entry for {name} matches"
        people = {person_of(event, run.tuning) for event in events} | {alert.snapshot.person for alert in run.alerts}
        return f"the person key is {name}" if fold(name) in people else ""

    return check


def ingest_time_flagged(actual: ActualResult) -> str:
    """Evidence without a time of its own has the earliest ingest time of its record, and says that the time is missing."""
    if not actual.evidence_documents:
        return NO_DOCUMENT
    earliest: dict[str, str] = {}
    for document in actual.evidence_documents:
        vendor_id, ingested = _field(document, "gatewatch.vendor_id"), _field(document, "event.ingested")
        earliest[vendor_id] = min(ingested, earliest.get(vendor_id, ingested))
    for document in actual.evidence_documents:
        if "time_missing" not in (_field(document, "gatewatch.data_quality") or ()):
            return "gatewatch.data_quality does not name time_missing"
        time, ingested = _field(document, "@timestamp"), earliest[_field(document, "gatewatch.vendor_id")]
        if time != ingested:
            return f"@timestamp is {time}, the ingest time {ingested}"
    return ""


def no_field_of_its_own(actual: ActualResult) -> str:
    """No document can add a field to the index: mappings are closed, and documents hold fields of the field table only."""
    if not actual.documents:
        return NO_DOCUMENT
    open_ones = [name for name, mapping in actual.mappings.items() if mapping["dynamic"] is not False]
    if open_ones:
        return f"the mapping of {' and '.join(open_ones)} documents grows with what they hold"
    return _first(_unmapped("alert", actual.alert_documents)) or _first(_unmapped("evidence", actual.evidence_documents))


def _unmapped(kind: Kind, documents: tuple[Json, ...]) -> Iterator[str]:
    known = {field.name for field in of(kind)}
    for document in documents:
        yield from (f"{name} is not in the field table" for name in _names(document, known) if name not in known)


def _names(value: object, known: Collection[str], name: str = "") -> Iterator[str]:
    """The names of a document's fields. What lies inside a field of the table is not indexed by a name of its own."""
    if name in known:
        yield name
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _names(inner, known, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for item in value:
            yield from _names(item, known, name)
    else:
        yield name


def principal_is_user_id(actual: ActualResult) -> str:
    """The principal is the record's user id."""
    if not actual.evidence_documents:
        return NO_DOCUMENT
    ids = {found for step in actual.case.steps for found in _values_of("userId", step.record)}
    principals = (_field(document, "gatewatch.principal") for document in actual.documents)
    return _first(f"the principal is {principal!r}" for principal in principals if principal not in ids)


INVARIANTS: dict[str, Check] = {
    "source.ip absent": source_ip_absent,
    "stored user_agent.original <= 8192 chars and flagged truncated": user_agent_bounded,
    "SNS message <= 262144 bytes": sns_message_bounded,
    "Teams payload <= 28 KB": teams_payload_bounded,
    "not equal to alice@contoso.com for allowlist or correlation": not_the_person("alice@contoso.com"),
    "@timestamp = ingest time, flagged": ingest_time_flagged,
    "unknown fields are not indexed as separate mapped fields": no_field_of_its_own,
    "principal falls back to userId": principal_is_user_id,
}


def _field(document: Json, name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    value: Any = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _values_of(key: str, value: object) -> Iterator[str]:
    """Every text that stands under this key at any depth."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and isinstance(value.get(key), str):
        yield value[key]
    for item in inner:
        yield from _values_of(key, item)


def _first(problems: Iterator[str]) -> str:
    return next(problems, "")
