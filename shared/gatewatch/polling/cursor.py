"""Where a poll stands."""

from datetime import datetime

from msgspec import Struct


class Rescan(Struct, frozen=True, kw_only=True):
    """A second reading of everything before ``until``, under way since ``started``; everything before ``at`` is done."""

    until: datetime
    started: datetime
    at: datetime


class Cursor(Struct, frozen=True, kw_only=True):
    """One stream's state while its lease is held.

    Everything up to ``watermark`` was read and accepted by the store. The last finished rescan went up to ``rescanned``, and it started at
    ``settled``: evidence ingested before that moment went through a finished run. ``slice_seconds`` and ``rescan_slice_seconds`` shrink
    while slices do not fit a run; None means the stream's longest. ``unfinished`` counts the runs in a row that the deadline ended.
    Everything before ``final`` was read when it was older than the overlap, and so was what lies between ``late_from`` and ``late_until``:
    after an outage. ``haste``: how much a rescan leaves out (``rescan.spans``).
    """

    stream: str
    owner: str = ""
    locked_until: datetime | None = None
    watermark: datetime | None = None
    rescan: Rescan | None = None
    rescanned: datetime | None = None
    settled: datetime | None = None
    slice_seconds: int | None = None
    rescan_slice_seconds: int | None = None
    unfinished: int = 0
    final: datetime | None = None
    late_from: datetime | None = None
    late_until: datetime | None = None
    haste: int = 0
    token: str = ""  # what the next save must present
