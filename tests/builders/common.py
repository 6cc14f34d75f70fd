"""What the builders of every provider share: moments, changed events, evidence, activities, hostile texts."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from gatewatch import evidence as ev
from gatewatch.model import Activity, Event, Evidence, Place, RawRecord
from gatewatch.providers.provider import Sample

NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
DAY = "2026-03-14"
MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ALICE = "alice@contoso.example"


def minutes(count: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=count)


def written(minute: float) -> str:
    """A moment of the morning of the raw records, as vendors write it."""
    return (MORNING + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def detail(event: Event) -> Any:
    """What the provider of this event adds to it."""
    return event.detail


def with_detail(event: Event, part: Any) -> Event:
    """The event with this provider's part."""
    return structs.replace(event, detail=part)


def having(event: Event, **changes: Any) -> Event:
    """The event with these fields set, wherever they live: the event itself, its provider's part, its place.

    Raises:
        TypeError: a name that no part has.
    """
    own = _taken(event, changes, skip=("detail",))
    inner = structs.replace(detail(event), **_taken(detail(event), changes))
    place = structs.replace(own.pop("place", event.place), **_taken(event.place, changes))
    if changes:
        raise TypeError(f"no such field in a {event.kind} event: {', '.join(sorted(changes))}")
    return with_detail(structs.replace(event, **own, place=place), inner)


def _taken(part: Any, changes: dict[str, Any], *, skip: Iterable[str] = ()) -> dict[str, Any]:
    return {name: changes.pop(name) for name in part.__struct_fields__ if name in changes and name not in skip}


def sample(samples: Iterable[Sample], name: str) -> dict[str, Any]:
    """The raw record that a provider gives under this name."""
    [found] = [one.record for one in samples if one.name == name]
    return {**found}


def changed(record: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The raw record with these properties; ``...`` takes one away."""
    return {name: value for name, value in {**record, **changes}.items() if value is not ...}


def at(address: str | None, ip: str | None = None, **more: Any) -> Place:
    """A place known by its address; the address is an IP unless another one is given."""
    return Place(address=address, ip=ip or address, **more)


def nonsense(number: int) -> RawRecord:
    """A record that no reader recognises."""
    return RawRecord(data={"number": number}, origin=f"nonsense:{number}")


def stored(event: Event, *, ingested: datetime | None = None, fetched: datetime | None = None) -> Evidence:
    """The evidence of an event."""
    return ev.make(event, fetched=fetched, now=ingested or minutes(30))


def activity(event: Event, **changes: Any) -> Activity:
    """The activity of one event alone."""
    fields = {"id": event.vendor_id, "time": event.time or NOON, "event": event, "members": (event.vendor_id,)}
    return Activity(**{**fields, **changes})


def ids(evidence: Sequence[Evidence]) -> list[str]:
    """The ids, sorted."""
    return sorted(item.id for item in evidence)


HOSTILE = {
    "quotes": "\"' OR 1=1 --",
    "query-string": '*:* AND (gatewatch.pending:"teams") \\"',
    "wildcards": "a*?%_b",
    "regexp": "/.*/ ~[a-z]{3}",
    "json": '"},{"index":{"_index":"other"}}\n{"a":"b"}',
    "newlines": "line one\nline two\r\u2028\u2029",
    "controls": "nul\x00 bell\x07 escape\x1b[31m",
    "markup": "<script>alert(1)</script> [x](http://e.example) =cmd|' /C calc'!A0",
    "bidi": "\u202egnp.exe \u200b zero",
    "astral": "\U0001f4a5" * 40,
    "path": "../../_all/_delete_by_query?q=*",
    "empty-looking": "   ",
    "long": "x" * 513,
    "longer": "\u00e9" * 5_000,
    "unnormalised": "e\u0301 vs \u00e9",
}
