"""A push and a poll of the same tenant: whatever came how often, how late, in which order and from which version of Graph, alerts are those of
the fullest copy with the newest risk, and nobody is notified twice."""

import os
from collections import Counter
from datetime import timedelta
from typing import Any, NamedTuple

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from azure_function.hub import STREAM
from azure_function.hub_events import NoPages, sort
from gatewatch.model import AlertStatus, RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.hand_over import HandOver
from gatewatch.polling.ports import Dependencies
from gatewatch.ports import AlertQuery, Ports
from gatewatch.stores.memory import MemoryStore
from scripts.local_cloud.fake_cloud import pushed
from scripts.local_cloud.fake_cloud.records import beta_sign_in, sign_in
from tests.support.azure_memory import Clock, MemoryCheckpoint, MemoryDeadLetters, Sink
from tests.support.azure_stage import START

EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "60"))
TENANT = "0f0e0d0c-1111-4222-8333-444455556666"
CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
NO_RISK: dict[str, Any] = {}
AT_RISK = {
    "riskState": "atRisk",
    "riskLevelDuringSignIn": "high",
    "riskLevelAggregated": "high",
    "riskEventTypes_v2": ["anonymizedIPAddress"],
}
RISKS = [NO_RISK, AT_RISK, {**AT_RISK, "riskState": "confirmedCompromised"}, {**AT_RISK, "riskState": "dismissed"}]
FACTS = [
    {},
    {"appId": CLI, "authenticationProtocol": "deviceCode", "originalTransferMethod": "deviceCodeFlow"},
    {"appId": CLI, "authenticationRequirement": "singleFactorAuthentication"},
]


class Told(NamedTuple):
    """One sign-in: its facts, its risk and what that becomes."""

    facts: int
    before: int
    after: int


class Step(NamedTuple):
    """Something arrives: a push of some sign-ins as they were when Entra wrote them, or a poll of all as they are."""

    how: str  # push, v1.0, beta, changed (all risks become what they become)
    which: int  # a bit for each sign-in that a push brings


def told(number: int, tale: Told, *, changed: bool) -> dict[str, Any]:
    record = beta_sign_in(START + timedelta(minutes=number), f"u{number % 2}@contoso.example", **FACTS[tale.facts])
    return (
        record
        | {"id": f"00000000-0000-4000-8000-{number:012d}", "correlationId": f"c{number}"}
        | RISKS[tale.after if changed else tale.before]
    )


class World:
    """One tenant, its store and its people, in memory."""

    def __init__(self, tales: list[Told]) -> None:
        self.tales, self.clock, self.store, self.sink = tales, Clock(START + timedelta(hours=1)), MemoryStore(), Sink()
        self.checkpoint, self.changed = MemoryCheckpoint(), False
        self.rich, self.before = set[int](), set[int]()  # what came with all its facts, and what came before its risk changed

    def records(self) -> list[dict[str, Any]]:
        return [told(number, tale, changed=self.changed) for number, tale in enumerate(self.tales)]

    def do(self, step: Step) -> None:
        self.clock.advance(minutes=5)
        if step.how == "changed":
            self.changed = True
        elif step.how == "push":
            chosen = [number for number in range(len(self.tales)) if step.which >> number & 1]
            self.rich |= set(chosen)
            self.before |= set(chosen)
            bodies = [pushed.pushed_sign_in(told(number, self.tales[number], changed=False), TENANT) for number in chosen]
            self.take(list(sort(pushed.body(*bodies), START + timedelta(minutes=20), (TENANT,)).page))
        else:
            everything = set(range(len(self.tales)))
            self.rich |= everything if step.how == "beta" else set()
            self.before |= set() if self.changed else everything
            shown = self.records() if step.how == "beta" else [poor(record) for record in self.records()]
            self.take([RawRecord(data=record, fetched=self.clock(), tenant=TENANT, origin="graph") for record in shown])

    def take(self, page: list[Any]) -> None:
        deadline = Deadline(self.clock, self.clock() + timedelta(minutes=4))
        ports = Ports(store=self.store, clock=self.clock, channels=("teams",), notifiers={"teams": self.sink}, worker="w")
        HandOver(STREAM, Dependencies(NoPages(), self.checkpoint, MemoryDeadLetters(), ports, deadline), None).take(page)

    def open_alerts(self) -> list[tuple[Any, ...]]:
        found = [alert for alert in self.store.search(AlertQuery(limit=1000)) if alert.status is AlertStatus.OPEN]
        return sorted((alert.rule, alert.score, tuple(sorted(alert.snapshot.event_ids))) for alert in found)


def poor(record: dict[str, Any]) -> dict[str, Any]:
    """As Graph v1.0 shows it."""
    known = sign_in(START)
    return {name: value for name, value in record.items() if name in known}


def undisturbed(world: World) -> World:
    """Each sign-in once in each state that came, with all the facts that came."""
    reference = World(world.tales)
    for changed in (False, True):
        reference.changed = changed
        shown = [(number, record) for number, record in enumerate(reference.records()) if changed or number in world.before]
        whole = [record if number in world.rich else poor(record) for number, record in shown]
        reference.clock.advance(minutes=5)
        reference.take([RawRecord(data=record, fetched=reference.clock(), tenant=TENANT, origin="graph") for record in whole])
    return reference


tales = st.lists(st.builds(Told, st.integers(0, 2), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=4)
steps = st.lists(st.builds(Step, st.sampled_from(["push", "push", "v1.0", "beta", "changed"]), st.integers(1, 15)), max_size=7)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tales, steps)
@example([Told(2, 0, 0)], [Step("push", 1), Step("v1.0", 1)])  # the poorer copy came last and took the alert back
@example([Told(1, 0, 1)], [Step("v1.0", 1), Step("changed", 0), Step("v1.0", 1), Step("push", 1)])  # the push came after the risk
def test_copies_complete_each_other_in_whatever_order_they_come(tales_: list[Told], steps_: list[Step]):
    world = World(tales_)
    for step in (*steps_, Step("changed", 0), Step("v1.0", 0), Step("v1.0", 0)):
        world.do(step)
    assert world.open_alerts() == undisturbed(world).open_alerts()
    heard = Counter(
        (str(notice.alert.id), notice.alert.severity, tuple(sorted(notice.alert.snapshot.event_ids))) for notice in world.sink.notices
    )
    assert [what for what, times in heard.items() if times > 1] == []
