"""All alerts of a store, however many there are."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..model import Alert
from ..ports import AlertQuery, Store

PAGE = 10_000


def every_alert(store: Store, page: int = PAGE) -> Iterator[Alert]:
    """All alerts, newest activity first, page by page; a store gives only so many at once."""
    seen: set[str] = set()
    until: datetime | None = None
    while True:
        found = store.search(AlertQuery(until=until, limit=page))
        fresh = [alert for alert in found if alert.id not in seen]
        yield from fresh
        if len(found) < page:
            return
        oldest = min(alert.snapshot.last_seen for alert in found)
        seen = {alert.id for alert in found if alert.snapshot.last_seen == oldest}
        until = oldest if fresh else oldest - timedelta(microseconds=1)
