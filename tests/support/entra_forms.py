"""One Entra sign-in and one risk detection in the forms in which products and exports write them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

TENANT = "72f988bf-0000-4000-8000-000000000001"
SIGN_IN: dict[str, Any] = {
    "id": "00000000-0000-4000-9000-000000000001",
    "createdDateTime": "2026-11-20T10:01:00Z",
    "userDisplayName": "Dana Example",
    "userPrincipalName": "dana@example.com",
    "userId": "00000000-0000-4000-a000-000000000001",
    "appId": "00000002-0000-0ff1-ce00-000000000000",
    "appDisplayName": "Office 365 Exchange Online",
    "ipAddress": "198.51.100.66",
    "clientAppUsed": "Browser",
    "correlationId": "00000000-0000-4000-b000-000000000001",
    "conditionalAccessStatus": "notApplied",
    "riskDetail": "none",
    "riskLevelAggregated": "high",
    "riskLevelDuringSignIn": "high",
    "riskState": "atRisk",
    "riskEventTypes_v2": ["anonymizedIPAddress"],
    "resourceId": "00000002-0000-0ff1-ce00-000000000000",
    "status": {"errorCode": 0, "failureReason": "Other."},
    "deviceDetail": {"operatingSystem": "Windows 10", "browser": "Chrome 142.0.0", "isCompliant": False, "isManaged": False},
    "location": {"city": "Madrid", "state": "Madrid", "countryOrRegion": "ES"},
}
DETECTION: dict[str, Any] = {
    "id": "d0000001",
    "requestId": SIGN_IN["id"],
    "correlationId": SIGN_IN["correlationId"],
    "activity": "signin",
    "activityDateTime": "2026-11-20T10:01:00Z",
    "detectedDateTime": "2026-11-20T10:01:00Z",
    "lastUpdatedDateTime": "2026-11-20T10:03:00Z",
    "riskEventType": "anonymizedIPAddress",
    "riskLevel": "high",
    "riskState": "atRisk",
    "riskDetail": "none",
    "detectionTimingType": "realtime",
    "source": "IdentityProtection",
    "ipAddress": "198.51.100.66",
    "userId": SIGN_IN["userId"],
    "userPrincipalName": "dana@example.com",
    "userDisplayName": "Dana Example",
    "location": {"city": "Madrid", "state": "Madrid", "countryOrRegion": "ES"},
}
LEVELS = {"none": 1, "low": 10, "medium": 50, "high": 100}
STATES = {"none": 0, "confirmedSafe": 1, "remediated": 2, "dismissed": 3, "atRisk": 4, "confirmedCompromised": 5}
type Form = Callable[[Mapping[str, Any]], dict[str, Any]]


def capital(name: str) -> str:
    """The name as PowerShell and Log Analytics write it."""
    return {"ipAddress": "IPAddress", "riskEventTypes_v2": "RiskEventTypesV2"}.get(name, name[:1].upper() + name[1:])


def powershell(record: Mapping[str, Any]) -> dict[str, Any]:
    """What ``ConvertTo-Json -Depth 10`` makes of the SDK's object."""
    nested = {
        name: {capital(inner): part for inner, part in value.items()} if isinstance(value, dict) else value
        for name, value in record.items()
    }
    return {capital(name): value for name, value in nested.items()}


def at_text(value: Mapping[str, Any]) -> str:
    """An object below the depth of ``ConvertTo-Json``."""
    return "@{" + "; ".join(f"{capital(name)}={part}" for name, part in value.items()) + "}"


def class_text(value: Mapping[str, Any]) -> str:
    """An object of the AzureADPreview module."""
    return "class AuditLogObject {\n" + "".join(f"  {capital(name)}: {part}\n" for name, part in value.items()) + "}\n"


def cut(text: Callable[[Mapping[str, Any]], str]) -> Form:
    """PowerShell's object with its inner objects as text and its lists joined by blanks."""

    def form(record: Mapping[str, Any]) -> dict[str, Any]:
        flat = {name: text(v) if isinstance(v, dict) else " ".join(v) if isinstance(v, list) else v for name, v in record.items()}
        return {capital(name): value for name, value in flat.items()}

    return form


def powershell_5(record: Mapping[str, Any]) -> dict[str, Any]:
    """What PowerShell 5 makes of dates and lists."""
    found = dict(record) | {
        "createdDateTime": {"value": "/Date(1795168860000)/", "DisplayHint": 2, "DateTime": "vendredi 20 novembre 2026 10:01:00"}
    }
    return found | {"riskEventTypes_v2": {"value": list(record["riskEventTypes_v2"]), "Count": len(record["riskEventTypes_v2"])}}


def analytics(record: Mapping[str, Any], *, text: bool = False, **more: Any) -> dict[str, Any]:
    """A row of Log Analytics; ``text``: dynamic columns are JSON text."""
    row = {capital(name).replace("V2", "_V2"): value for name, value in record.items()}
    row |= {"Location": record["location"]["countryOrRegion"], "LocationDetails": record["location"], "TenantId": "the-workspace"}
    if text:
        row = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()}
    return (
        row
        | {"TimeGenerated": "2026-11-20T10:04:00Z", "AADTenantId": TENANT, "ResultType": str(record.get("status", {}).get("errorCode", ""))}
        | more
    )


def with_zone(row: Mapping[str, Any], zone: str = "UTC") -> dict[str, Any]:
    """The row as the portal exports it: times in the reader's own form."""
    times = {"createdDateTime", "CreatedDateTime", "TimeGenerated", "ActivityDateTime", "DetectedDateTime", "LastUpdatedDateTime"}
    return {f"{name} [{zone}]" if name in times else name: us(value) if name in times else value for name, value in row.items()}


def us(iso: str) -> str:
    """The time as the Azure portal writes it."""
    hour, rest = int(iso[11:13]), iso[14:19]
    return f"{int(iso[5:7])}/{int(iso[8:10])}/{iso[:4]}, {hour % 12 or 12}:{rest}.000 {'AM' if hour < 12 else 'PM'}"


def defender(record: Mapping[str, Any]) -> dict[str, Any]:
    """A row of EntraIdSignInEvents."""
    return {
        "Timestamp": record["createdDateTime"],
        "Application": record["appDisplayName"],
        "ApplicationId": record["appId"],
        "LogonType": '["interactiveUser"]',
        "ErrorCode": record["status"]["errorCode"],
        "CorrelationId": record["correlationId"],
        "AccountDisplayName": record["userDisplayName"],
        "AccountObjectId": record["userId"],
        "AccountUpn": record["userPrincipalName"],
        "ResourceId": record["resourceId"],
        "ClientAppUsed": record["clientAppUsed"],
        "RiskLevelAggregated": LEVELS[record["riskLevelAggregated"]],
        "RiskLevelDuringSignIn": LEVELS[record["riskLevelDuringSignIn"]],
        "RiskEventTypes": json.dumps(record["riskEventTypes_v2"]),
        "RiskState": STATES[record["riskState"]],
        "IPAddress": record["ipAddress"],
        "Country": record["location"]["countryOrRegion"],
        "State": record["location"]["state"],
        "City": record["location"]["city"],
        "Browser": record["deviceDetail"]["browser"],
        "OSPlatform": record["deviceDetail"]["operatingSystem"],
        "IsManaged": int(record["deviceDetail"]["isManaged"]),
        "IsCompliant": int(record["deviceDetail"]["isCompliant"]),
        "ConditionalAccessStatus": 2,
        "RequestId": record["id"],
    }


def custom_table(record: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a custom table, whose names carry types."""
    row: dict[str, Any] = {"TimeGenerated": "2026-11-20T10:04:00Z", "Type": "Entra_CL"}
    for name, value in record.items():
        if isinstance(value, dict):
            row |= {f"{name}_{inner}_{'d' if isinstance(part, int) else 's'}": part for inner, part in value.items()}
        elif isinstance(value, list):
            row[f"{name}_s"] = json.dumps(value)
        else:
            row[f"{name}_{'t' if name.endswith('DateTime') else 'g' if name.endswith('Id') else 's'}"] = value
    return {name.replace("id_s", "id_g") if name == "id_s" else name: value for name, value in row.items()}


def snake(name: str) -> str:
    """The name as Elastic's azure integration writes it."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).replace("i_p_address", "ip_address").replace("sign_in", "signin")


def elastic(stream: str, category: str) -> Form:
    """A document of Elastic's azure integration without ``event.original``."""

    def form(record: Mapping[str, Any]) -> dict[str, Any]:
        moved = {"ipAddress", "location", "createdDateTime", "correlationId"}
        properties = {
            snake(name): {snake(inner): part for inner, part in value.items()} if isinstance(value, dict) else value
            for name, value in record.items()
            if name not in moved
        }
        time = record.get("createdDateTime") or record["activityDateTime"]
        return {
            "@timestamp": time,
            "event": {"dataset": f"azure.{stream}", "outcome": "success"},
            "azure": {
                "tenant_id": TENANT,
                "correlation_id": record["correlationId"],
                stream: {"category": category, "properties": properties | ({"created_at": time} if "createdDateTime" in record else {})},
            },
            "source": {
                "ip": record["ipAddress"],
                "geo": {"country_iso_code": record["location"]["countryOrRegion"], "city_name": record["location"]["city"]},
            },
        }

    return form


def dotted(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The document as Kibana's tables have it: paths for names."""
    found: dict[str, Any] = {}
    for name, value in document.items():
        found |= dotted(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return found


def diagnostic(category: str, *, text: bool = False) -> Form:
    """A record of diagnostic settings, as blobs and Event Hub hold it."""

    def form(record: Mapping[str, Any]) -> dict[str, Any]:
        properties = json.dumps(record) if text else dict(record)
        return {
            "time": "2026-11-20T10:05:00Z",
            "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam",
            "category": category,
            "properties": properties,
        }

    return form


def texts(form: Form) -> Form:
    """The same as a row of a CSV: every value is text."""
    return lambda record: {name: "" if value is None else str(value) for name, value in form(record).items()}


def extractor_suite(record: Mapping[str, Any]) -> dict[str, Any]:
    """A row of Microsoft-Extractor-Suite's RiskyDetections.csv, written on a machine set to France."""
    row = {capital(name): "" if value is None else str(value) for name, value in record.items() if name != "location"}
    times = {name: value for name, value in row.items() if name.endswith("DateTime")}
    place = record["location"]
    return (
        row
        | {name: f"{iso[8:10]}/{iso[5:7]}/{iso[:4]} {iso[11:19]}" for name, iso in times.items()}
        | {"City": f"{place['city']}\r\n", "CountryOrRegion": f"{place['countryOrRegion']}\r\n", "State": "", "AdditionalProperties": ""}
    )


SIGN_INS: dict[str, Form] = {
    "Graph v1.0": dict,
    "Graph beta": lambda record: record | {"signInEventTypes": ["interactiveUser"], "authenticationRequirement": "multiFactorAuthentication"},
    "diagnostic settings": diagnostic("SignInLogs"),
    "diagnostic settings, properties as text": diagnostic("SignInLogs", text=True),
    "Log Analytics": lambda record: analytics(record, Type="SigninLogs"),
    "Log Analytics, dynamic columns as text": lambda record: analytics(record, text=True, Type="SigninLogs"),
    "Sentinel's portal": lambda record: with_zone(analytics(record, text=True, Type="SigninLogs")),
    "a custom table": custom_table,
    "Defender": defender,
    "Defender as CSV": texts(defender),
    "Defender as a data frame": lambda record: {name: str(float(value)) if isinstance(value, int) else value for name, value in defender(record).items()},
    "Defender's streaming": lambda record: {"time": "2026-11-20T10:05:00Z", "tenantId": TENANT, "category": "AdvancedHunting-AADSignInEventsBeta", "properties": defender(record)},
    "PowerShell": powershell,
    "PowerShell, objects cut": cut(at_text),
    "AzureADPreview": cut(class_text),
    "PowerShell 5": powershell_5,
    "flattened": lambda record: {name: str(value) for name, value in dotted(record).items()},
    "diagnostic settings, flattened": lambda record: dotted(diagnostic("SignInLogs")(record)),
    "pandas": lambda record: {name: str(value) for name, value in record.items()},
    "Elastic": elastic("signinlogs", "SignInLogs"),
    "Elastic with dotted names": lambda record: dotted(elastic("signinlogs", "SignInLogs")(record)),
}  # fmt: skip
DETECTIONS: dict[str, Form] = {
    "Graph": dict,
    "Graph with a type": lambda record: record | {"@odata.type": "#microsoft.graph.riskDetection"},
    "diagnostic settings": diagnostic("UserRiskEvents"),
    "diagnostic settings, properties as text": diagnostic("UserRiskEvents", text=True),
    "Log Analytics": lambda record: analytics(record, Type="AADUserRiskEvents"),
    "Sentinel's portal": lambda record: with_zone(analytics(record, text=True, Type="AADUserRiskEvents")),
    "flattened": dotted,
    "PowerShell": powershell,
    "PowerShell, objects cut": cut(at_text),
    "Microsoft-Extractor-Suite": extractor_suite,
    "Elastic": elastic("identityprotection", "UserRiskEvents"),
    "Elastic with dotted names": lambda record: dotted(elastic("identityprotection", "UserRiskEvents")(record)),
}
