"""The streams of Microsoft Graph: which collection, which filter, and which stretch of time a poll covers. Pure."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct, structs

from gatewatch.polling.streams import Slice, Stream

from .settings import BETA_ONLY, V1_0, GraphSettings, PollSettings

SIGN_INS, RISK_DETECTIONS = "signIns", "riskDetections"
LEAST_RETENTION = timedelta(days=7)
"""What Graph keeps for a tenant without Entra ID P1 (Microsoft Learn, "Microsoft Entra data retention")."""


class Query(Struct, frozen=True, kw_only=True):
    """How the records of one stream are asked for."""

    resource: str  # SIGN_INS or RISK_DETECTIONS
    time_field: str
    page_size: int
    extra: str = ""  # a further $filter term

    def filter(self, piece: Slice) -> str:
        """The $filter of one slice. ``ge`` and ``le`` only: Graph documents no others for these fields."""
        term = f"{self.time_field} ge {stamp(piece.start)} and {self.time_field} le {stamp(piece.end)}"
        return f"{term} and ({self.extra})" if self.extra else term


def stamp(moment: datetime) -> str:
    """A moment as Graph's $filter wants it, whole milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_NON_INTERACTIVE = "signInEventTypes/any(t: t eq 'nonInteractiveUser')"
_SERVICE_PRINCIPALS = "signInEventTypes/any(t: t eq 'servicePrincipal')"
_RISKY = " or ".join(f"riskState eq '{state}'" for state in ("atRisk", "confirmedCompromised", "remediated", "dismissed", "confirmedSafe"))


def queries(graph: GraphSettings) -> dict[str, Query]:
    """How each stream is read, by its name."""
    sign_ins = Query(resource=SIGN_INS, time_field="createdDateTime", page_size=graph.page_size)
    return {
        "sign_ins": sign_ins,
        "non_interactive": structs.replace(sign_ins, extra=_NON_INTERACTIVE),
        "service_principals": structs.replace(sign_ins, extra=_SERVICE_PRINCIPALS),
        "risk_detections": Query(resource=RISK_DETECTIONS, time_field=graph.risk_time_field, page_size=graph.risk_page_size),
        "risky_sign_ins": structs.replace(sign_ins, extra=_RISKY),
    }


def streams(graph: GraphSettings, poll: PollSettings) -> dict[str, Stream]:
    """Every stream that these settings enable and this version of Graph has, by name; ``risky_sign_ins`` is the sweep's deeper, server-filtered look at sign-ins.

    The overlaps answer how late Graph shows records: sign-ins tens of minutes, offline risk detections up to 48 hours
    (Microsoft Learn, "What are risk detections?").
    """
    minutes, day = timedelta(minutes=poll.slice_minutes), timedelta(days=1)
    overlaps = {
        "sign_ins": (timedelta(minutes=poll.overlap_minutes), minutes),
        "non_interactive": (timedelta(minutes=poll.overlap_minutes), minutes),
        "service_principals": (timedelta(minutes=poll.overlap_minutes), minutes),
        "risk_detections": (timedelta(hours=poll.risk_look_back_hours), day),
        "risky_sign_ins": (timedelta(hours=poll.sweep_hours), day),
    }
    enabled = {*graph.streams, *(["risky_sign_ins"] if "sign_ins" in graph.streams else [])}
    enabled -= BETA_ONLY if graph.api == V1_0 else set()
    asked = queries(graph)
    return {
        name: timed(name, asked[name].resource, poll, overlap=overlap, longest=longest, least_retention=LEAST_RETENTION)
        for name, (overlap, longest) in overlaps.items()
        if name in enabled
    }


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
