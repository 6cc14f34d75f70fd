"""What a replay of files demands of a record: a time of its own, and that it lies in the span and account that were asked for."""

from datetime import datetime

from msgspec import Struct, structs

from ..model import Event, Ignored, RawRecord, Refused
from .intake import Opened

OUTSIDE_TIME = "outside_the_time_asked_for"
OTHER_ACCOUNT = "other_account"
TIME_MISSING = "time_missing"
TIME_UNREADABLE = "time_unreadable"
_UNREADABLE_TIME = "unreadable_time"


class Wanted(Struct, frozen=True, kw_only=True):
    """The records that are wanted: from ``since`` (included) to ``until`` (excluded), of one account or tenant. None means all."""

    since: datetime | None = None
    until: datetime | None = None
    account: str | None = None

    @property
    def everything(self) -> bool:
        """Whether no record is left out."""
        return self == EVERYTHING

    def reason(self, event: Event) -> str | None:
        """Why this event is ignored, or None when it is wanted."""
        if self.other_account(event):
            return OTHER_ACCOUNT
        return OUTSIDE_TIME if event.time is not None and self.outside(event.time) else None

    def other_account(self, event: Event) -> bool:
        """Whether the event is of another account than the one that was asked for."""
        return self.account is not None and (event.account or "").casefold() != self.account.casefold()

    def outside(self, time: datetime) -> bool:
        """Whether this time is not in the span."""
        return (self.since is not None and time < self.since) or (self.until is not None and time >= self.until)


EVERYTHING = Wanted()


def of_files(opened: Opened, wanted: Wanted) -> Opened:
    """The chunk, with what is out of wanted ignored and with events that have no time refused: a replay's own clock dates nothing."""
    if all(isinstance(found, Event) and found.time is not None for _, _, found, _ in opened.found) and wanted.everything:
        return opened
    return structs.replace(opened, found=tuple(_kept(item, wanted) for item in opened.found))


type _Found = tuple[int, RawRecord, Event | Ignored | Refused, Event | None]


def _kept(item: _Found, wanted: Wanted) -> _Found:
    index, raw, found, _ = item
    if not isinstance(found, Event):
        return item
    reason = wanted.reason(found)
    if reason is not None:
        return index, raw, Ignored(origin=raw.origin, reason=reason), None
    if found.time is None:
        unreadable = _UNREADABLE_TIME in found.data_quality
        return index, raw, Refused(origin=raw.origin, reason=TIME_UNREADABLE if unreadable else TIME_MISSING), None
    return item
