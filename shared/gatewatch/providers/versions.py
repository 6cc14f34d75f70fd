"""The stored versions of one record, reduced to what evaluation needs: the newest version and the newest open version."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from ..model import Activity, Event


class Versions(Struct, frozen=True, gc=False):
    """All stored versions of one vendor id. ``newest_open`` is None when no version was open."""

    newest: Event
    newest_open: Event | None
    time: datetime
    firsts: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    usual: bool = False

    @property
    def closed(self) -> bool:
        """Whether the newest version is closed."""
        return self.newest is not self.newest_open


def plain(records: Iterable[Versions]) -> list[Activity]:
    """One activity for each record, for providers whose records do not belong to other records."""
    return [alone(record) for record in records]


def alone(record: Versions) -> Activity:
    """The activity of an open record that no other record belongs to."""
    event = record.newest
    return Activity(
        id=event.vendor_id,
        time=record.time,
        event=event,
        members=(event.vendor_id,),
        firsts=record.firsts,
        strange=record.strange,
        usual=record.usual,
    )
