"""The shape of a document: dotted names while it is built, nested objects when it is stored."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ..model import Fact

type Flat = dict[str, object]
type Document = dict[str, Any]

_EMPTY: tuple[object, ...] = (None, "", (), [], {})


def nest(flat: Mapping[str, object]) -> Document:
    """Nested objects from dotted names; unknown, empty values are left out: an absent field says *unknown*."""
    document: Document = {}
    for name, value in flat.items():
        if value in _EMPTY:
            continue
        *path, leaf = name.split(".")
        at = document
        for part in path:
            at = at.setdefault(part, {})
        at[leaf] = list(value) if isinstance(value, tuple) else value
    return document


def leaves(document: Mapping[str, Any], opaque: frozenset[str] = frozenset(), prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf with its dotted name; lists of objects are walked through, ``opaque`` objects and points are leaves."""
    for key, value in document.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and name not in opaque:
            yield from leaves(value, opaque, f"{name}.")
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            for item in value:
                yield from leaves(item, opaque, f"{name}.")
        else:
            yield name, value


def at(document: Mapping[str, Any], name: str) -> object:
    """The value under a dotted name, or None."""
    found: object = document
    for part in name.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds: what an Elasticsearch ``date`` keeps."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def boolean(fact: Fact) -> bool | None:
    """True, false, or no field at all."""
    return None if fact is Fact.UNKNOWN else fact is Fact.PRESENT


def yes_no(fact: Fact) -> str | None:
    """The vendors' own Yes and No, or no field at all."""
    return None if fact is Fact.UNKNOWN else "Yes" if fact is Fact.PRESENT else "No"


def unique(*values: str | None) -> list[str]:
    """In the order given, without blanks and repetitions."""
    return list(dict.fromkeys(value for value in values if value))


def iso_text(written: str | None) -> str | None:
    """A vendor's time text as Elasticsearch reads it; what is no ISO time is left out, so that it never refuses a document."""
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # the year 1 in the far east is no year in UTC
        return None
