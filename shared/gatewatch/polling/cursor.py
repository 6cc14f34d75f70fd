"""Where a poll stands, and what is done with a state that cannot be true."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from msgspec import Struct, structs

LONGEST_LEASE = timedelta(hours=1)
"""No run lasts that long, even by a clock that is ahead: a lease that ends later is damage."""
AHEAD = timedelta(hours=1)
"""How far a clock may be ahead: nothing was read up to a later moment."""
EVERYTHING = datetime(1970, 1, 1, tzinfo=UTC)
"""The watermark of a stream whose own one is damaged: all that the source keeps is read."""


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


_MOMENTS = ("watermark", "rescanned", "settled", "final", "late_from", "late_until")


def mended(cursor: Cursor, now: datetime, unreadable: Collection[str] = ()) -> tuple[Cursor, list[str]]:
    """The cursor without what cannot be true, and the names of what that was.

    ``unreadable`` names fields that hold no value although something is there. A stream whose watermark is among them is read from where
    its second reading is known to have been, else from ``EVERYTHING`` on: twice, but never past a record.
    """
    wrong = {name for name in _MOMENTS if _is_later(getattr(cursor, name), now + AHEAD)} | set(unreadable)
    if _is_later(cursor.locked_until, now + LONGEST_LEASE):
        wrong.add("locked_until")
    if cursor.rescan is not None and any(
        _is_later(at, now + AHEAD) for at in (cursor.rescan.until, cursor.rescan.started, cursor.rescan.at)
    ):
        wrong.add("rescan")
    known = [at for name in ("rescanned", "final") if name not in wrong and (at := getattr(cursor, name)) is not None]
    if cursor.watermark is None and known:
        wrong.add("watermark")
    values: dict[str, object] = dict.fromkeys(wrong & {"locked_until", "rescan", *_MOMENTS})
    if "watermark" in wrong:
        values["watermark"] = max(known, default=EVERYTHING)
    return structs.replace(cursor, **values), sorted(wrong)


def _is_later(at: datetime | None, limit: datetime) -> bool:
    return at is not None and at > limit
