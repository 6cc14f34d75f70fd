"""What is polled and which stretch of time a poll covers. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct, structs

from .settings import GraphSettings, PollSettings

SHORTEST_SLICE = timedelta(minutes=1)


class Stream(Struct, frozen=True, kw_only=True):
    """One Graph collection read by one time field.

    ``overlap`` is read again at every poll, because Graph shows records late: sign-ins tens of minutes, offline risk detections up to
    48 hours (facts: Microsoft Learn, "What are risk detections?"). ``delay`` keeps the newest seconds for the next poll.
    """

    name: str
    resource: str  # "signIns" or "riskDetections"
    time_field: str
    overlap: timedelta
    delay: timedelta
    longest: timedelta  # the longest slice
    first: timedelta  # how far the very first poll looks back
    retention: timedelta
    page_size: int
    extra: str = ""  # a further $filter term

    def filter(self, piece: "Slice") -> str:
        """The $filter of one slice. ``ge`` and ``le`` only: Graph documents no others for these fields."""
        term = f"{self.time_field} ge {stamp(piece.start)} and {self.time_field} le {stamp(piece.end)}"
        return f"{term} and ({self.extra})" if self.extra else term


class Slice(Struct, frozen=True):
    """A stretch of time, both ends included."""

    start: datetime
    end: datetime


class Span(Struct, frozen=True, kw_only=True):
    """The fresh part of one poll."""

    start: datetime
    end: datetime
    lost: timedelta  # how much lies beyond Graph's retention and can never be read


def stamp(moment: datetime) -> str:
    """A moment as Graph's $filter wants it, whole milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fresh(stream: Stream, watermark: datetime | None, now: datetime) -> Span:
    """What has not been read yet: from the watermark to ``now`` minus the delay, as far as Graph keeps it. The end never passes now."""
    end = now - stream.delay
    start = min(watermark, end) if watermark is not None else end - max(stream.first, stream.overlap)
    oldest = oldest_kept(stream, now)
    return Span(start=max(start, oldest), end=end, lost=max(oldest - start, timedelta(0)))


def oldest_kept(stream: Stream, now: datetime) -> datetime:
    """The oldest moment that may be asked for; Graph refuses a filter that starts before its retention."""
    return now - stream.retention + timedelta(minutes=5)


def slices(start: datetime, end: datetime, length: timedelta) -> Iterator[Slice]:
    """[start, end] in pieces of at most ``length``, oldest first; neighbours share their edge, so nothing falls between."""
    length = max(length, SHORTEST_SLICE)
    while start < end:
        edge = min(start + length, end)
        yield Slice(start, edge)
        start = edge


_RISKY = " or ".join(f"riskState eq '{state}'" for state in ("atRisk", "confirmedCompromised", "remediated", "dismissed", "confirmedSafe"))


def catalogue(graph: GraphSettings, poll: PollSettings) -> dict[str, Stream]:
    """Every stream that these settings enable, by name; ``risky_sign_ins`` is the sweep's deeper, server-filtered look at sign-ins."""
    sign_ins = Stream(
        name="sign_ins",
        resource="signIns",
        time_field="createdDateTime",
        overlap=timedelta(minutes=poll.overlap_minutes),
        delay=timedelta(seconds=poll.end_delay_seconds),
        longest=timedelta(minutes=poll.slice_minutes),
        first=timedelta(hours=poll.first_look_back_hours),
        retention=timedelta(days=poll.retention_days),
        page_size=graph.page_size,
    )
    found = {
        "sign_ins": sign_ins,
        "non_interactive": structs.replace(sign_ins, name="non_interactive", extra="signInEventTypes/any(t: t eq 'nonInteractiveUser')"),
        "risk_detections": structs.replace(
            sign_ins,
            name="risk_detections",
            resource="riskDetections",
            time_field=graph.risk_time_field,
            overlap=timedelta(hours=poll.risk_look_back_hours),
            longest=timedelta(days=1),
            page_size=graph.risk_page_size,
        ),
        "risky_sign_ins": structs.replace(
            sign_ins, name="risky_sign_ins", overlap=timedelta(hours=poll.sweep_hours), longest=timedelta(days=1), extra=_RISKY
        ),
    }
    enabled = {*graph.streams, *(["risky_sign_ins"] if "sign_ins" in graph.streams else [])}
    return {name: stream for name, stream in found.items() if name in enabled}
