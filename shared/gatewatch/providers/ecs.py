"""Builds documents: field names are dotted while a document is built and nested when it is stored."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ..model import Fact

type Flat = dict[str, object]
type Document = dict[str, Any]

_EMPTY: tuple[object, ...] = (None, "", (), [], {})


def nest(flat: Mapping[str, object]) -> Document:
    """Turn dotted names into nested objects. Empty values are left out, because an absent field means *unknown*."""
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
    """Yield every leaf with its dotted name, also inside lists of objects. Objects named in ``opaque`` are leaves."""
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
    """The value under a dotted name, or None when it is absent."""
    found: object = document
    for part in name.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds, the precision of an Elasticsearch ``date``."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def boolean(fact: Fact) -> bool | None:
    """True for present, False for absent, None (no field) for unknown."""
    return None if fact is Fact.UNKNOWN else fact is Fact.PRESENT


def yes_no(fact: Fact) -> str | None:
    """Yes for present, No for absent (the vendors' spelling), None (no field) for unknown."""
    return None if fact is Fact.UNKNOWN else "Yes" if fact is Fact.PRESENT else "No"


def unique(*values: str | None) -> list[str]:
    """The values in the given order, without empty values and duplicates."""
    return list(dict.fromkeys(value for value in values if value))


def iso_text(written: str | None) -> str | None:
    """A vendor's ISO time in the form that Elasticsearch reads, or None for other text, because a bad date would refuse the document."""
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # 0001-01-01 with an offset east of UTC is before year 1
        return None
