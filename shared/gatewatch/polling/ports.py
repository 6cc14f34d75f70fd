"""What a poll needs from the world."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct, field

from ..flow.announced import AnnouncementStore
from ..model import RawRecord
from ..ports import Ports
from .cursor import Cursor
from .deadline import Deadline
from .page_probe import PageProbes
from .report import PollReport
from .streams import Slice, Stream


class Damaged(Struct, frozen=True):
    """A record that no strict decoder takes; ``damage`` says why. ``raw`` holds it repaired, or its text where there is nothing to repair."""

    raw: RawRecord
    damage: str
    repaired: bool


class PageSource(Protocol):
    """Where the records of a stream come from."""

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[Sequence[RawRecord | Damaged]]:
        """The records of a slice, a page at a time; one that is damaged does not keep the others.

        Raises:
            SourceUnavailable: the source is away; as ``DeadlineReached``, the time is used up.
            SliceRefused: the source refuses this slice; asking again gives the same answer.
        """
        ...


class Checkpoint(AnnouncementStore, Protocol):
    """Keeps cursors and leases, each written by compare-and-swap, and what was announced before it could be stored."""

    def claim(self, stream: str, owner: str, now: datetime, until: datetime) -> Cursor | None:
        """The stream's cursor under this owner's lease, or None while another worker holds it or won the race for it."""
        ...

    def save(self, cursor: Cursor) -> Cursor:
        """Write it; raises ``LeaseLost`` when another worker took the lease over: then nothing was written."""
        ...


class DeadLetters(Protocol):
    """Where records go that cannot be processed."""

    def put(self, raw: RawRecord, reason: str, detail: str) -> bool:
        """Keep it with its reason, once however often it is read; False when it was kept before.

        Raises:
            StoreUnavailable: it cannot be kept now. It is read again, and what is urgent behind it is announced meanwhile.
        """
        ...


class Dependencies(Struct, frozen=True):
    """Everything that one poll works with."""

    source: PageSource
    checkpoint: Checkpoint
    dead_letters: DeadLetters
    ports: Ports
    deadline: Deadline
    tenant: str = ""  # whose streams these are, for metrics
    observed: Callable[[], Mapping[str, float]] = dict  # what the source noted since it was asked last, by the name of a metric
    probes: PageProbes = field(default_factory=PageProbes)  # kept between the runs of a process
    reports: dict[str, PollReport] = field(default_factory=dict)  # the latest of each stream, kept like that
