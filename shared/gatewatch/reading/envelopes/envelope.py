"""The contract of an envelope: one row that says how a container is known and where its records are."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

type Object = Mapping[str, Any]
"""A decoded JSON object of an unknown shape."""


class Broken(NamedTuple):
    """A place in an envelope whose content cannot be read. ``reason`` is a stable name that is counted; ``where`` is a property's name."""

    reason: str
    where: str
    or_itself: bool = False  # the object that holds it may be a record by itself


type Opened = Sequence[object] | None
"""What lies in an envelope: records or further envelopes, and ``Broken`` for what cannot be read. None: it is not this envelope."""

type Open = Callable[[Object, "Unpacking"], Opened]


class Unpacking:
    """The bytes that compressed content of one value may still become. Shared by every envelope inside that value."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left


class Envelope(Struct, frozen=True, kw_only=True, eq=False):
    """One row. ``has`` are exact property names that every envelope of this kind has; ``lacks`` are names that none of them has."""

    name: str  # as people know it
    has: tuple[str, ...]
    open: Open
    lacks: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()  # a CSV with these columns has one such envelope in each row; () if it is no CSV
    wrap: Callable[[object], Object]  # such an envelope with this record in it, for documentation and tests
