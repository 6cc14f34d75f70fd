"""CloudTrail's event history of one account: 90 days of management events in each Region, without a trail.

Source: CloudTrail API reference, LookupEvents: two calls a second for each account and Region, at most 50 events a page, newest first, one attribute to look
up by. So what EventBridge would have brought is looked up by service or name (``live_events``), a day at a time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from gatewatch.errors import ConfigError
from gatewatch.flow.backfill import HistoryPart
from gatewatch.model import RawRecord

from ..cli import named_errors
from ..live_events import NAMES

KEPT = timedelta(days=90)
SECONDS_A_CALL = 0.5
WHOLE_SERVICES = ("signin.amazonaws.com", "sso.amazonaws.com", "sso-oauth.amazonaws.com")
FURTHER_NAMES = (
    "UpdateEventSourceMapping20150331", "DeleteEventSourceMapping20150331", "PutFunctionConcurrency20171031", "DeleteFunction20150331",
)  # fmt: skip

type Lookup = tuple[str, str]
"""An attribute and its value."""

LOOKUPS: tuple[Lookup, ...] = (
    *(("EventSource", service) for service in WHOLE_SERVICES),
    *(("EventName", name) for service, names in sorted(NAMES.items()) if service not in WHOLE_SERVICES for name in sorted(names)),
    *(("EventName", name) for name in FURTHER_NAMES),
)


class CallPace:
    """Keeps calls apart."""

    def __init__(self, seconds: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._seconds, self._clock, self._sleep = seconds, clock, sleep
        self._next = 0.0

    def wait(self) -> None:
        """Until the next call may be made."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._seconds


class EventHistory:
    """The history of some Regions, each with its client and its pace."""

    def __init__(self, regions: Mapping[str, Any], since: datetime, until: datetime, now: datetime, pace: Callable[[], CallPace]) -> None:
        """Raises ``ConfigError`` where the span begins before what CloudTrail keeps."""
        if since < now - KEPT:
            raise ConfigError("CloudTrail's event history holds 90 days: name a later --from, or --bucket with the bucket of a trail")
        self._regions = [(name, client, pace()) for name, client in sorted(regions.items())]
        self._since, self._until, self._now = since, until, now

    def parts(self, after: str) -> Iterator[HistoryPart]:
        """One part a day of the span, from behind the one with this name on."""
        begin = self._since
        while begin < self._until:
            end = min(self._until, begin.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1))
            name = f"{begin.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
            if name > after:
                yield HistoryPart(name, partial(self._records, begin, end))
            begin = end

    def _records(self, begin: datetime, end: datetime) -> Iterator[RawRecord]:
        """The events of one day in their order. ``EndTime`` is included, and the first second of the next day belongs to that."""
        found: dict[str, tuple[datetime, str, Mapping[str, Any]]] = {}
        for region, client, pace in self._regions:
            for lookup in LOOKUPS:
                for event in _looked_up(client, lookup, begin, max(begin, end - timedelta(seconds=1)), pace):
                    found[str(event["EventId"])] = (event["EventTime"], region, event)
        for _, region, event in sorted(found.values(), key=lambda one: one[0]):
            data = msgspec.Raw(str(event.get("CloudTrailEvent", "")).encode("utf-8", "replace"))
            yield RawRecord(data=data, fetched=self._now, origin=f"{region}:{event['EventId']}")


def _looked_up(client: Any, lookup: Lookup, begin: datetime, end: datetime, pace: CallPace) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - a client of boto3
    name, value = lookup
    asked: dict[str, Any] = {"LookupAttributes": [{"AttributeKey": name, "AttributeValue": value}], "StartTime": begin, "EndTime": end}
    while True:
        pace.wait()
        with named_errors("CloudTrail"):
            page = client.lookup_events(**asked, MaxResults=50)
        events: Sequence[Mapping[str, Any]] = page.get("Events", ())
        yield from events
        if not page.get("NextToken"):
            return
        asked["NextToken"] = page["NextToken"]
