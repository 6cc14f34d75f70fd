"""A channel that hangs or refuses costs a bounded part of the run; what it could not take waits for the sweep."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from msgspec import structs

from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.flow.bounded_notifier import IN_A_ROW, PAUSE, BoundedNotifier, ChannelLimits
from gatewatch.flow.pipeline import sweep
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.poll import poll
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.report import PollReport
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
    limits = ChannelLimits(seconds=60, longest=15, remaining=deadline.left)
    return structs.replace(stage.ports(), notifiers={"teams": BoundedNotifier(sink, stage.clock, limits)}, remaining=deadline.left)


def run(stage: Stage, sink: Sink, seconds: float = 240) -> PollReport:
    deadline = Deadline(stage.clock, stage.clock() + timedelta(seconds=seconds))
    return poll(SIGN_INS, Dependencies(stage.graph, stage.checkpoint, stage.dead_letters, bounded(stage, sink, deadline), deadline))


@pytest.mark.parametrize("alerts", [40, 120])
def test_a_hanging_channel_does_not_keep_the_poll_from_its_end(alerts: int):
    stage = Stage([story(-2 - number / 4) for number in range(alerts)])
    sink = HangingSink(clock=stage.clock)
    report = run(stage, sink)
    assert (report.state, report.counts["not_notified"], report.counts.get("notified", 0)) == ("done", alerts, 0)
    assert (sink.tries, stage.clock() - START) == (1, timedelta(seconds=TIMEOUT))
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


class Channel:
    """A channel that does with each message what it is told next; a number is so many seconds before it accepts."""

    name = "teams"

    def __init__(self, clock: Clock, *steps: float | Exception | tuple[float, Exception]) -> None:
        self.clock, self.steps, self.tries = clock, list(steps), 0

    def send(self, _: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        self.tries += 1
        step = self.steps.pop(0) if self.steps else 0.0
        seconds, error = step if isinstance(step, tuple) else (step, None) if isinstance(step, float) else (0.0, step)
        self.clock.advance(seconds=seconds)
        if error is not None:
            raise error


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notice() -> Notice:
    stage = Stage([story(-2)])
    stage.poll()
    return stage.sink.notices[0]


def limited(channel: Channel, seconds: float = 60, longest: float = 15, left: float = 240) -> BoundedNotifier:
    return BoundedNotifier(channel, channel.clock, ChannelLimits(seconds=seconds, longest=longest, remaining=lambda: left))


AWAY, HANGS = NotifyUnavailable("503"), (13.0, NotifyUnavailable("no answer"))


def test_time_is_counted_whether_or_not_the_channel_accepts(clock: Clock, notice: Notice):
    channel = limited(slow := Channel(clock, 5.0, 5.0), seconds=10)
    channel.send(notice)
    channel.send(notice)
    with pytest.raises(NotifyUnavailable, match="channel teams has used up its time of this run"):
        channel.send(notice)
    assert slow.tries == 2


def test_one_message_that_hangs_opens_the_circuit_for_a_while(clock: Clock, notice: Notice):
    channel = limited(hanging := Channel(clock, HANGS))
    with pytest.raises(NotifyUnavailable, match="no answer"):
        channel.send(notice)
    for _ in range(5):
        with pytest.raises(NotifyUnavailable, match="not tried again before"):
            channel.send(notice)
    clock.advance(seconds=PAUSE.total_seconds())
    channel.send(notice)
    assert hanging.tries == 2


def test_a_channel_that_is_unavailable_at_once_is_left_alone_after_some_tries(clock: Clock, notice: Notice):
    channel = limited(refusing := Channel(clock, *[AWAY] * 9))
    for _ in range(9):
        with pytest.raises(NotifyUnavailable):
            channel.send(notice)
    assert refusing.tries == IN_A_ROW


def test_a_success_between_failures_keeps_the_channel(clock: Clock, notice: Notice):
    channel = limited(flaky := Channel(clock, AWAY, AWAY, 0.0, AWAY, AWAY, 0.0))
    failed = 0
    for _ in range(6):
        try:
            channel.send(notice)
        except NotifyUnavailable:
            failed += 1
    assert (flaky.tries, failed) == (6, 4)


def test_messages_that_a_channel_refuses_do_not_keep_the_others(clock: Clock, notice: Notice):
    channel = limited(refusing := Channel(clock, *[NotifyError("invalid")] * 10))
    for _ in range(10):
        with pytest.raises(NotifyError, match="invalid"):
            channel.send(notice)
    channel.send(notice)
    assert refusing.tries == 11


def test_an_error_that_nobody_foresaw_is_a_refusal_and_is_not_quoted(clock: Clock, notice: Notice, caplog: pytest.LogCaptureFixture):
    channel = limited(Channel(clock, ValueError("alice's secret")))
    with pytest.raises(NotifyError, match="channel teams failed: ValueError") as error:
        channel.send(notice)
    assert not isinstance(error.value, NotifyUnavailable)
    assert "alice" not in str(error.value) + caplog.text


def test_no_message_begins_that_may_outlast_the_run(clock: Clock, notice: Notice):
    channel = limited(quick := Channel(clock), longest=15, left=14.9)
    with pytest.raises(NotifyUnavailable, match="too little time"):
        channel.send(notice)
    assert quick.tries == 0
