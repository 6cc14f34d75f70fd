"""A channel that hangs costs a bounded part of the run; what it could not take waits for the sweep."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from gatewatch.errors import NotifyUnavailable
from gatewatch.flow.pipeline import sweep
from gatewatch.polling.bounded_notifier import BoundedNotifier
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.poll import PollReport, poll
from gatewatch.polling.ports import Dependencies
from gatewatch.ports import Notice, Ports
from tests.support.azure_memory import Clock, Sink
from tests.support.azure_stage import SIGN_INS, START, Stage, story

TIMEOUT = 13.0
"""What a Teams webhook that hangs costs: 3 s to connect, 10 s to read."""


@dataclass
class HangingSink(Sink):
    """A channel on which every message costs the time limit; ``clock`` None makes it take messages at once."""

    clock: Clock | None = None
    tries: int = 0

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        self.tries += 1
        if self.clock is not None:
            self.clock.advance(seconds=TIMEOUT)
            raise NotifyUnavailable("no answer")
        super().send(notice)


def bounded(stage: Stage, sink: Sink, deadline: Deadline) -> Ports:
    return replace(stage.ports(), notifiers={"teams": BoundedNotifier(sink, stage.clock, 60)}, remaining=deadline.left)


def run(stage: Stage, sink: Sink, seconds: float = 240) -> PollReport:
    deadline = Deadline(stage.clock, stage.clock() + timedelta(seconds=seconds))
    return poll(SIGN_INS, Dependencies(stage.graph, stage.checkpoint, stage.dead_letters, bounded(stage, sink, deadline), deadline))


@pytest.mark.parametrize("alerts", [40, 120])
def test_a_hanging_channel_does_not_keep_the_poll_from_its_end(alerts: int):
    stage = Stage([story(-2 - number / 4) for number in range(alerts)])
    sink = HangingSink(clock=stage.clock)
    report = run(stage, sink)
    assert (report.state, report.counts["not_notified"], report.counts.get("notified", 0)) == ("done", alerts, 0)
    assert stage.clock() - START == timedelta(seconds=5 * TIMEOUT)
    assert [alert.pending for alert in stage.alerts()] == [("teams",)] * alerts


def test_what_waited_is_sent_once_when_the_channel_is_back():
    stage = Stage([story(-2 - number / 4) for number in range(40)])
    sink = HangingSink(clock=stage.clock)
    run(stage, sink)
    sink.clock = None
    stage.clock.advance(minutes=5)
    deadline = Deadline(stage.clock, stage.clock() + timedelta(seconds=240))
    for _ in range(2):
        sweep(bounded(stage, sink, deadline))
    assert len(sink.notices) == len({notice.alert.id for notice in sink.notices}) == 40


def test_a_quick_channel_is_not_limited():
    stage = Stage([story(-2 - number / 4) for number in range(120)])
    sink = HangingSink()
    assert run(stage, sink).counts["notified"] == 120


def test_time_is_counted_whether_or_not_the_channel_accepts():
    clock = Clock()
    (notice,) = told(clock)
    channel = BoundedNotifier(slow := Slow(clock=clock), clock, 10)
    channel.send(notice)
    channel.send(notice)
    with pytest.raises(NotifyUnavailable, match="channel teams has used up its time of this run"):
        channel.send(notice)
    assert len(slow.notices) == 2


@dataclass
class Slow(Sink):
    """A channel that accepts after five seconds."""

    clock: Clock | None = None

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        if self.clock is not None:
            self.clock.advance(seconds=5)
        super().send(notice)


def told(clock: Clock) -> list[Notice]:
    stage = Stage([story(-2)], clock=clock)
    stage.poll()
    return stage.sink.notices
