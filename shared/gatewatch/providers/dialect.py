"""The contract of a dialect: a vendor's record as another product or export writes it.

A dialect is data: one row that says how its records are known, how one becomes the vendor's own record, and what it cannot carry.
The decoder of the provider then reads the vendor's record, so that the same login gives the same event whoever exported it. Rows of one
vendor live in ``providers/<vendor>/dialects/``. Envelopes, which hold records unchanged, are in ``reading/envelopes``.

The law of missing and unreadable (architecture, section 9):

* What a dialect does not carry is left out of the translated record; its ``Gap`` is flagged in ``Event.data_quality``.
* What is present but cannot be read goes into the translated record as it is. The decoder notes it (``Notes.unreadable``), because the
  record may score without it.
* ``translate`` raises ``SourceError`` only if the record as a whole cannot be read; the reason is counted and names what is wrong.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from ..reading.fields import Fields, fold_key

_PATH_DEPTH_LIMIT = 8


class Gap(Struct, frozen=True):
    """A fact that a dialect cannot carry. ``fact`` is a snake_case name; ``consequence`` is a sentence for people.

    ``flagged``: events of this dialect have ``not_carried_<fact>`` in ``data_quality``. False for facts that no rule asks about.
    ``actions``: the names of the events that the fact belongs to; () for all.
    """

    fact: str
    consequence: str
    flagged: bool = True
    actions: tuple[str, ...] = ()


class Dialect(Struct, frozen=True, kw_only=True, eq=False):
    """One row. Its functions read untrusted values and raise no error but ``SourceError``."""

    name: str  # as people know it: "Athena CloudTrail table"
    marks: frozenset[str]  # exact property names; a record of this dialect has at least one. Records without any are never asked
    recognise: Callable[[Fields], bool]  # cheap and unambiguous; False for the vendor's own record, and for what ``translate`` returns
    translate: Callable[[Fields], Mapping[str, object]]  # the vendor's own record (it may be in one further dialect); raises SourceError
    columns: tuple[frozenset[str], ...] = ()  # folded column names (``folded_column``) by which a CSV is known; () if it is no CSV
    cannot_carry: tuple[Gap, ...] = ()
    sample: Mapping[str, object]  # one record in this dialect

    def flags(self, action: str) -> tuple[str, ...]:
        """What ``data_quality`` of its events with this name says about facts that it cannot carry."""
        return tuple(f"not_carried_{gap.fact}" for gap in self.cannot_carry if gap.flagged and (not gap.actions or action in gap.actions))


def folded_column(name: str) -> str:
    """The form in which column names are compared: without the time zone that portals add (``CreatedDateTime [UTC]``), folded."""
    return fold_key(name.partition(" [")[0].strip())


def columns(*names: str) -> frozenset[str]:
    """One set of columns for ``Dialect.columns``."""
    return frozenset(folded_column(name) for name in names)


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    """A record whose property names are paths (``userIdentity.type``), as objects. A value that is in the way of an object is replaced by it."""
    found: dict[str, object] = {}
    for path, value in flat.items():
        *parents, name = path.split(".", _PATH_DEPTH_LIMIT)
        inner = found
        for parent in parents:
            below = inner.get(parent)
            if not isinstance(below, dict):
                below = inner[parent] = {}
            inner = below
        if not isinstance(inner.get(name), dict) or isinstance(value, dict):
            inner[name] = value
    return found


def by_columns(dialects: Iterable[Dialect], header: Iterable[str]) -> Dialect | None:
    """The first of these dialects that has a set of columns of which this header has every one; None if there is none."""
    present = {folded_column(name) for name in header}
    return next((dialect for dialect in dialects if any(wanted <= present for wanted in dialect.columns)), None)
