"""How long the slices of a run are, so that each run gets some done. No I/O."""

from datetime import timedelta

from .streams import SHORTEST_SLICE, Slice

QUICK, SLOW = 0.25, 0.5
"""A slice that took less than the first part of the run's time may be twice as long, after one that took more than the second the next is half
as long: what a run cannot read to its end it reads in vain."""
MEASURABLE = 60.0
"""Seconds that a run must have for that: in a shorter one a single slow answer takes as much, however short its slice."""
LEAST_PART = 16
"""Into how many parts a longest slice is cut at most because the source failed: that is mostly no matter of length."""
ROOM, AIM = 0.8, 1 / 3
"""The parts of what is left and of the run that a slice may take, judged by the one before it."""


class Pace:
    """Gives one stretch of time in slices, oldest first; neighbours share their edge, so nothing falls between.

    A slice that does not fit the run is halved for the next one. Quick slices become longer, slow ones shorter. Later
    slices of a run are cut to the time that is left.
    """

    def __init__(self, span: Slice, seconds: int | None, longest: timedelta, time: float) -> None:
        """``seconds`` is the length that the run before left (None: the longest), ``time`` the seconds that there are."""
        self._end, self._longest, self._time = span.end, longest, time
        self._length = longest if seconds is None else min(timedelta(seconds=seconds), longest)
        self._most = longest
        self._proven = timedelta(0)  # the longest slice that this run read
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
            most = min(left * ROOM, self._time * AIM) if self._time >= MEASURABLE else left * ROOM
            length = min(length, max(timedelta(seconds=most / self._cost), SHORTEST_SLICE))
        return Slice(self.at, min(self.at + length, self._end))

    def finished(self, piece: Slice, took: float) -> None:
        """It was read to its end."""
        extent = piece.end - piece.start
        self.at, self._cost, self._proven = piece.end, took / extent.total_seconds(), max(self._proven, extent)
        if took > self._time * SLOW and self._time >= MEASURABLE:
            self._length = max(min(self._length, extent / 2), SHORTEST_SLICE)
        elif took <= self._time * QUICK and extent >= self._length:
            self._length = min(self._length * 2, self._most)

    def too_long(self, piece: Slice) -> bool:
        """The source did not get to the end of it: shorter ones for the rest of the run. False when none is shorter."""
        if piece.end - piece.start <= SHORTEST_SLICE:
            return False
        self._length = self._most = max((piece.end - piece.start) / 2, SHORTEST_SLICE)
        return True

    def failed(self, piece: Slice) -> bool:
        """The source failed, perhaps because the slice is too long. Says whether this run goes on with one as long as it read before.

        Otherwise the next run begins with a shorter one.
        """
        extent = piece.end - piece.start
        if timedelta(0) < self._proven < extent:
            self._length = self._most = self._proven
            return True
        self._length = min(self._length, max(extent / 2, self._longest / LEAST_PART))
        return False

    def broken_off(self, piece: Slice, left: float) -> None:
        """The deadline came within it; ``left`` is the time it had. One that had most of the run is too long for the next run as well."""
        if self._cost is None or left >= self._time / 2:
            self._length = max(min(self._length, piece.end - piece.start) / 2, SHORTEST_SLICE)
