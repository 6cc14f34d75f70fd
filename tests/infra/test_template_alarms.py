"""Every alarm of the templates fires when it should and is silent otherwise, over metrics as the function, SQS and EventBridge write them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewatch.errors import StoreError, StoreUnavailable
from tests.support.aws_hours import FUNCTION, Hours
from tests.support.cloudwatch import READINGS, Metric, Series, in_alarm

HERE = ("SignInRule", "TokenRule", "WatchingRule", "KeyUseRule", "AgentCallRule", "ListCallRule")
RULES = (*HERE, *(f"Central{rule}" for rule in HERE))


def resolved(written: Any) -> Any:
    """References as names: a resource is called what the template calls it."""
    match written:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), "QueueName"]}:
            return name
        case {"Fn::Sub": str(text)}:
            return text.replace("${AWS::StackName}", "gatewatch").replace("${ElasticNamespace}", "default")
        case dict():
            return {key: resolved(value) for key, value in written.items()}
        case list():
            return [resolved(value) for value in written]
    return written


def alarms_of(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: resolved(r["Properties"]) for name, r in resources.items() if r["Type"] == "AWS::CloudWatch::Alarm"}


OF_FORWARDERS = "ForwardersAlarm"  # only with ExpectedForwarders; see its own tests


@pytest.fixture(scope="session")
def alarms(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: alarm for name, alarm in alarms_of(resources).items() if name != OF_FORWARDERS}


def firing(alarms: dict[str, dict[str, Any]], series: Series, at: float) -> set[str]:
    """The alarms that fire however CloudWatch reads."""
    return {name for name, alarm in alarms.items() if all(in_alarm(alarm, series, int(at), reading) for reading in READINGS)}


def ever(alarms: dict[str, dict[str, Any]], series: Series, since: float, until: float) -> set[str]:
    """The alarms that fire at any minute in some reading."""
    minutes = range(int(since), int(until) + 1, 60)
    return {name for name, alarm in alarms.items() if any(in_alarm(alarm, series, at, reading) for at in minutes for reading in READINGS)}


def test_hours_in_which_nothing_is_wrong_are_silent(alarms: dict[str, dict[str, Any]]) -> None:
    hours = Hours(jitter=lambda turn: (turn * 37) % 60)
    hours.run(180, hours.sign_in)
    assert ever(alarms, hours.series, 1800, hours.now) == set()


# what breaks, after how many minutes the alarms fire at the latest, and which
AWAY = StoreUnavailable("away")
POISON = "{"


def index_away(hours: Hours) -> None:
    hours.index_fails = AWAY


def channel_away(hours: Hours) -> None:
    hours.channel_up = False
    hours.sign_in()


def mapping_disabled(hours: Hours) -> None:
    hours.mapping = False
    hours.sign_in()


def schedule_disabled(hours: Hours) -> None:
    hours.schedule = False


def poison(hours: Hours) -> None:
    hours.sign_in(POISON)


def poison_that_cannot_be_parked(hours: Hours) -> None:
    hours.parking_up = False
    hours.sign_in(POISON)


def a_fault(hours: Hours) -> None:
    hours.index_fails = RuntimeError("a bug")
    hours.sign_in()


def tuning_broken(hours: Hours) -> None:
    hours.read_tuning("entry x: expires is missing")


def a_sweep_that_raises(hours: Hours) -> None:
    hours.index_fails = StoreError("refused")


def bus_cut(hours: Hours) -> None:
    hours.bus = False


def canary_lost_in_the_queue(hours: Hours) -> None:
    hours.mapping = False


def a_region_silent(hours: Hours) -> None:
    """Four weeks with a sign-in in every hour, the last one 16 hours ago."""
    hours.seen_before("eu-west-1", weeks=4, until_hours=16)


BREAKS = [
    pytest.param(a_region_silent, 60 + 15, {"SilentRegionsAlarm"}, id="a-region-falls-silent"),
    pytest.param(bus_cut, 75 + 15, {"CanaryAlarm"}, id="nothing-arrives-from-the-bus"),
    pytest.param(canary_lost_in_the_queue, 75 + 15, {"CanaryAlarm"}, id="nothing-is-read"),
    pytest.param(index_away, 20, {"IndexAlarm"}, id="index-away-and-nobody-signs-in"),
    pytest.param(lambda hours: (index_away(hours), hours.sign_in()), 30, {"IndexAlarm", "BacklogAlarm"}, id="index-away-and-one-record"),
    pytest.param(channel_away, 20, {"UntoldAlarm"}, id="channel-away"),
    pytest.param(mapping_disabled, 20, {"UnreadAlarm"}, id="mapping-disabled"),
    pytest.param(schedule_disabled, 25, {"SilenceAlarm"}, id="schedule-disabled"),
    pytest.param(tuning_broken, 15, {"ConfigurationAlarm"}, id="tuning-broken"),
    pytest.param(poison, 5, {"DeadLetterAlarm"}, id="poison"),
    pytest.param(poison_that_cannot_be_parked, 10, {"DeadLetterFailedAlarm"}, id="poison-that-cannot-be-parked"),
    pytest.param(a_fault, 10, {"UnexpectedAlarm", "ErrorsAlarm"}, id="a-fault"),
    pytest.param(a_sweep_that_raises, 25, {"ErrorsAlarm", "SilenceAlarm"}, id="a-sweep-that-raises"),
]


@pytest.mark.parametrize("traffic", [False, True], ids=["quiet", "busy"])
@pytest.mark.parametrize(("happens", "minutes", "expected"), BREAKS)
def test_what_breaks_is_said_in_time_and_goes_on_being_said(
    alarms: dict[str, dict[str, Any]], happens: Callable[[Hours], None], minutes: int, expected: set[str], traffic: bool
) -> None:
    hours = Hours(jitter=lambda turn: (turn * 37) % 60)
    signing_in = hours.sign_in if traffic else lambda: None
    hours.run(61, signing_in)
    happens(hours)
    hours.run(minutes, signing_in)
    for _ in range(20):
        assert expected <= firing(alarms, hours.series, hours.now)
        hours.run(1, signing_in)


@given(st.lists(st.integers(0, 59), min_size=20, max_size=20), st.integers(0, 299), st.integers(0, 14))
@settings(max_examples=100, deadline=None)
def test_the_index_alarm_fires_whenever_its_only_witnesses_are_sweeps(
    alarms: dict[str, dict[str, Any]], delays: list[int], phase: int, minute: int
) -> None:
    """EventBridge starts a sweep within its minute: some periods of five minutes see two, others none."""
    hours = Hours(jitter=lambda turn: phase + delays[turn % len(delays)])
    hours.run(30 + minute)
    index_away(hours)
    hours.run(20)
    for _ in range(15):
        assert "IndexAlarm" in firing({"IndexAlarm": alarms["IndexAlarm"]}, hours.series, hours.now)
        hours.run(1)


@pytest.mark.parametrize("minute", range(6))
def test_one_sweep_that_meets_no_index_is_no_alarm(alarms: dict[str, dict[str, Any]], minute: int) -> None:
    hours = Hours(jitter=lambda turn: (turn * 37) % 60)
    hours.run(60 + minute)
    index_away(hours)
    hours.run(4)
    hours.index_fails = None
    hours.run(60)
    assert ever(alarms, hours.series, 3600, hours.now) == set()


def test_what_is_mended_falls_silent(alarms: dict[str, dict[str, Any]]) -> None:
    hours = Hours(jitter=lambda turn: (turn * 37) % 60)
    hours.run(60, hours.sign_in)
    index_away(hours)
    hours.run(60, hours.sign_in)
    assert firing(alarms, hours.series, hours.now) == {"IndexAlarm", "BacklogAlarm"}
    hours.index_fails = None
    hours.run(40, hours.sign_in)
    assert ever(alarms, hours.series, hours.now - 60, hours.now) == set()
    assert hours.queue == [] or hours.queue[0].receives == 0


def test_sqs_age_alone_is_blind_to_a_record_that_comes_again(alarms: dict[str, dict[str, Any]]) -> None:
    hours = Hours()
    index_away(hours)
    hours.sign_in()
    hours.run(24 * 60)
    assert "UnreadAlarm" not in ever(alarms, hours.series, 0, hours.now)


def test_reading_the_dead_letters_is_no_all_clear(alarms: dict[str, dict[str, Any]]) -> None:
    hours = Hours()
    poison(hours)
    hours.run(10)
    hours.looking = True
    for _ in range(10):
        hours.run(1)
        assert "DeadLetterAlarm" in firing(alarms, hours.series, hours.now)


def once(namespace: str, name: str, dimensions: frozenset[tuple[str, str]]) -> Series:
    series = Series()
    series.emit(Metric(namespace, name, dimensions), 3599, 1)
    return series


def test_a_throttle_is_said(alarms: dict[str, dict[str, Any]]) -> None:
    assert "ThrottlesAlarm" in firing(alarms, once("AWS/Lambda", "Throttles", FUNCTION), 3600)


OF_LOG_FILES = {
    "ObjectDeadLetterAlarm": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName", "ObjectDeadLetterQueue"), 1),
    "ObjectErrorsAlarm": ("Gatewatch", "ObjectErrors", ("service", "gatewatch-default"), 1),
    "BucketReaderErrorsAlarm": ("AWS/Lambda", "Errors", ("FunctionName", "BucketReader"), 1),
    "LiveMissingAlarm": ("Gatewatch", "LiveMissing", ("service", "gatewatch-default"), 1),
    "ObjectUnreadAlarm": ("AWS/SQS", "ApproximateAgeOfOldestMessage", ("QueueName", "ObjectQueue"), 3601),
}


@pytest.mark.parametrize(("alarm", "metric"), OF_LOG_FILES.items())
def test_what_goes_wrong_with_log_files_is_said(
    alarms: dict[str, dict[str, Any]], alarm: str, metric: tuple[str, str, tuple[str, str], int]
) -> None:
    """tests/adapters/aws/test_bucket.py sees the function emit these."""
    namespace, name, dimension, value = metric
    series = Series()
    for second in (3001, 3301, 3599):
        series.emit(Metric(namespace, name, frozenset({dimension})), second, value)
    assert alarm in firing(alarms, series, 3600)


@pytest.mark.parametrize("rule", RULES)
def test_an_event_that_a_rule_could_not_deliver_is_said(resources: dict[str, Any], alarms: dict[str, dict[str, Any]], rule: str) -> None:
    properties = resolved(resources[rule]["Properties"])
    bus = {("EventBusName", properties["EventBusName"])} if "EventBusName" in properties else set()
    emitted = once("AWS/Events", "FailedInvocations", frozenset(bus | {("RuleName", properties.get("Name", rule))}))
    assert firing(alarms, emitted, 3600) == {f"{rule}FailedAlarm", "SilenceAlarm"}


EXPECTED = 3
HEARTBEATS = frozenset({("EventBusName", "CentralBus"), ("RuleName", "gatewatch-gatewatch-central-heartbeat")})


def heartbeats(resources: dict[str, Any], hours: int, silent_from: int | None = None, *, forwarders: int = EXPECTED) -> bool:
    """Whether the alarm fires after these hours, when one of the forwarders is silent from some hour on; each has its own minute."""
    alarm = alarms_of(resources)[OF_FORWARDERS] | {"Threshold": EXPECTED}
    series = Series()
    for hour in range(hours):
        for forwarder in range(forwarders):
            if not (forwarder == 0 and silent_from is not None and hour >= silent_from):
                series.emit(Metric("AWS/Events", "Invocations", HEARTBEATS), hour * 3600 + 600 + forwarder * 900, 1)
    return firing({OF_FORWARDERS: alarm}, series, hours * 3600) == {OF_FORWARDERS}


def test_forwarders_that_all_deliver_are_silent(resources: dict[str, Any]) -> None:
    assert not heartbeats(resources, 24)


def test_one_forwarder_that_falls_silent_is_said_within_three_hours(resources: dict[str, Any]) -> None:
    assert heartbeats(resources, 15, silent_from=12)


def test_all_forwarders_that_are_cut_off_are_said(resources: dict[str, Any]) -> None:
    assert heartbeats(resources, 15, forwarders=0)


def test_a_forwarder_that_the_parameter_does_not_know_yet_is_no_alarm(resources: dict[str, Any]) -> None:
    assert not heartbeats(resources, 24, forwarders=EXPECTED + 1)


def test_a_forwarder_has_no_alarm_of_its_own(forwarder: dict[str, Any]) -> None:
    """400 accounts and 17 Regions would have 6,800 of them."""
    assert alarms_of(forwarder) == {}


def test_every_alarm_is_fired_by_a_test_above_and_reaches_people(alarms: dict[str, dict[str, Any]]) -> None:
    fired = (
        {name for row in BREAKS for name in row.values[2]}
        | {"ThrottlesAlarm"}
        | {f"{rule}FailedAlarm" for rule in RULES}
        | set(OF_LOG_FILES)
    )
    assert set(alarms) == fired
    assert all(alarm["AlarmActions"] and alarm["OKActions"] for alarm in alarms.values())
