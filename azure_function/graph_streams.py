"""The streams of Microsoft Graph: which collection, which filter, and which stretch of time a poll covers. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct, structs

from gatewatch.polling.streams import Slice, Stream
from gatewatch.tuning import Tuning

from .clouds import has_risk_detections
from .graph_filters import RISKY, event_type, narrow
from .settings import BETA_ONLY, V1_0, GraphSettings, PollSettings

SIGN_INS, RISK_DETECTIONS, WORKLOAD_RISKS = "signIns", "riskDetections", "servicePrincipalRiskDetections"
DIRECTORY_AUDITS = "directoryAudits"
RISKS = frozenset({RISK_DETECTIONS, WORKLOAD_RISKS})
LEAST_RETENTION = timedelta(days=7)
"""What Graph keeps for a tenant without Entra ID P1 (Microsoft Learn, "Microsoft Entra data retention")."""
LAST_READING = timedelta(hours=48)
"""The age at which sign-ins are read for the last time."""
NARROW_EVERY, RISK_EVERY, AUDIT_EVERY = timedelta(hours=1), timedelta(minutes=10), timedelta(minutes=30)
NEAR = timedelta(minutes=25)
_DAY, _NEVER = timedelta(days=1), timedelta(0)

_DETECTED, _UPDATED = "detectedDateTime", "lastUpdatedDateTime"
_WIDE = {
    "sign_ins": "",
    "non_interactive": event_type("nonInteractiveUser"),
    "service_principals": event_type("servicePrincipal"),
    "managed_identities": event_type("managedIdentity"),
}
_RISKS = {"risk_detections": RISK_DETECTIONS, "workload_risk_detections": WORKLOAD_RISKS}
_AUDITS = "directory_audits"
_READ_LAST: Mapping[str, object] = {"delay": LAST_READING, "first": timedelta(hours=1), "spare": True}
_UNDATED, _LAST = "_undated", "_last"

SIGN_IN_TIMER, RISK_TIMER, SWEEP_TIMER = "poll_sign_ins", "poll_risk_detections", "sweep"


class Query(Struct, frozen=True, kw_only=True):
    """How the records of one stream are asked for."""

    resource: str  # SIGN_INS, RISK_DETECTIONS, WORKLOAD_RISKS or DIRECTORY_AUDITS
    time_field: str
    page_size: int
    extra: str = ""  # a further $filter term
    instead: str = ""  # the time by which it is asked if Graph refuses a filter on ``time_field``
    optional: bool = False  # whether other streams read the same, only later: if Graph refuses the filter, this one is left out

    def filter(self, piece: Slice) -> str:
        """The $filter of one slice. ``ge`` and ``le`` only: Graph documents no others for these fields."""
        term = f"{self.time_field} ge {stamp(piece.start)} and {self.time_field} le {stamp(piece.end)}"
        return f"{term} and ({self.extra})" if self.extra else term


class _Polled(Struct, frozen=True):
    """One row of the table: a stream, and how it is asked for."""

    stream: Stream
    query: Query


def stamp(moment: datetime) -> str:
    """A moment as Graph's $filter wants it, whole milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def queries(graph: GraphSettings, tuning: Tuning | None = None) -> dict[str, Query]:
    """How each stream is read, by its name, whether it is enabled or not."""
    return {row.stream.name: row.query for row in _table(graph, PollSettings(), tuning or Tuning())}


def streams(graph: GraphSettings, poll: PollSettings, tuning: Tuning | None = None) -> dict[str, Stream]:
    """Every stream that these settings enable and this version of Graph has, by name, in the order in which they are polled.

    The overlaps answer how late Graph shows records: sign-ins tens of minutes and sometimes hours, offline risk detections up to 48 hours
    (Microsoft Learn, "What are risk detections?"). ADR 25 says why each is read how often.
    """
    enabled = set(graph.streams) - (BETA_ONLY if graph.api == V1_0 else set()) - missing(graph)
    rows = [row for row in _table(graph, poll, tuning or Tuning()) if _setting_of(row.stream.name) in enabled]
    return {row.stream.name: row.stream for row in rows}


def missing(graph: GraphSettings) -> set[str]:
    """The names in ``STREAMS`` that the Graph of this cloud does not have."""
    return set() if has_risk_detections(graph.base_url) else set(_RISKS).intersection(graph.streams)


def of_timer(timer: str, found: Mapping[str, Stream]) -> list[Stream]:
    """The streams among these that a timer of the function app polls, in their order."""
    return [stream for name, stream in found.items() if _timer_of(name) == timer]


def _setting_of(name: str) -> str:
    """The name in ``STREAMS`` that enables a stream."""
    bare = name.removesuffix(_LAST).removesuffix(_UNDATED)
    return bare if bare in _WIDE or bare in _RISKS or bare == _AUDITS else "sign_ins"


def _timer_of(name: str) -> str:
    if name == "risky_sign_ins":
        return SWEEP_TIMER
    return RISK_TIMER if _setting_of(name) in _RISKS else SIGN_IN_TIMER


def _table(graph: GraphSettings, poll: PollSettings, tuning: Tuning) -> Iterable[_Polled]:
    yield from _narrow(graph, poll, tuning)
    yield from _wide(graph, poll)
    yield from _risks(graph, poll)
    yield from _audits(graph, poll)


def _narrow(graph: GraphSettings, poll: PollSettings, tuning: Tuning) -> Iterable[_Polled]:
    """What is kept, as far as a filter can say it: found sooner than by the wide stream where Graph shows it late."""
    base = Query(resource=SIGN_INS, time_field="createdDateTime", page_size=graph.page_size, optional=True)
    overlap = timedelta(hours=poll.sweep_hours)
    yield _row("risky_sign_ins", structs.replace(base, extra=RISKY), poll, overlap=overlap, longest=_DAY)
    for name, extra in narrow(tuning).items():
        yield _row(name, structs.replace(base, extra=extra), poll, overlap=overlap, longest=_DAY, rescan_every=NARROW_EVERY)


def _wide(graph: GraphSettings, poll: PollSettings) -> Iterable[_Polled]:
    """Everything: it teaches what is usual. Read when it is new, again within the overlap, and a last time when it is two days old."""
    base = Query(resource=SIGN_INS, time_field="createdDateTime", page_size=graph.page_size)
    overlap, longest = timedelta(minutes=poll.overlap_minutes), timedelta(minutes=poll.slice_minutes)
    for name, extra in _WIDE.items():
        yield _row(name, structs.replace(base, extra=extra), poll, overlap=overlap, longest=longest, near=NEAR, weight=12)
    for name, extra in _WIDE.items():
        query = structs.replace(base, extra=extra, optional=True)
        yield _row(name + _LAST, query, poll, overlap=_NEVER, longest=longest, **_READ_LAST)


def _risks(graph: GraphSettings, poll: PollSettings) -> Iterable[_Polled]:
    """Detections by the time of their last change, and those again by the time of the detection: not all have the other one."""
    for name, resource in _RISKS.items():
        base = Query(resource=resource, time_field=graph.risk_time_field, page_size=graph.risk_page_size, instead=_DETECTED)
        overlap = timedelta(hours=poll.risk_look_back_hours)
        yield _row(name, base, poll, overlap=overlap, longest=_DAY)
        if graph.risk_time_field == _UPDATED:
            undated = structs.replace(base, time_field=_DETECTED, instead="", optional=True)
            yield _row(name + _UNDATED, undated, poll, overlap=overlap, longest=_DAY, rescan_every=RISK_EVERY)


def _audits(graph: GraphSettings, poll: PollSettings) -> Iterable[_Polled]:
    """Directory audits of every activity, read as often as sign-ins.

    A filter by name would lose some: the secrets one comes with another dash and a blank than the documents write, and ``or`` has a limit. What
    is not of the table is left out undecoded instead (``gatewatch.providers.entra.probe_audit``).
    """
    query = Query(resource=DIRECTORY_AUDITS, time_field="activityDateTime", page_size=graph.page_size)
    yield _row(_AUDITS, query, poll, overlap=timedelta(minutes=poll.overlap_minutes), longest=_DAY, rescan_every=AUDIT_EVERY)
    yield _row(_AUDITS + _LAST, structs.replace(query, optional=True), poll, overlap=_NEVER, longest=_DAY, **_READ_LAST)


def _row(name: str, query: Query, poll: PollSettings, *, overlap: timedelta, longest: timedelta, **more: object) -> _Polled:
    stream = timed(name, query.resource, poll, overlap=overlap, longest=longest, least_retention=LEAST_RETENTION)
    return _Polled(structs.replace(stream, **more), query)


def timed(
    name: str, resource: str, poll: PollSettings, *, overlap: timedelta, longest: timedelta, least_retention: timedelta | None = None
) -> Stream:
    """A stream with what all streams of this function app have in common."""
    return Stream(
        name=name,
        resource=resource,
        overlap=overlap,
        longest=longest,
        delay=timedelta(seconds=poll.end_delay_seconds),
        first=timedelta(hours=poll.first_look_back_hours),
        retention=timedelta(days=poll.retention_days),
        least_retention=least_retention,
    )
