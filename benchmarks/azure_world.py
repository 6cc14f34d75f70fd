"""A tenant's Graph under load, as a model: one record stands for a whole page, every page takes its time, and Graph throttles as documented.

Microsoft Learn, "Microsoft Graph throttling limits": 5 requests in 10 s for sign-ins of an application in a tenant; 1 request a second for
identity protection, all applications together, and no Retry-After there.
"""

import json
import random
import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import log
from typing import Any

import httpx

from scripts.local_cloud.fake_cloud.odata import FilterError, compile_filter, moment
from scripts.local_cloud.fake_cloud.records import beta_sign_in, risk_detection

START = datetime(2026, 3, 9, tzinfo=UTC)
BEFORE = timedelta(days=2, hours=2)
"""How long before that the tenant lived: what is read a last time when it is two days old."""
PAGE = {"signIns": 1000, "riskDetections": 500}
DETECTIONS = 1 / 2000
"""Risk detections for a sign-in."""
MEDIAN_SECONDS, SPREAD = 1.2, 0.5
"""Graph's time for a full page: half of them take longer than 1.2 s, one in a hundred longer than 3.8 s."""
EMPTY_SECONDS = 0.3
DAY = (0.3, 0.25, 0.2, 0.2, 0.25, 0.4, 0.8, 1.6, 2.3, 2.4, 2.2, 2.0, 1.7, 1.9, 2.0, 1.8, 1.4, 0.9, 0.7, 0.6, 0.5, 0.45, 0.4, 0.35)
"""How busy each hour is; the busiest one has 2.3 times the mean."""
LIMITS = {"signIns": (5, 10.0), "riskDetections": (1, 1.0)}
_BOUNDS = re.compile(r"DateTime (ge|le) ([0-9TZ:.+-]+)")
_PATHS = {"auditLogs/signIns": "signIns", "identityProtection/riskDetections": "riskDetections"}


@dataclass(order=True)
class Tracer:
    """One record that stands for a page of records of the same moment."""

    at: datetime
    visible: datetime = field(compare=False)
    record: dict[str, Any] = field(compare=False)
    served: list[datetime] = field(default_factory=list, compare=False)


class Timeline:
    """The clock of one timer: it moves when the timer waits for something."""

    def __init__(self, at: datetime) -> None:
        self.now = at

    def __call__(self) -> datetime:
        """What it shows."""
        return self.now

    def passes(self, seconds: float) -> None:
        """Time goes on."""
        self.now += timedelta(seconds=seconds)


class LoadedGraph:
    """What Graph shows, to every timer at that timer's own time."""

    def __init__(self, million: float, days: float, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self.tracers = {name: sorted(self._written(name, million, days)) for name in PAGE}
        self.requests: Counter[str] = Counter()
        self._times = {name: [tracer.at for tracer in found] for name, found in self.tracers.items()}
        self._sent: dict[str, list[datetime]] = {name: [] for name in PAGE}
        self._rest: dict[str, list[Tracer]] = {}
        self.page_seconds = 0.0  # what a full page costs after it came

    def transport(self, timeline: Timeline) -> httpx.AsyncBaseTransport:
        """The connection of one timer."""
        return _Connection(self, timeline)

    def _written(self, resource: str, million: float, days: float) -> list[Tracer]:
        found, at, end = [], START - BEFORE, START + timedelta(days=days)
        a_day = million * 1e6 / PAGE[resource] * (DETECTIONS if resource == "riskDetections" else 1)
        mean = sum(DAY) / len(DAY)
        while at < end:
            at += timedelta(days=self._chance.uniform(0.5, 1.5) / (a_day * DAY[at.hour] / mean))
            found.append(self._tracer(resource, at))
        return found

    def _tracer(self, resource: str, at: datetime) -> Tracer:
        chance = self._chance
        person, drawn = f"p{chance.randrange(300)}@contoso.example", chance.random()
        late = timedelta(seconds=chance.expovariate(1 / 50))
        if drawn < 0.01:
            late = timedelta(minutes=chance.uniform(5, 60))
        elif drawn < 0.013:
            late = timedelta(hours=chance.uniform(1, 47.5))
        if resource == "riskDetections":
            return Tracer(at, at + late, risk_detection(at, upn=person, detected=at + late))
        kept = {"riskState": "atRisk", "riskLevelAggregated": "low", "riskLevelDuringSignIn": "low"} if chance.random() < 0.02 else {}
        return Tracer(at, at + late, beta_sign_in(at, upn=person, **kept))

    def answer(self, request: httpx.Request, timeline: Timeline) -> httpx.Response:
        """One page, after its time."""
        resource = _PATHS.get(request.url.path.strip("/").partition("/")[2])
        if resource is None:
            self.requests["other"] += 1
            timeline.passes(EMPTY_SECONDS)
            return httpx.Response(404, content=b'{"error":{"code":"ResourceNotFound"}}')
        if self._throttles(resource, timeline.now):
            self.requests["throttled"] += 1
            timeline.passes(EMPTY_SECONDS)
            return httpx.Response(429, headers={"Retry-After": "10"} if resource == "signIns" else {}, content=b"{}")
        self.requests[resource] += 1
        query = request.url.params
        try:
            found = self._rest.pop(query["$skiptoken"]) if "$skiptoken" in query else self._select(resource, query["$filter"], timeline.now)
        except FilterError:
            return httpx.Response(400, content=b'{"error":{"code":"BadRequest"}}')
        timeline.passes(self._chance.lognormvariate(log(MEDIAN_SECONDS), SPREAD) + self.page_seconds if found else EMPTY_SECONDS)
        return self._page(request, found, timeline.now)

    def _page(self, request: httpx.Request, found: list[Tracer], now: datetime) -> httpx.Response:
        body: dict[str, Any] = {"value": [tracer.record for tracer in found[:1]]}
        for tracer in found[:1]:
            tracer.served.append(now)
        if len(found) > 1:
            token = str(self.requests.total())
            self._rest[token] = found[1:]
            body["@odata.nextLink"] = f"{request.url.scheme}://{request.url.host}{request.url.path}?$skiptoken={token}"
        return httpx.Response(200, content=json.dumps(body).encode(), headers={"content-type": "application/json"})

    def _select(self, resource: str, text: str, now: datetime) -> list[Tracer]:
        """What the filter finds now, newest first; raises ``FilterError``."""
        bounds = dict(_BOUNDS.findall(text))
        times, keep = self._times[resource], compile_filter(text)
        low, high = bisect_left(times, moment(bounds["ge"]) - timedelta(days=3)), bisect_right(times, moment(bounds["le"]))
        shown = [tracer for tracer in self.tracers[resource][low:high] if tracer.visible <= now and keep(tracer.record)]
        if resource == "signIns" and "signInEventTypes" in text:
            shown = [tracer for tracer in shown if keep(tracer.record)]
        return shown[::-1]

    def _throttles(self, resource: str, now: datetime) -> bool:
        most, seconds = LIMITS[resource]
        sent = self._sent[resource]
        recent = bisect_right(sent, now) - bisect_left(sent, now - timedelta(seconds=seconds) + timedelta(milliseconds=1))
        if recent >= most:
            return True
        insort(sent, now)
        return False


class _Connection(httpx.AsyncBaseTransport):
    def __init__(self, graph: LoadedGraph, timeline: Timeline) -> None:
        self._graph, self._timeline = graph, timeline

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See ``httpx.AsyncBaseTransport``."""
        return self._graph.answer(request, self._timeline)
