"""The table of envelopes, in the order in which an object is compared with them."""

from collections.abc import Iterable

from . import documents, queries, transports
from .envelope import Envelope, Object, Opened, Unpacking

ENVELOPES: tuple[Envelope, ...] = (*transports.ENVELOPES, *queries.ENVELOPES, *documents.ENVELOPES)

MARKS: frozenset[str] = frozenset(envelope.has[0] for envelope in ENVELOPES)
"""The first property of every row: an object with none of these is no envelope."""

_RECORDS = (
    frozenset({"eventName", "eventSource"}),
    frozenset({"eventname", "eventsource"}),
    frozenset({"EventName", "EventSource"}),
    frozenset({"createdDateTime", "userPrincipalName"}),
    frozenset({"CreatedDateTime", "UserPrincipalName"}),
    frozenset({"activityDateTime", "userPrincipalName"}),
    frozenset({"ResultType", "UserPrincipalName"}),
)
"""What sign-ins have beside each other: an empty list next to these (``"results": []``) is a property of a record, not an empty page."""

_BY_MARK: dict[str, tuple[int, ...]] = {
    mark: tuple(place for place, envelope in enumerate(ENVELOPES) if envelope.has[0] == mark) for mark in MARKS
}


def opened(data: Object, unpacking: Unpacking) -> Opened:
    """What the first matching envelope holds that holds anything; None when this object is no envelope, or an empty one and a record."""
    empty = False
    for place in sorted(place for mark in MARKS.intersection(data) for place in _BY_MARK[mark]):
        envelope = ENVELOPES[place]
        if all(name in data for name in envelope.has) and envelope.lacks.isdisjoint(data):
            found = envelope.open(data, unpacking)
            if found:
                return found
            empty = empty or found is not None
    return () if empty and not any(marks <= data.keys() for marks in _RECORDS) else None


def envelope_of_columns(header: Iterable[str]) -> Envelope | None:
    """The envelope that each row of a CSV with this header is, or None."""
    present = {name.strip() for name in header}
    return next((envelope for envelope in ENVELOPES if envelope.columns and present.issuperset(envelope.columns)), None)
