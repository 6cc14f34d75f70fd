"""One function app over a table and an index in memory, in virtual time: what the load model runs."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from time import process_time
from typing import Any

import httpx

from azure_function.settings import GraphSettings, PollSettings
from benchmarks.azure_world import START, Timeline
from gatewatch.ports import Ports, Store
from gatewatch.stores.memory import MemoryStore
from scripts.local_cloud.fake_cloud.records import beta_sign_in
from tests.support.azure_app import Memory, deadline_of, run_timer
from tests.support.azure_memory import MemoryCheckpoint, MemoryDeadLetters

TIMERS = ("poll_sign_ins", "poll_risk_detections", "sweep")
EVERY, SWEEPS = timedelta(minutes=5), timedelta(hours=6)
STORE_SECONDS = 0.03
PAGES_MEASURED = 12
POLL = PollSettings(first_look_back_hours=1)
SETTINGS = GraphSettings(tenant_id="tenant-1", base_url="https://graph.example", api="beta")


class _SlowStore:
    """A store of which every call takes its time."""

    def __init__(self, inner: Store, timeline: Timeline) -> None:
        self._inner, self._timeline = inner, timeline

    def __getattr__(self, name: str) -> Callable[..., object]:
        method: Callable[..., object] = getattr(self._inner, name)

        def call(*arguments: object, **named: object) -> object:
            self._timeline.passes(STORE_SECONDS)
            return method(*arguments, **named)

        return call


class Installation:
    """One function app with its table and its index, before a Graph under load."""

    def __init__(self, transport: Callable[[Timeline], httpx.AsyncBaseTransport]) -> None:
        self._transport = transport
        self.store, self.checkpoint = MemoryStore(), MemoryCheckpoint()
        self._memory = Memory(lambda: self.clocks["poll_sign_ins"].now)
        self.clocks = {name: Timeline(START) for name in TIMERS}
        self.ends: Counter[str] = Counter()
        self.cpu = 0.0

    def fire(self, timer: str) -> None:
        """One run of a timer, at its own time."""
        began, clock = process_time(), self.clocks[timer]
        deadline = deadline_of(clock, POLL)
        store: Any = _SlowStore(self.store, clock)
        state = (self.checkpoint, MemoryDeadLetters(), Ports(store=store, clock=clock, worker=timer), deadline)
        try:
            run_timer(timer, SETTINGS, POLL, state, (self._transport(clock), clock.passes, self._memory))
            self.ends["done"] += 1
        except Exception as error:  # noqa: BLE001 - the host counts it and goes on
            self.ends[type(error).__name__] += 1
        self.cpu += process_time() - began


def page_cost() -> float:
    """CPU seconds of a full page of sign-ins, two in a hundred at risk, from its bytes to the cursor."""
    risk = {"riskState": "atRisk", "riskLevelAggregated": "low", "riskLevelDuringSignIn": "low"}
    at = START - timedelta(minutes=30)
    records = [beta_sign_in(at, upn=f"p{n % 300}@contoso.example", **(risk if n % 50 == 0 else {})) for n in range(1000)]
    body = json.dumps({"value": records}).encode()
    asked: list[httpx.Request] = []

    def page(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=body)

    here = Installation(lambda _clock: httpx.MockTransport(page))
    here.fire("poll_sign_ins")
    asked.clear()
    clock, began = here.clocks["poll_sign_ins"], here.cpu
    for _ in range(PAGES_MEASURED):
        clock.passes(300)
        here.fire("poll_sign_ins")
    return (here.cpu - began) / len(asked)


def tick(here: Installation, number: int) -> None:
    """A moment of the schedule: every timer that is not running starts."""
    at = START + number * EVERY
    for timer, clock in here.clocks.items():
        due = number % (SWEEPS // EVERY) == 0 if timer == "sweep" else True
        if due and clock.now <= at:
            clock.now = at
            here.fire(timer)
