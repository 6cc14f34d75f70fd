"""Laws 1, 2 and 5 on Azure: two streams, a table as the only memory, a store that leaves at any call and comes back at any call."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from azure_function.jobs import send_pending
from gatewatch.errors import NotifyUnavailable, StoreError, StoreUnavailable
from gatewatch.flow.bounded_notifier import BoundedNotifier, ChannelLimits
from gatewatch.model import Severity
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import SourceUnavailable
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.streams import Stream
from gatewatch.ports import AlertQuery, Appended, AppendResult, Notice, Ports
from gatewatch.ports import Store as StorePort
from gatewatch.stores import open_store
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in
from tests.support.azure_memory import MemoryCheckpoint, Story
from tests.support.azure_stage import RISKS, SIGN_INS, START, Stage

EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "60"))
TIMEOUT = 13.0


class Run(NamedTuple):
    """One poll or (without a stream) sweep, and what fails in it: the store after ``calls`` calls, for ``gone`` calls; the channel."""

    stream: Stream | None = SIGN_INS
    fault: str = "none"  # none, away, refuses_evidence, refuses_alerts
    calls: int = 0
    gone: int = 1_000
    channel: str = "up"  # up, away, hangs


class Heard(NamedTuple):
    """One notification as people got it, and what the store really held at that moment."""

    alert: str
    severity: Severity
    event_ids: tuple[str, ...]
    not_stored: bool
    stored: bool


@dataclass
class Faulty:
    """The stage's store, as the run has it."""

    stage: "Tenant"

    def __getattr__(self, name: str) -> Any:
        target = getattr(self.stage.real, name)

        def call(*arguments: Any) -> Any:
            run, stage = self.stage.run, self.stage
            stage.calls += 1
            if run.calls < stage.calls <= run.calls + run.gone:
                if run.fault == "away":
                    raise StoreUnavailable("away")
                if run.fault == "refuses_evidence" and name == "append":
                    return [AppendResult(Appended.REFUSED, "mapper_parsing_exception") for _ in arguments[0]]
                if run.fault == "refuses_alerts" and name == "write_alerts" and any(write.version is None for write in arguments[0]):
                    raise StoreError("413")
            return target(*arguments)

        return call


class Tenant(Stage):
    """One tenant whose store and channel fail as a run says."""

    def __init__(self, stories: list[Story], store: StorePort, checkpoint: MemoryCheckpoint | None = None) -> None:
        super().__init__(stories, checkpoint=checkpoint or MemoryCheckpoint())
        self.real, self.run, self.calls, self.heard, self.longest = store, Run(), 0, [], timedelta(0)
        self.name = "teams"

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        if self.run.channel == "hangs":
            self.clock.advance(seconds=TIMEOUT)
        if self.run.channel != "up":
            raise NotifyUnavailable(self.run.channel)
        alert = notice.alert
        found = self.real.read_alerts([alert.key]).get(alert.key)
        stored = found is not None and found.alert.severity >= alert.severity
        stored = stored and set(alert.snapshot.event_ids) <= set(found.alert.snapshot.event_ids)
        self.heard.append(Heard(alert.id, alert.severity, alert.snapshot.event_ids, notice.index_unavailable, stored))

    def ports(self) -> Ports:
        deadline = Deadline(self.clock, self.clock() + timedelta(seconds=240))
        limits = ChannelLimits(seconds=60, longest=15, remaining=deadline.left)
        bounded = BoundedNotifier(self, self.clock, limits)
        return replace(super().ports(), store=Faulty(self), notifiers={"teams": bounded}, remaining=deadline.left)

    def does(self, run: Run, work: Callable[[], Any]) -> None:
        self.run, self.calls = run, 0
        began = self.clock()
        try:
            work()
        except (StoreError, SourceUnavailable):
            self.failed = True
        self.longest = max(self.longest, self.clock() - began)
        self.clock.advance(minutes=5)

    def polls(self, run: Run) -> None:
        if run.stream is None:
            self.sweeps(run)
        else:
            self.does(run, lambda: self.poll(run.stream))

    def sweeps(self, run: Run = Run()) -> None:  # noqa: B008 - a run in which all is well
        self.does(run, lambda: send_pending(Dependencies(self.graph, self.checkpoint, self.dead_letters, self.ports(), self._deadline())))

    def _deadline(self) -> Deadline:
        return Deadline(self.clock, self.clock() + timedelta(seconds=240))


def named(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def stories(kinds: list[str]) -> list[Story]:
    """Urgent and medium sign-ins, and detections that name an urgent one; each of a person of its own."""
    found: list[Story] = []
    for number, kind in enumerate(kinds):
        at, person = START - timedelta(minutes=3 + number), f"u{number}@contoso.example"
        urgent = {"riskState": "confirmedCompromised", "level": "high"} if kind != "medium" else {}
        sign_in = risky_sign_in(at, upn=person, id=named(number), **urgent)
        found.append(Story(sign_in, at))
        if kind == "both":
            names = {"requestId": named(number), "correlationId": sign_in["correlationId"], "userId": sign_in["userId"]}
            risk = {"riskState": "confirmedCompromised", "riskLevel": "high"}
            found.append(Story(risk_detection(at, person, detected=at + timedelta(minutes=1), **names, **risk), at))
    return found


@pytest.fixture(params=["memory:", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], StorePort]]:
    opened: list[StorePort] = []

    def new() -> StorePort:
        opened.append(open_store(request.param if request.param == "memory:" else f"sqlite:{tmp_path / str(len(opened))}.sqlite"))
        return opened[-1]

    yield new
    for one in opened:
        one.close()


def holds_the_laws(tenant: Tenant, runs: list[Run]) -> None:
    """Through the faults, then all is well; what people heard is what the laws say."""
    for run in runs:
        tenant.polls(run)
    for _ in range(3):
        tenant.polls(Run(SIGN_INS))
        tenant.polls(Run(RISKS))
    tenant.sweeps()
    tenant.sweeps()
    alerts = tenant.real.search(AlertQuery(limit=1000))
    urgent = {alert.id for alert in alerts if alert.severity >= Severity.CRITICAL}
    heard = [(one.alert, one.severity, one.event_ids) for one in tenant.heard]
    assert {alert for alert, *_ in heard} >= urgent, "law 1"
    assert len(heard) == len(set(heard)), "law 2: each once"
    assert not [one for one in tenant.heard if one.not_stored and one.stored], "law 2: not stored is true"
    assert tenant.longest <= timedelta(seconds=240), "law 5"
    assert [alert.pending for alert in alerts] == [()] * len(alerts)


AWAY, AWAY_RISKS = Run(fault="away"), Run(RISKS, "away")
KINDS = st.lists(st.sampled_from(["urgent", "both", "medium"]), min_size=1, max_size=4)
RUNS = st.lists(
    st.builds(
        Run,
        stream=st.sampled_from([SIGN_INS, RISKS, None]),
        fault=st.sampled_from(["none", "away", "away", "refuses_alerts"]),
        calls=st.integers(0, 20),
        gone=st.sampled_from([1, 2, 1_000]),
        channel=st.sampled_from(["up", "up", "away", "hangs"]),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(kinds=["both"], runs=[AWAY, AWAY_RISKS, AWAY])
@example(kinds=["both"], runs=[AWAY_RISKS, AWAY, AWAY_RISKS])
@example(kinds=["urgent"] * 4, runs=[Run(), AWAY, AWAY, AWAY])
@example(kinds=["urgent"], runs=[AWAY._replace(channel="away")] * 4)
@given(kinds=KINDS, runs=RUNS)
def test_urgent_findings_are_sent_once(store: Callable[[], StorePort], kinds: list[str], runs: list[Run]) -> None:
    holds_the_laws(Tenant(stories(kinds), store()), runs)


@pytest.mark.parametrize("gone", [1, 1_000], ids=["one call fails", "and stays away"])
def test_an_outage_repeats_none_of_forty_stored_alerts(store: Callable[[], StorePort], gone: int) -> None:
    tenant = Tenant(stories(["urgent"] * 40), store())
    tenant.polls(Run())
    assert (len(tenant.heard), {one.not_stored for one in tenant.heard}) == (40, {False})
    for _ in range(3):
        tenant.polls(AWAY._replace(gone=gone))
        tenant.polls(AWAY_RISKS._replace(gone=gone))
    assert len(tenant.heard) == 40
    holds_the_laws(tenant, [])


@pytest.mark.parametrize("calls", range(14))
@pytest.mark.parametrize("gone", [1, 1_000], ids=["one call fails", "and stays away"])
def test_a_store_that_leaves_after_any_call_repeats_nothing_and_says_nothing_false(
    store: Callable[[], StorePort], calls: int, gone: int
) -> None:
    runs = [AWAY._replace(calls=calls, gone=gone)] * 2 + [AWAY_RISKS, AWAY]
    holds_the_laws(Tenant(stories(["both", "medium"]), store()), runs)


@pytest.mark.parametrize("refusal", ["refuses_evidence", "refuses_alerts"])
def test_a_refused_record_is_announced_once_however_often_it_is_read(store: Callable[[], StorePort], refusal: str) -> None:
    tenant = Tenant(stories(["urgent", "medium"]), store())
    for _ in range(3):
        tenant.polls(Run(fault=refusal))
    assert [(one.not_stored, one.severity) for one in tenant.heard] == [(True, Severity.CRITICAL)]


@pytest.mark.parametrize("alerts", [40, 120])
def test_a_channel_that_hangs_while_the_store_is_away_costs_a_bounded_part(store: Callable[[], StorePort], alerts: int) -> None:
    tenant = Tenant(stories(["urgent"] * alerts), store())
    tenant.polls(AWAY._replace(channel="hangs"))
    assert (tenant.heard, tenant.longest) == ([], timedelta(seconds=TIMEOUT))
    holds_the_laws(tenant, [])


class Forgets(MemoryCheckpoint):
    """The guard taken out: neither announcements nor marks are kept."""

    def remember(self, announcements: Any) -> None:
        """Forget them."""

    def add_marks(self, marks: Any) -> None:
        """Forget them."""


def test_without_the_memory_two_outages_announce_twice(store: Callable[[], StorePort]) -> None:
    with pytest.raises(AssertionError, match="each once"):
        holds_the_laws(Tenant(stories(["urgent"]), store(), Forgets()), [AWAY, AWAY])


def test_without_the_marks_what_is_stored_is_called_not_stored(store: Callable[[], StorePort]) -> None:
    with pytest.raises(AssertionError, match="law 2"):
        holds_the_laws(Tenant(stories(["urgent"]), store(), Forgets()), [Run(), AWAY])
