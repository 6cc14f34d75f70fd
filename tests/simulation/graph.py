"""Microsoft Graph of a simulated tenant, as bytes behind an HTTP transport: paging that shifts, links that expire, faults of every kind."""

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

import httpx

from scripts.local_cloud.fake_cloud.graph import V1_SIGN_IN
from scripts.local_cloud.fake_cloud.odata import FilterError, compile_filter, oldest
from tests.support.azure_app import TOKEN

from .stories import Story
from .trouble import Crash, Trouble, Worker

BASE = "https://graph.example"
TIMES = {"signIns": "createdDateTime", "riskDetections": "lastUpdatedDateTime", "directoryAudits": "activityDateTime"}
PATHS = {
    "auditLogs/signIns": "signIns",
    "identityProtection/riskDetections": "riskDetections",
    "auditLogs/directoryAudits": "directoryAudits",
}
RETENTION = timedelta(days=30)
BAD = b"<bad>"
BAD_BYTES = (b"<\xff>", b"<\\ud83d>", b"<\x01>")
STATUSES = (429, 429, 429, 500, 502, 503, 504, 401)


@dataclass
class Manners:
    """How this Graph behaves: its largest page, the odds of an answer that is no answer, and what it refuses."""

    largest_page: int = 1000
    fault: float = 0.0
    expires: float = 0.0
    odd_page: float = 0.0
    until: datetime | None = None
    refuses: tuple[str, ...] = ()  # a filter with one of these texts gets 400
    shifts: bool = True


@dataclass
class SimulatedGraph:
    """The records of a tenant, shown when their stories say so."""

    stories: Sequence[Story]
    clock: Callable[[], datetime]
    passes: Callable[[float], None]
    chance: random.Random
    manners: Manners = field(default_factory=Manners)
    asked: Counter[str] = field(default_factory=Counter)
    strayed: list[str] = field(default_factory=list)
    _pages: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def transport(self, process: Worker, trouble: Trouble, turn: Callable[[], None]) -> httpx.AsyncBaseTransport:
        """The connection of one process."""
        return _Connection(self, process, trouble, turn)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What Graph says to one request."""
        if request.url.host != "graph.example":
            self.strayed.append(str(request.url.host))
            return httpx.Response(200, content=b'{"value":[]}')
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, "InvalidAuthenticationToken")
        calm = self.manners.until is not None and self.clock() >= self.manners.until
        if not calm and self.chance.random() < self.manners.fault:
            return self._broken()
        version, _, rest = request.url.path.strip("/").partition("/")
        for path, resource in PATHS.items():
            if rest == path:
                return self._page(request, resource, version, calm=calm)
            if rest.startswith(f"{path}/"):
                return self._one(rest.removeprefix(f"{path}/"), resource, version)
        return _error(404, "ResourceNotFound")

    def _broken(self) -> httpx.Response:
        status = self.chance.choice(STATUSES)
        kind = self.chance.choice(("status", "status", "timeout", "reset", "html", "null", "throttled", "throttled until"))
        self.asked[f"fault {kind if kind != 'status' else status}"] += 1
        match kind:
            case "timeout":
                self.passes(60)
                raise httpx.ReadTimeout("no answer")
            case "reset":
                raise httpx.ReadError("reset")
            case "html":
                return httpx.Response(200, content=b"<html>gateway</html>")
            case "null":
                return httpx.Response(200, content=b'{"value":null}')
            case "throttled":
                return _error(429, "TooManyRequests", {"Retry-After": str(self.chance.choice((1, 20, 400)))})
            case "throttled until":
                return _error(429, "TooManyRequests", {"Retry-After": format_datetime(self.clock() + timedelta(seconds=15), usegmt=True)})
        return _error(status, "UnknownError")

    def _one(self, identity: str, resource: str, version: str) -> httpx.Response:
        self.asked["by id"] += 1
        shown = [story.at(self.clock()) for story in self.stories if story.resource == resource and story.vendor_id == identity]
        if not shown or shown[0] is None:
            return _error(404, "ResourceNotFound")
        return _json({"@odata.context": "x"} | _as_shown(shown[0], resource, version))

    def _page(self, request: httpx.Request, resource: str, version: str, *, calm: bool) -> httpx.Response:
        self.asked[resource] += 1
        query = request.url.params
        token = query.get("$skiptoken")
        if token is None:
            try:
                text, top = query.get("$filter", ""), int(query.get("$top", 20))
                known = ("filter", text, min(top, self.manners.largest_page), 0)
                found = self._select(resource, text, version)
            except (FilterError, ValueError):
                return _error(400, "BadRequest")
        else:
            if token not in self._pages or (not calm and self.chance.random() < self.manners.expires):
                self.asked["expired"] += 1
                return _error(400, "InvalidSkipToken")
            known = self._pages[token]
            found = known[4] if len(known) > 4 else self._select(resource, known[1], version)
        return self._cut(found, known, resource, version, calm=calm)

    def _cut(self, found: list[Any], known: tuple[Any, ...], resource: str, version: str, *, calm: bool) -> httpx.Response:
        """One page. Pages shift where the rest is selected anew for each of them; some overlap, some are empty with a link."""
        _, text, top, offset, *_ = known
        odd = (
            ""
            if calm or self.chance.random() >= self.manners.odd_page
            else self.chance.choice(("empty", "bare", "elsewhere", "again", "cut"))
        )
        following = offset if odd == "empty" else offset + top
        records = [] if odd == "empty" else found[offset:following]
        body: dict[str, Any] = {} if odd == "bare" else {"@odata.context": f"{BASE}/{version}/$metadata#{resource}"}
        body["value"] = [_as_shown(record, resource, version) for record in records]
        if odd == "again" and records:
            body["value"].append(body["value"][0])
            following = max(following - 1, offset + 1)
        if following < len(found):
            token = str(len(self._pages))
            kept = () if self.manners.shifts and self.chance.random() < 0.5 else (found,)
            self._pages[token] = ("token", text, top, following, *kept)
            host = "https://elsewhere.example" if odd == "elsewhere" else BASE
            path = next(path for path, name in PATHS.items() if name == resource)
            body["@odata.nextLink"] = f"{host}/{version}/{path}?$top={top}&$filter={quote(text)}&$skiptoken={token}"
        whole = _spoilt(json.dumps(body).encode(), self.chance)
        return httpx.Response(
            200, content=whole[: len(whole) // 2] if odd == "cut" else whole, headers={"content-type": "application/json"}
        )

    def _select(self, resource: str, text: str, version: str) -> list[Any]:
        """What the filter finds now, newest first; raises ``FilterError``."""
        name, now = TIMES[resource], self.clock()
        since = oldest(text, name)
        if any(refused in text for refused in self.manners.refuses) or (since is not None and since < now - RETENTION):
            raise FilterError("refused")
        if "signInEventTypes" in text and version != "beta":
            raise FilterError("signInEventTypes is a property of beta")
        keep = _or_nothing(compile_filter(text))
        shown = [record for story in self.stories if story.resource == resource and (record := story.at(now)) is not None]
        if resource == "signIns" and "signInEventTypes" not in text:
            shown = [record for record in shown if "interactiveUser" in record["signInEventTypes"]]
        return sorted((record for record in shown if keep(record)), key=lambda record: record.get(name) or "", reverse=True)


class _Connection(httpx.AsyncBaseTransport):
    """Every request takes time, may find Graph away, and may be the last thing that the process does."""

    def __init__(self, graph: SimulatedGraph, process: Worker, trouble: Trouble, turn: Callable[[], None]) -> None:
        self._graph, self._process, self._trouble, self._turn = graph, process, trouble, turn

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See ``httpx.AsyncBaseTransport``."""
        self._turn()
        if self._process.dead:
            raise Crash
        self._graph.passes(self._graph.chance.uniform(0.2, 2.5))
        what = self._trouble.what("graph")
        if what == "crash":
            self._process.die()
        if what in {"away", "fail", "fail after"}:
            return _error(503, "ServiceUnavailable")
        answer = self._graph.answer(request)
        if what == "crash after":
            self._process.die()
        return answer


def _or_nothing(keep: Callable[[dict[str, Any]], bool]) -> Callable[[dict[str, Any]], bool]:
    """As OData has it: a comparison with a property that is absent or null is not true."""

    def keeps(record: dict[str, Any]) -> bool:
        try:
            return keep(record)
        except (KeyError, TypeError):
            return False

    return keeps


def _as_shown(record: dict[str, Any], resource: str, version: str) -> dict[str, Any]:
    if resource != "signIns" or version == "beta":
        return record
    return {name: value for name, value in record.items() if name in V1_SIGN_IN}


def _spoilt(body: bytes, chance: random.Random) -> bytes:
    return body.replace(BAD, chance.choice(BAD_BYTES)) if BAD in body else body


def _json(body: Any) -> httpx.Response:
    return httpx.Response(200, content=json.dumps(body).encode(), headers={"content-type": "application/json"})


def _error(code: int, name: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(code, content=json.dumps({"error": {"code": name, "message": "no"}}).encode(), headers=headers)
