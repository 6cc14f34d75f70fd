"""What a poll did, and how far its stream is behind."""

from datetime import datetime, timedelta

from msgspec import Struct

from .cursor import Cursor
from .errors import Behind
from .streams import Stream

UNFINISHED_RUNS = 3
"""How many runs in a row the deadline may end before that counts as a failure."""


class PollReport(Struct, frozen=True):
    """What a poll did. ``state``: done, locked (another worker is at it), taken_over, unfinished (the deadline came first), failed (it raised).

    ``rescanned`` is where the second reading stands, ``unfinished`` counts the runs in a row that did not finish. ``lag`` is what should be
    read and is not, ``rescan_lag`` the same for the second reading (None: there is none). ``behind``: too far for a second reading to help.
    """

    stream: str
    state: str
    counts: dict[str, int] = {}
    watermark: datetime | None = None
    rescanned: datetime | None = None
    unfinished: int = 0
    lag: timedelta | None = None
    rescan_lag: timedelta | None = None
    behind: bool = False

    def raise_if_behind(self) -> None:
        """A run that did not finish is a success only while the next ones catch up; raises ``Behind``."""
        if self.unfinished >= UNFINISHED_RUNS:
            raise Behind(
                f"{self.unfinished} runs in a row did not finish poll {self.stream}: "
                f"new records are read up to {self.watermark}, the second reading stands at {self.rescanned}"
            )


def is_behind(stream: Stream, watermark: datetime | None, due: datetime) -> bool:
    """Whether new records are so far behind that they are older than the overlap when they are first read."""
    return watermark is not None and timedelta(0) < stream.overlap < due - watermark


def report_of(stream: Stream, cursor: Cursor, state: str, counts: dict[str, int], now: datetime) -> PollReport:
    """The report of a run that ends now."""
    due = now - stream.delay
    rescanned = cursor.rescan.at if cursor.rescan is not None else cursor.rescanned
    again = max((at for at in (cursor.rescanned, cursor.final) if at is not None), default=None)
    return PollReport(
        stream.name,
        state,
        counts,
        cursor.watermark,
        rescanned,
        cursor.unfinished if state == "unfinished" else 0,
        _positive(due - cursor.watermark) if cursor.watermark is not None else None,
        _positive(due - again - stream.rescan_every) if again is not None and stream.overlap else None,
        behind=state == "unfinished" and is_behind(stream, cursor.watermark, due),
    )


def _positive(span: timedelta) -> timedelta:
    return max(span, timedelta(0))
