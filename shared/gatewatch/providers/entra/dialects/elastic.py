"""Documents of Elastic's azure integration without ``event.original``: azure.signinlogs and azure.identity_protection.

The integration writes Graph's names with underscores and moves some facts to ECS fields (elastic/integrations, packages/azure, ingest
pipelines of signinlogs and identity_protection).
"""

from collections.abc import Mapping

from ....reading.fields import Fields, mapping
from ...dialect import Dialect, Gap, columns, nested
from ...dialect_rows import put, row, translated

_STREAMS = ("signinlogs", "identityprotection")
_DOTTED = (
    "azure.signinlogs.properties.id", "azure.signinlogs.properties.risk_state", "azure.signinlogs.properties.risk_level_aggregated",
    "azure.signinlogs.properties.risk_level_during_signin", "azure.signinlogs.properties.user_principal_name",
    "azure.signinlogs.properties.status.error_code", "azure.identityprotection.properties.id",
    "azure.identityprotection.properties.risk_level", "azure.identityprotection.properties.risk_event_type",
)  # fmt: skip


def _whole(record: Fields) -> Mapping[str, object]:
    """The document with its dotted names as objects."""
    return nested(record.data) if any("." in name for name in record.data) else record.data


def _part(document: Mapping[str, object]) -> tuple[str, Fields] | None:
    azure = Fields(mapping(document.get("azure")))
    return next(((name, Fields(found)) for name in _STREAMS if (found := mapping(azure.get(name)))), None)


def _recognise(record: Fields) -> bool:
    return (
        "gatewatch" not in record.data
        and not any(name.startswith("gatewatch.") for name in record.data)
        and _part(_whole(record)) is not None
    )


def _translate(record: Fields) -> Mapping[str, object]:
    document = Fields(_whole(record))
    name, part = _part(document.data) or ("", Fields({}))
    properties = part.object("properties")
    result = dict(properties.data)
    azure, source = document.object("azure"), document.object("source")
    event, user = document.object("event"), document.object("user")
    facts: dict[str, object] = {
        "createdDateTime": properties.first("created_at", "createdDateTime")
        or (document.get("@timestamp") if name == "signinlogs" else None),
        "ipAddress": properties.first("ipAddress") or source.first("address", "ip") or document.object("client").get("ip"),
        "userAgent": properties.first("userAgent") or document.object("user_agent").get("original"),
        "AADTenantId": azure.first("tenant_id") or part.first("tenant_id"),
        "correlationId": properties.first("correlationId") or azure.first("correlation_id"),
        "userId": properties.first("userId") or user.first("id"),
        "userPrincipalName": properties.first("userPrincipalName") or user.first("email", "full_name", "name"),
        "activityDateTime": properties.first("activityDateTime") or (document.get("@timestamp") if name != "signinlogs" else None),
        "resultType": part.first("result_type"),
        "category": part.first("category"),
        "Type": part.first("category") or ("UserRiskEvents" if name == "identityprotection" else "SignInLogs"),
    }
    result |= {key: value for key, value in facts.items() if value is not None}
    if result.get("resultType") is None and properties.object("status").get("errorCode") is None and event.get("outcome") == "success":
        result["resultType"] = 0
    for path, value in _geo(document).items():
        put(result, f"location.{path}", value)
    return result


def _geo(document: Fields) -> dict[str, object]:
    geo = document.object("geo") if document.object("geo").data else document.object("source").object("geo")
    return translated(
        geo,
        (
            row("countryOrRegion", "country_iso_code"),
            row("state", "region_name"),
            row("city", "city_name"),
        ),
    )


ELASTIC = Dialect(
    name="Elastic azure.signinlogs and azure.identity_protection documents",
    marks=frozenset({"azure", *_DOTTED}),
    recognise=_recognise,
    translate=_translate,
    columns=(columns("@timestamp", "azure.signinlogs.properties.status.error_code", "azure.signinlogs.properties.user_principal_name"),),
    cannot_carry=(Gap("failure_reason", "The pipeline moves the reason of a failure into a message.", flagged=False),),
    sample={
        "@timestamp": "2026-11-20T10:01:00.000Z",
        "azure.tenant_id": "72f988bf-0000-4000-8000-000000000001",
        "azure.correlation_id": "00000000-0000-4000-b000-000000000001",
        "azure.signinlogs.category": "SignInLogs",
        "azure.signinlogs.result_type": "0",
        "azure.signinlogs.properties.id": "00000000-0000-4000-9000-000000000001",
        "azure.signinlogs.properties.created_at": "2026-11-20T10:01:00.000Z",
        "azure.signinlogs.properties.user_id": "00000000-0000-4000-a000-000000000001",
        "azure.signinlogs.properties.user_principal_name": "dana@example.com",
        "azure.signinlogs.properties.app_id": "00000002-0000-0ff1-ce00-000000000000",
        "azure.signinlogs.properties.risk_level_during_signin": "high",
        "azure.signinlogs.properties.risk_level_aggregated": "high",
        "azure.signinlogs.properties.risk_state": "atRisk",
        "azure.signinlogs.properties.risk_event_types_v2": ["anonymizedIPAddress"],
        "azure.signinlogs.properties.status.error_code": 0,
        "source.ip": "198.51.100.66",
        "source.geo.country_iso_code": "ES",
    },
)
