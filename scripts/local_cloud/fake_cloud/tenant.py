"""What a tenant is beside its records: licences, granted permissions, applications, and how Graph treats it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

GRAPH_APPLICATION = "00000003-0000-0000-c000-000000000000"
NEEDED = {
    "signIns": "AuditLog.Read.All",
    "directoryAudits": "AuditLog.Read.All",
    "riskDetections": "IdentityRiskEvent.Read.All",
    "servicePrincipalRiskDetections": "IdentityRiskyServicePrincipal.Read.All",
}
DIRECTORY = "Application.Read.All"
_RISK = ("riskLevelDuringSignIn", "riskLevelAggregated", "riskLevel")


@dataclass
class Tenant:
    """The tenant as its administrators made it. A control request sets any of these fields."""

    roles: list[str] = field(default_factory=lambda: [*NEEDED.values()])
    premium: bool = True  # Entra ID P1: sign-ins are shown by API at all
    risk_shown: bool = True  # Entra ID P2
    beta: bool = True
    beta_fields: bool = True
    refused_filter: str = ""  # a $filter that holds this text gets 400
    service_principals: list[dict[str, Any]] = field(default_factory=list)
    applications: list[dict[str, Any]] = field(default_factory=list)
    date_shift_seconds: float = 0.0
    limit_used: float = 0.0  # what x-ms-throttle-limit-percentage says, from 0.8 on
    secret_expired: bool = False
    status_in: dict[str, int] = field(default_factory=dict)  # by tenant id: the status of every answer there
    code_in: dict[str, str] = field(default_factory=dict)  # and its error code
    no_consent_in: list[str] = field(default_factory=list)  # tenants to which the application was never let in

    def refusal(self, resource: str, api: str, held: list[str], query: dict[str, str]) -> tuple[int, str] | None:
        """Status and code of what Graph answers instead of records."""
        if api == "beta" and not self.beta:
            return 404, "UnknownError"
        if not self.premium:
            return 403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
        if NEEDED[resource] not in held:
            return 403, "Authorization_RequestDenied"
        if self.refused_filter and self.refused_filter in query.get("$filter", ""):
            return 400, "BadRequest"
        return None

    def shown(self, record: Any, api: str, v1_only: frozenset[str]) -> Any:
        """A record as this tenant's licence shows it."""
        if not isinstance(record, dict):
            return record
        if api == "beta" and not self.beta_fields and "riskLevelDuringSignIn" in record:
            record = {name: value for name, value in record.items() if name in v1_only}
        return record if self.risk_shown else record | {name: "hidden" for name in _RISK if name in record}

    def headers(self, now: datetime) -> dict[str, str]:
        """What every answer of Graph carries."""
        moment = now + timedelta(seconds=self.date_shift_seconds)
        found = {"Date": moment.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        return found | ({"x-ms-throttle-limit-percentage": f"{self.limit_used:.2f}"} if self.limit_used else {})


def routes(tenant: Tenant, held: Any) -> list[web.RouteDef]:
    """Applications and service principals, as far as Gatewatch asks. ``held`` says which roles a request's token has."""

    def guarded(answer: Any) -> Any:
        async def handler(request: web.Request) -> web.Response:
            if DIRECTORY not in held(request):
                return web.json_response({"error": {"code": "Authorization_RequestDenied", "message": "no"}}, status=403)
            return answer(request)

        return handler

    def by_template(request: web.Request) -> web.Response:
        wanted = request.query.get("$filter", "").removeprefix("applicationTemplateId eq ").strip("'")
        return web.json_response({"value": [one for one in tenant.service_principals if one.get("applicationTemplateId") == wanted]})

    def application(request: web.Request) -> web.Response:
        found = [one for one in tenant.applications if one["appId"] == request.match_info["id"]]
        missing = {"error": {"code": "Request_ResourceNotFound", "message": "no"}}
        return web.json_response(found[0]) if found else web.json_response(missing, status=404)

    def assignments(_request: web.Request) -> web.Response:
        return web.json_response({"value": [{"appRoleId": f"id of {role}", "principalId": "principal"} for role in tenant.roles]})

    def graph_itself(_request: web.Request) -> web.Response:
        known = {*tenant.roles, *NEEDED.values(), DIRECTORY}
        return web.json_response({"appId": GRAPH_APPLICATION, "appRoles": [{"id": f"id of {role}", "value": role} for role in known]})

    return [
        web.get("/v1.0/servicePrincipals", guarded(by_template)),
        web.get("/v1.0/applications(appId='{id}')", guarded(application)),
        web.get(f"/v1.0/servicePrincipals(appId='{GRAPH_APPLICATION}')", guarded(graph_itself)),
        web.get("/v1.0/servicePrincipals(appId='{id}')/appRoleAssignments", guarded(assignments)),
    ]
