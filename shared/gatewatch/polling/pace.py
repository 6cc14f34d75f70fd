"""How long the slices of a run are, so that each run gets some done. No I/O."""

from datetime import timedelta

from .streams import SHORTEST_SLICE, Slice

QUICK = 0.25
"""A slice that took less than this part of the run's time may be twice as long."""
ROOM = 0.8
"""The part of what is left that a slice may take, judged by the one before it."""


class Pace:
    """Gives one stretch of time in slices, oldest first; neighbours share their edge, so nothing falls between.

    A slice that does not fit the run is halved for the next one. Slices that are quick become longer. Later slices of a run are cut to the
    time that is left.
    """

    def __init__(self, span: Slice, seconds: int | None, longest: timedelta, time: float) -> None:
        """``seconds`` is the length that the run before left (None: the longest), ``time`` the seconds that there are."""
        self._end, self._longest, self._time = span.end, longest, time
        self._length = longest if seconds is None else min(timedelta(seconds=seconds), longest)
        self._cost: float | None = None  # seconds of the run for a second of the stream, in the slice before
        self.at = span.start

    @property
    def over(self) -> bool:
        """Whether everything was read."""
        return self.at >= self._end

    @property
    def length(self) -> timedelta:
        """The longest slice for now."""
        return self._length

    @property
    def seconds(self) -> int | None:
        """The length for the next run, as the cursor keeps it."""
        return None if self._length >= self._longest else int(self._length.total_seconds())

    def next_slice(self, left: float) -> Slice:
        """The next one, with so many seconds left."""
        length = self._length
        if self._cost:
            length = min(length, max(timedelta(seconds=left * ROOM / self._cost), SHORTEST_SLICE))
        return Slice(self.at, min(self.at + length, self._end))

    def finished(self, piece: Slice, took: float) -> None:
        """It was read to its end."""
        extent = piece.end - piece.start
        self.at, self._cost = piece.end, took / extent.total_seconds()
        if took <= self._time * QUICK and extent >= self._length:
            self._length = min(self._length * 2, self._longest)

    def broken_off(self, piece: Slice, left: float) -> None:
        """The deadline came within it; ``left`` is the time it had. One that had most of the run is too long for the next run as well."""
        if self._cost is None or left >= self._time / 2:
            self._length = max(min(self._length, piece.end - piece.start) / 2, SHORTEST_SLICE)
