"""What one process gathers from its share of the records, for another one to take."""

from array import array

from msgspec import Struct

from ..model import Evidence
from .held import Placed
from .learner import Own
from .tally import Tally


class Aside(Struct, frozen=True):
    """Evidence that waits for the end of the reading. ``reason``: why it is ignored unless it turns out to start a run."""

    number: int
    evidence: Evidence
    origin: str
    reason: str = ""


class Gathered(Struct, frozen=True, kw_only=True):
    """A part of what one process gathered from its share of the records."""

    kept: tuple[Placed, ...] = ()
    maybe: tuple[Aside, ...] = ()
    crowded: tuple[Aside, ...] = ()
    taught: tuple[tuple[str, Own], ...] = ()
    hashes: tuple[str, list[tuple[array[int], array[int]]]] | None = None
    tally: Tally | None = None
