"""A stateful Microsoft Graph: records that become visible late, paging, throttling and faults on demand."""

import asyncio
import json
import secrets
import socket
import struct
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from .faults import CUT, HANG, NOT_JSON, PASS, RESET, TRUNCATED, Fault, next_link, replaced, status
from .odata import FilterError, compile_filter, moment, oldest
from .tenant import Tenant

__all__ = ["CUT", "HANG", "NOT_JSON", "PASS", "RESET", "TRUNCATED", "Fault", "GraphState", "next_link", "replaced", "routes", "status"]

RESOURCES = {
    "signIns": "createdDateTime",
    "riskDetections": "lastUpdatedDateTime",
    "servicePrincipalRiskDetections": "lastUpdatedDateTime",
    "directoryAudits": "activityDateTime",
}
PATHS = {
    "signIns": "auditLogs/signIns",
    "riskDetections": "identityProtection/riskDetections",
    "servicePrincipalRiskDetections": "identityProtection/servicePrincipalRiskDetections",
    "directoryAudits": "auditLogs/directoryAudits",
}
LIMITS = {  # default and maximum of $top
    "signIns": (1000, 1000),
    "riskDetections": (20, 500),
    "servicePrincipalRiskDetections": (20, 500),
    "directoryAudits": (100, 1000),
}
RETENTION = timedelta(days=30)
V1_SIGN_IN = frozenset(
    [
        "id",
        "appDisplayName",
        "appId",
        "appliedConditionalAccessPolicies",
        "clientAppUsed",
        "conditionalAccessStatus",
        "correlationId",
        "createdDateTime",
        "deviceDetail",
        "ipAddress",
        "isInteractive",
        "location",
        "resourceDisplayName",
        "resourceId",
        "riskDetail",
        "riskEventTypes",
        "riskEventTypes_v2",
        "riskLevelAggregated",
        "riskLevelDuringSignIn",
        "riskState",
        "status",
        "userDisplayName",
        "userId",
        "userPrincipalName",
    ]
)
"""Every property of a sign-in in v1.0 (microsoft-graph-types 2.43.1). Everything else is shown by beta only."""


@dataclass
class Shown:
    """A record and from when Graph shows it."""

    record: Any
    visible_from: datetime


@dataclass
class Asked:
    """One request as it arrived."""

    resource: str
    path: str
    query: dict[str, str]
    authorized: bool
    prefer: str


@dataclass
class GraphState:
    """Everything the fake knows. Its clock starts at the real time and moves on by ``advance`` only in what it *shows*."""

    root: str = ""
    tenant: Tenant = field(default_factory=Tenant)
    tokens: dict[str, list[str]] = field(default_factory=dict)  # the roles of each token
    tenants: dict[str, str] = field(default_factory=dict)  # and of which tenant it is, where an application asked for it
    shown: dict[str, list[Shown]] = field(default_factory=lambda: {name: [] for name in RESOURCES})
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    outages: dict[str, Fault] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    ahead: timedelta = timedelta(0)
    pages: dict[str, tuple[str, list[Any], int]] = field(default_factory=dict)
    largest_page: int = 1000
    reached: threading.Event = field(default_factory=threading.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop | None = None

    def now(self) -> datetime:
        """The fake's clock."""
        return datetime.now(UTC) + self.ahead

    def advance(self, by: timedelta) -> None:
        """Let time pass for what is visible."""
        self.ahead += by

    def add(self, resource: str, *records: Any, late: timedelta = timedelta(0)) -> None:
        """Records that exist now and are visible ``late``."""
        visible = self.now() + late
        self.shown[resource] += [Shown(record, visible) for record in records]

    def add_sign_ins(self, *records: Any, late: timedelta = timedelta(0)) -> None:
        """See ``add``."""
        self.add("signIns", *records, late=late)

    def add_risk_detections(self, *records: Any, late: timedelta = timedelta(0)) -> None:
        """See ``add``."""
        self.add("riskDetections", *records, late=late)

    def change(self, resource: str, identity: str, **changes: Any) -> None:
        """Change a record in place, as Entra does when a risk is raised or remediated."""
        for shown in self.shown[resource]:
            if isinstance(shown.record, dict) and shown.record.get("id") == identity:
                shown.record = shown.record | changes

    def fail(self, resource: str, *faults: Fault) -> None:
        """The next requests for this resource get these, one each."""
        self.faults[resource].extend(faults)

    def outage(self, resource: str, fault: Fault | None) -> None:
        """Every request gets this, until None ends it."""
        if fault is None:
            self.outages.pop(resource, None)
        else:
            self.outages[resource] = fault

    def held(self, request: web.Request) -> list[str]:
        """The roles of the token of a request."""
        return self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "), [])

    def reset(self) -> None:
        """Forget everything; requests that hang are let go."""
        self.release()
        vars(self.tenant).update(vars(Tenant()))
        fresh = GraphState(root=self.root, tenant=self.tenant, tokens=self.tokens, tenants=self.tenants, loop=self.loop)
        self.__dict__.update(fresh.__dict__)

    def release(self) -> None:
        """Let hanging requests go."""
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.released.set)

    def wait_for_hang(self, seconds: float) -> bool:
        """Until a request hangs; False when none does in that time."""
        return self.reached.wait(seconds)

    def visible(self, resource: str) -> list[Any]:
        """What Graph shows now."""
        now = self.now()
        return [shown.record for shown in self.shown[resource] if shown.visible_from <= now]


def routes(state: GraphState) -> list[web.RouteDef]:
    """The addresses that the product uses."""

    def handler(resource: str, api: str) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await _answer(state, resource, api, request)

        return answer

    found = []
    for api in ("v1.0", "beta"):
        found += [web.get(f"/{api}/{path}", handler(resource, api)) for resource, path in PATHS.items()]
        found.append(web.get(f"/{api}/auditLogs/signIns/{{id}}", handler("signIns", api)))
    return found


async def _answer(state: GraphState, resource: str, api: str, request: web.Request) -> web.StreamResponse:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    asked = Asked(resource, request.path, dict(request.query), token in state.tokens, request.headers.get("Prefer", ""))
    state.asked.append(asked)
    if not asked.authorized:
        return _error(401, "InvalidAuthenticationToken")
    troubled = state.tenants.get(token, "")
    if troubled in state.tenant.status_in:
        return _error(state.tenant.status_in[troubled], state.tenant.code_in.get(troubled, "UnknownError"))
    fault = state.outages.get(resource) or (state.faults[resource].popleft() if state.faults[resource] else None)
    if fault is not None and fault.kind in {"status", "reset", "not-json", "hang"}:
        return await _broken(state, fault, request)
    refusal = state.tenant.refusal(resource, api, state.tokens[token], asked.query)
    body = _error(*refusal) if refusal is not None else _body(state, resource, api, request)
    if isinstance(body, web.Response):
        return body
    return await _spoilt(fault, body, request) if fault is not None and fault.kind != "pass" else _json(body)


async def _broken(state: GraphState, fault: Fault, request: web.Request) -> web.StreamResponse:
    if fault.kind == "status":
        return _error(fault.status, "TooManyRequests" if fault.status == 429 else "UnknownError", dict(fault.headers))
    if fault.kind == "not-json":
        return web.Response(text="<html>gateway</html>", content_type="text/html")
    if fault.kind == "hang":
        state.reached.set()
        await state.released.wait()
    return _reset(request)


def _reset(request: web.Request) -> web.Response:
    """Break the connection hard (RST), as a failing load balancer does."""
    transport = request.transport
    if transport is not None:
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)


async def _spoilt(fault: Fault, body: dict[str, Any], request: web.Request) -> web.StreamResponse:
    if fault.kind == "next-link":
        return _json(body | {"@odata.nextLink": fault.link})
    whole = json.dumps(body).encode()
    if fault.kind == "replaced":
        return web.Response(body=whole.replace(fault.old, fault.new), content_type="application/json")
    half = whole[: len(whole) // 2]
    if fault.kind == "truncated":
        return web.Response(body=half, content_type="application/json")
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(whole))})
    await response.prepare(request)
    await response.write(half)
    _reset(request)
    return response


def _body(state: GraphState, resource: str, api: str, request: web.Request) -> dict[str, Any] | web.Response:
    context = {"@odata.context": f"{state.root}/{api}/$metadata#{resource}"}
    if "id" in request.match_info:
        found = [r for r in state.visible(resource) if isinstance(r, dict) and r.get("id") == request.match_info["id"]]
        return context | _shown(state, found[0], resource, api) if found else _error(404, "ResourceNotFound")
    if "$skiptoken" in request.query:
        known = state.pages.get(request.query["$skiptoken"])
        if known is None:
            return _error(400, "InvalidSkipToken")
        _, records, top = known
    else:
        try:
            records, top = _select(state, resource, api, request.query)
        except (FilterError, ValueError):
            return _error(400, "BadRequest", message="Invalid filter clause")
    page = context | {"value": [_shown(state, record, resource, api) for record in records[:top]]}
    if len(records) > top:
        token = secrets.token_hex(16)
        state.pages[token] = (resource, records[top:], top)
        page["@odata.nextLink"] = f"{state.root}{request.path}?$top={top}&$skiptoken={token}"
    return page


def _select(state: GraphState, resource: str, api: str, query: Any) -> tuple[list[Any], int]:
    """Filtered, newest first, as Graph does by default."""
    text = query.get("$filter", "")
    unknown = set(query) - {"$filter", "$top", "$select", "$orderby"}
    default, most = LIMITS[resource]
    top = int(query.get("$top", default))
    field_ = RESOURCES[resource]
    since = oldest(text, field_)
    if unknown or not 1 <= top <= most or (since is not None and since < state.now() - RETENTION):
        raise FilterError("refused")
    keep = compile_filter(text)
    if resource == "signIns" and "signInEventTypes" not in text:
        keep = _only_interactive(keep)
    elif resource == "signIns" and api != "beta":
        raise FilterError("signInEventTypes is a property of beta")
    records = [r for r in state.visible(resource) if not isinstance(r, dict) or field_ not in r or keep(r)]
    records.sort(key=lambda r: moment(r[field_]) if isinstance(r, dict) and field_ in r else state.now(), reverse=True)
    return records, min(top, state.largest_page)


def _shown(state: GraphState, record: Any, resource: str, api: str) -> Any:
    """The record as this version of Graph shows it to this tenant."""
    record = state.tenant.shown(record, api, V1_SIGN_IN)
    if resource != "signIns" or api == "beta" or not isinstance(record, dict):
        return record
    return {name: value for name, value in record.items() if name in V1_SIGN_IN}


def _only_interactive(keep: Any) -> Any:
    return lambda record: keep(record) and "interactiveUser" in record.get("signInEventTypes", ["interactiveUser"])


def _json(body: dict[str, Any]) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), content_type="application/json")


def _error(code: int, name: str, headers: dict[str, str] | None = None, message: str = "no") -> web.Response:
    body = {"error": {"code": name, "message": message, "innerError": {"request-id": "0"}}}
    return web.Response(status=code, headers=headers, body=json.dumps(body).encode(), content_type="application/json")
