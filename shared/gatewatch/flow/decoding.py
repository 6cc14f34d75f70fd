"""Which kind of record a JSON value is, decided per record; pages, batches and queue messages are opened first."""

from collections.abc import Callable

from ..errors import SourceError
from ..model import Event, Ignored, RawRecord, Refused
from ..providers.aws import cloudtrail
from ..providers.endpoint import process
from ..providers.entra import risk as entra_risk
from ..providers.entra import sign_in as entra_sign_in
from ..reading.envelopes import unwrap
from ..reading.fields import Fields, word

_SIGN_IN_MARKS = (
    "riskLevelDuringSignIn",
    "riskLevelAggregated",
    "clientAppUsed",
    "conditionalAccessStatus",
    "signInEventTypes",
    "isInteractive",
    "riskEventTypes_v2",
    "riskEventTypes",
)
_IGNORED_CATEGORIES = {
    "riskyusers": "diagnostic_risky_users",
    "riskyserviceprincipals": "diagnostic_risky_service_principals",
}

type Reader = Callable[[Fields, str | None], Event | str]


def decode(raw: RawRecord) -> list[Event | Ignored | Refused]:
    """Every event in one raw JSON value, or why there is none. Never raises."""
    return [_one(data, raw) for data in unwrap(raw.data)]


def event(raw: RawRecord) -> Event | Ignored | Refused:
    """The event of exactly one record; anything else is refused."""
    found = decode(raw)
    return found[0] if len(found) == 1 else Refused(origin=raw.origin, reason="not_one_record")


def _one(data: object, raw: RawRecord) -> Event | Ignored | Refused:
    try:
        if not isinstance(data, dict):
            return Refused(origin=raw.origin, reason="unrecognised_record")
        record = Fields(data)
        reader, reason = _reader(record)
        found = reader(record, raw.tenant) if reader is not None else reason
    except SourceError as error:
        return Refused(origin=raw.origin, reason=error.reason, detail=error.detail)
    except Exception as error:  # noqa: BLE001 - one poison record must never stop the rest; it is refused and counted
        return Refused(origin=raw.origin, reason="undecodable_record", detail=type(error).__name__)
    return Ignored(origin=raw.origin, reason=found) if isinstance(found, str) else found


def _reader(record: Fields) -> tuple[Reader | None, str]:
    """Who reads this record, else the reason why nobody does; raises SourceError for an unknown shape."""
    data = record.data
    if "detail-type" in data or ("detail" in data and "source" in data):
        return _aws_envelope, ""
    if record.has("eventSource", "userIdentity", "eventName", "insightDetails") and not str(data.get("eventSource", "")).startswith("aws:"):
        return _aws_record, ""
    if process.is_process(record):
        return process.from_document, ""
    if record.has("properties") and record.has("category"):
        return _diagnostic(word(record.get("category")) or "")
    return _graph(record), ""


def _aws_envelope(record: Fields, _tenant: str | None) -> Event | str:
    return cloudtrail.from_envelope(record)


def _aws_record(record: Fields, _tenant: str | None) -> Event | str:
    return cloudtrail.from_record(record)


def _diagnostic(category: str) -> tuple[Reader | None, str]:
    if category.endswith("signinlogs"):
        return entra_sign_in.from_diagnostic, ""
    if category.endswith("riskevents"):
        return entra_risk.from_diagnostic, ""
    return None, _IGNORED_CATEGORIES.get(category, "diagnostic_category_not_a_sign_in")


def _graph(record: Fields) -> Reader:
    kind = (word(record.get("@odata.type")) or word(record.get("Type")) or "").rpartition(".")[2]
    if "riskdetection" in kind or kind.endswith("riskevents") or record.has("riskEventType", "detectionTimingType"):
        return _flat(entra_risk.from_graph)
    if kind == "riskyuser" or record.has("riskLastUpdatedDateTime"):
        return lambda _record, _tenant: "graph_risky_user"
    who = record.has("userPrincipalName", "userId", "servicePrincipalId", "appId")
    if (
        kind in {"signin", "signinlogs"}
        or record.has(*_SIGN_IN_MARKS)
        or (who and (record.has("status") or (record.has("createdDateTime") and record.has("ipAddress"))))
    ):
        return _flat(entra_sign_in.from_graph)
    raise SourceError("unrecognised_record")


def _flat(reader: Reader) -> Reader:
    """Log Analytics exports are flat and name their tenant; its ``TenantId`` is the workspace's, not the directory's."""
    return lambda record, tenant: reader(record, tenant or word(record.get("AADTenantId")))
