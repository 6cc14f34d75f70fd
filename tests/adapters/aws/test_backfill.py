"""`gatewatch backfill aws`: the log files of a bucket in moto, and the event history of an account."""

import io
import json
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError, IncompleteReadError

from aws_lambda.backfill.event_history import LOOKUPS, CallPace, EventHistory
from aws_lambda.backfill.fetching import ATTEMPTS
from aws_lambda.backfill.log_files import Extent, LogFiles
from aws_lambda.clients import Clients
from aws_lambda.live_events import NAMES
from gatewatch.cli.program import run
from gatewatch.cli.screen import Screen
from gatewatch.errors import ConfigError, GatewatchError
from gatewatch.flow.backfill import Backfilled, HistoryPart, backfill
from gatewatch.flow.decoding import decode
from gatewatch.flow.policy import write_policy
from gatewatch.model import Event, RawRecord, Refused
from gatewatch.ports import Ports
from gatewatch.stores import open_store
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning.policy import Policy
from tests.adapters.aws.conftest import Queue
from tests.builders import entra
from tests.builders.aws import root_record, user_record
from tests.support.event_history import EventHistory as FakeHistory
from tests.support.trail_bucket import ACCOUNT, BUCKET, ORGANIZATION, TrailBucket, key

OTHER = "999988887777"


class Said(NamedTuple):
    code: int
    out: str
    err: str


def say(*words: str) -> Said:
    """What the command line answers."""
    screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
    code = run(list(words), screen)
    return Said(code, screen.out.getvalue(), screen.err.getvalue())  # type: ignore[attr-defined]


NOW = datetime(2026, 11, 25, tzinfo=UTC)
EXTENT = Extent(datetime(2026, 11, 18, 12, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))


def login(user: str, day: int, **changes: Any) -> dict[str, Any]:
    return user_record(user, **{"eventID": f"{user}-{day}", "eventTime": f"2026-11-{day}T13:00:00Z", **changes})


@pytest.fixture
def trail(clients: Clients) -> TrailBucket:
    """Three days of two accounts in two Regions, a file before the span and one behind it, and what lies beside log files."""
    bucket = TrailBucket(clients)
    for day in (17, 18, 19, 20, 21):
        for account in (ACCOUNT, OTHER):
            bucket.put([login("alice", day, account=account, eventID=f"{account}-{day}")], key(account, time=f"202611{day}T1305"))
    bucket.put([login("bob", 19, awsRegion="eu-west-1")], key(region="eu-west-1", time="20261119T0100"))
    bucket.put([login("early", 18)], key(time="20261118T1159"))
    for kind in ("CloudTrail-Digest", "Config"):
        bucket.put([login("no", 19)], key(kind=kind, time="20261119T0100"))
    return bucket


def files(clients: Clients, extent: Extent = EXTENT, prefix: str = "") -> LogFiles:
    return LogFiles(clients.s3, BUCKET, prefix, extent)


def read(parts: Iterable[HistoryPart]) -> list[str]:
    """The names of the parts, each read to its end."""
    found = []
    for part in parts:
        assert list(part.records())
        found.append(part.name)
    return found


def names(parts: Iterable[HistoryPart]) -> list[str]:
    return [name.rpartition("/")[2].rpartition("_")[0] for name in read(parts)]


@pytest.mark.usefixtures("trail")
def test_log_files_come_in_the_order_of_their_delivery(clients: Clients) -> None:
    found = names(files(clients).parts(""))
    assert found == [
        f"{ACCOUNT}_CloudTrail_us-east-1_20261118T1305Z",
        f"{OTHER}_CloudTrail_us-east-1_20261118T1305Z",
        f"{ACCOUNT}_CloudTrail_eu-west-1_20261119T0100Z",
        f"{ACCOUNT}_CloudTrail_us-east-1_20261119T1305Z",
        f"{OTHER}_CloudTrail_us-east-1_20261119T1305Z",
        f"{ACCOUNT}_CloudTrail_us-east-1_20261120T1305Z",
        f"{OTHER}_CloudTrail_us-east-1_20261120T1305Z",
    ]


@pytest.mark.usefixtures("trail")
def test_they_can_be_chosen_and_gone_on_with(clients: Clients) -> None:
    chosen = Extent(EXTENT.since, EXTENT.until, frozenset({OTHER}), frozenset({"us-east-1"}))
    whole = read(files(clients, chosen).parts(""))
    assert len(whole) == 3
    assert read(files(clients, chosen).parts(whole[0])) == whole[1:]


def test_a_bucket_without_log_files_is_a_mistake(clients: Clients) -> None:
    TrailBucket(clients)
    with pytest.raises(ConfigError, match="no log files"):
        list(files(clients).parts(""))
    with pytest.raises(GatewatchError, match="NoSuchBucket"):
        list(LogFiles(clients.s3, "gone", "", EXTENT).parts(""))


def kept(parts: Any) -> Backfilled:
    ports = Ports(store=MemoryStore(), clock=lambda: NOW, seeds=False)
    return backfill("test", parts, ports, lambda _done, _name: None)


@pytest.mark.usefixtures("trail")
def test_their_records_are_stored_oldest_first(clients: Clients) -> None:
    done = kept(files(clients).parts)
    assert (done.parts, dict(done.counts), done.finished) == (7, {"stored": 7}, True)


def test_records_of_another_account_are_refused_and_broken_files_named(clients: Clients) -> None:
    bucket = TrailBucket(clients)
    envelope = {"source": "aws.signin", "detail-type": "AWS Console Sign In via CloudTrail", "detail": root_record(OTHER)}
    spelled = {name: value for name, value in login("eve", 19).items() if name != "recipientAccountId"} | {"RecipientAccountId": OTHER}
    hidden = [envelope, spelled, entra.sign_in_record()]
    bucket.put([login("alice", 19), login("mallory", 19, account=OTHER), *hidden], key(time="20261119T1305"))
    bucket.put([], key(time="20261120T1305"), body=b"\x1f\x8b broken")
    done = kept(files(clients).parts)
    assert done.counts["stored"] == 1
    assert done.counts["refused:records_of_another_account"] == 4
    assert sum(number for name, number in done.counts.items() if name.startswith("refused:")) == 5


@pytest.mark.usefixtures("trail")
def test_the_command_says_what_it_did_and_a_second_run_stores_nothing(tmp_path: Any) -> None:
    line = [
        "backfill",
        "aws",
        "--from",
        "2026-11-18",
        "--to",
        "2026-11-22",
        "--bucket",
        f"s3://{BUCKET}",
        "--store",
        f"sqlite:{tmp_path}/x.sqlite",
    ]
    first = say(*line, "--json")
    assert first.code == 0
    assert json.loads(first.out) | {"after": ""} == json.loads(first.out)
    assert json.loads(first.out)["dispositions"] == {"stored": 10}
    second = say(*line)
    assert second.code == 0
    assert "10  duplicate" in second.out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        pytest.param(["--from", "2026-11-20", "--to", "2026-11-19"], "--from must be before --to", id="an empty span"),
        pytest.param(["--from", "yesterday"], "is no time", id="no time"),
        pytest.param(["--from", "2d", "--bucket", "https://x"], "s3://BUCKET", id="no bucket"),
        pytest.param(["--from", "2d", "--account", "12"], "no account id", id="no account"),
        pytest.param(["--from", "2d", "--account", ACCOUNT], "--account needs --bucket", id="an account of the history"),
        pytest.param(["--from", "2025-01-01", "--region", "us-east-1"], "90 days", id="too long ago"),
    ],
)
def test_wrong_options_are_named(words: list[str], problem: str) -> None:
    said = say("backfill", "aws", "--store", "memory:", *words)
    assert (said.code, problem in said.err) == (2, True), said.err


class Clock:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def pace(self, seconds: float = 0.5) -> CallPace:
        return CallPace(seconds, lambda: self.now, self.sleep)


HISTORY = [
    *(login(f"user{number}", 19, eventID=f"e-{number:03d}") for number in range(120)),
    login("early", 18),
    {
        **login("alice", 20, eventID="stop"),
        "eventName": "StopLogging",
        "eventSource": "cloudtrail.amazonaws.com",
        "eventType": "AwsApiCall",
    },
    {**login("alice", 20, eventID="ec2"), "eventName": "RunInstances", "eventSource": "ec2.amazonaws.com", "eventType": "AwsApiCall"},
]
SINCE, UNTIL = datetime(2026, 11, 18, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)


def history(clock: Clock, *clients: FakeHistory) -> EventHistory:
    return EventHistory({f"r-{number}": client for number, client in enumerate(clients)}, SINCE, UNTIL, NOW, clock.pace)


def events(part: HistoryPart) -> list[str]:
    records = [one for one in part.records() if isinstance(one, RawRecord)]
    return [str(found.vendor_id) for one in records for found in decode(one) if isinstance(found, Event)]


def test_the_event_history_comes_day_by_day_within_two_calls_a_second() -> None:
    clock = Clock()
    client = FakeHistory(HISTORY, lambda: clock.now)
    parts = list(history(clock, client).parts(""))
    found = [events(part) for part in parts]
    assert [part.name for part in parts] == ["2026-11-18T00:00:00", "2026-11-19T00:00:00", "2026-11-20T00:00:00"]
    assert [len(day) for day in found] == [1, 120, 1]
    assert found[2] == ["aws|stop"]
    assert len(client.calls) == 3 * len(LOOKUPS) + 2
    assert all(later - earlier >= 0.5 for earlier, later in zip(client.calls, client.calls[1:], strict=False))


def test_a_span_that_ends_within_the_first_second_of_a_day_is_asked_for_as_a_span() -> None:
    """CloudTrail refuses an end before the beginning (``InvalidTimeRangeException``), and a run may start at any moment."""
    clock = Clock()
    client = FakeHistory(HISTORY, lambda: clock.now)
    late = EventHistory({"r": client}, SINCE, SINCE + timedelta(seconds=0.3), NOW, clock.pace)
    assert [events(part) for part in late.parts("")] == [[]]


def test_a_part_goes_on_behind_the_one_that_was_done() -> None:
    clock = Clock()
    again = history(clock, FakeHistory(HISTORY, lambda: clock.now)).parts("2026-11-19T00:00:00")
    assert [part.name for part in again] == ["2026-11-20T00:00:00"]


def test_an_event_of_two_regions_comes_once() -> None:
    clock = Clock()
    twins = [FakeHistory(HISTORY, lambda: clock.now) for _ in range(2)]
    done = kept(history(clock, *twins).parts)
    assert (done.counts["stored"], done.counts["duplicate"]) == (122, 0)


def test_without_the_pace_cloudtrail_throttles() -> None:
    clock = Clock()
    client = FakeHistory(HISTORY, lambda: clock.now)
    hasty = EventHistory({"r": client}, SINCE, UNTIL, NOW, lambda: clock.pace(0.1))
    with pytest.raises(GatewatchError, match="ThrottlingException"):
        [list(part.records()) for part in hasty.parts("")]


def test_a_refused_call_is_named() -> None:
    clock = Clock()
    client = FakeHistory(HISTORY, lambda: clock.now)
    client.denied = True
    with pytest.raises(GatewatchError, match="AccessDenied"):
        [list(part.records()) for part in history(clock, client).parts("")]


def test_what_eventbridge_brings_is_looked_up() -> None:
    services = {value for name, value in LOOKUPS if name == "EventSource"}
    looked_up = {value for name, value in LOOKUPS if name == "EventName"}
    assert all(service in services or names <= looked_up for service, names in NAMES.items())
    assert ORGANIZATION not in looked_up


def test_a_history_that_is_too_old_is_refused() -> None:
    with pytest.raises(ConfigError, match="90 days"):
        EventHistory({}, NOW - timedelta(days=91), NOW, NOW, Clock().pace)


def test_refused_records_are_the_only_ones_that_are_no_records() -> None:
    clock = Clock()
    client = FakeHistory([{**login("x", 19), "eventID": "x"}], lambda: clock.now)
    assert [one for part in history(clock, client).parts("") for one in part.records() if isinstance(one, Refused)] == []


def installation(folder: Path) -> str:
    """A store whose alerts must be sent on sns."""
    name = f"sqlite:{folder}/x.sqlite"
    with closing(open_store(name)) as store:
        policy = Policy(channels=("sns",), version=1, author="test", at=NOW)
        write_policy(policy, 0, Ports(store=store, clock=lambda: NOW, seeds=False))
    return name


class Topic:
    """A topic, and what its subscriber heard."""

    def __init__(self, clients: Clients) -> None:
        self.arn = clients.sns.create_topic(Name="alerts")["TopicArn"]
        self._heard = Queue(clients, "heard")
        clients.sns.subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:heard")

    def subjects(self) -> list[str]:
        return [json.loads(message["body"])["Subject"] for message in self._heard.take()]


def line(store: str, topic: str) -> list[str]:
    span = ["--from", "2026-11-18", "--to", "2026-11-22"]
    return ["backfill", "aws", *span, "--bucket", f"s3://{BUCKET}", "--store", store, "--topic", topic]


def test_with_a_topic_urgent_findings_are_told_at_once_and_the_rest_together(trail: TrailBucket, clients: Clients, tmp_path: Path) -> None:
    trail.put([root_record(eventTime="2026-11-19T13:00:00Z")], key(time="20261119T1400"))
    store, topic = installation(tmp_path), Topic(clients)
    assert say(*line(store, topic.arn)).code == 0
    urgent, together = topic.subjects()
    assert "CRITICAL" in urgent
    assert "10 alerts of the past" in together
    assert say(*line(store, topic.arn)).code == 0
    assert topic.subjects() == []


GONE = "arn:aws:sns:us-east-1:123456789012:gone"


@pytest.mark.usefixtures("trail")
def test_a_message_that_was_not_accepted_is_sent_by_the_next_run(clients: Clients, tmp_path: Path) -> None:
    store, topic = installation(tmp_path), Topic(clients)
    unsent = say(*line(store, GONE))
    assert (unsent.code, "10 older alerts was not sent" in unsent.err) == (1, True)
    assert say(*line(store, topic.arn)).code == 0
    assert len(topic.subjects()) == 1


def test_an_urgent_finding_that_was_not_accepted_stays_pending_and_is_said(clients: Clients, tmp_path: Path) -> None:
    TrailBucket(clients).put([root_record(eventTime="2026-11-19T13:00:00Z")], key(time="20261119T1400"))
    store = installation(tmp_path)
    unsent = say(*line(store, GONE))
    assert (unsent.code, "1 notifications were not accepted" in unsent.err) == (1, True)
    with closing(open_store(store)) as opened:
        assert len(opened.pending(10)) == 1


class Refusing:
    """S3 that answers for every log file of one day with a code, or breaks off its answer so often."""

    def __init__(self, client: Any, code: str, breaks: int = 0) -> None:
        self._client, self._code, self._breaks = client, code, breaks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_object(self, **asked: Any) -> Any:
        if "20261119T1305" not in asked["Key"]:
            return self._client.get_object(**asked)
        if self._code:
            raise ClientError({"Error": {"Code": self._code}}, "GetObject")
        self._breaks -= 1
        return self._client.get_object(**asked) if self._breaks < 0 else {"Body": BrokenBody()}


class BrokenBody(io.BytesIO):
    """The beginning of an answer."""

    def read(self, *_: Any) -> bytes:
        raise IncompleteReadError(actual_bytes=1, expected_bytes=2)


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    "code", ["ExpiredToken", "SlowDown", "InvalidAccessKeyId", "NoSuchBucket", "InternalError", "RequestTimeTooSkewed"]
)
def test_a_bucket_that_does_not_answer_stops_the_run_and_no_file_is_skipped(clients: Clients, code: str) -> None:
    """Files that count as read although nobody could read them are missing for ever: the next run goes on behind them."""
    ports = Ports(store=MemoryStore(), clock=lambda: NOW, seeds=False)
    with pytest.raises(GatewatchError, match=code):
        backfill("test", LogFiles(Refusing(clients.s3, code), BUCKET, "", EXTENT).parts, ports, lambda _done, _name: None)
    done = backfill("test", files(clients).parts, ports, lambda _done, _name: None)
    assert (done.parts, dict(done.counts), done.finished) == (4, {"stored": 4}, True)


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchKey", "InvalidObjectState", "KMS.DisabledException"])
def test_a_file_that_cannot_be_read_is_named_and_holds_nothing_back(clients: Clients, code: str) -> None:
    done = kept(LogFiles(Refusing(clients.s3, code), BUCKET, "", EXTENT).parts)
    assert (dict(done.counts), done.finished) == ({"stored": 5, "refused:file_unreadable": 2}, True)
    assert [one.detail for one in done.refused] == [code, code]


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(("breaks", "whole"), [(ATTEMPTS - 1, True), (2 * ATTEMPTS, False)])
def test_an_answer_that_breaks_off_is_asked_for_again(clients: Clients, breaks: int, whole: bool) -> None:
    parts = LogFiles(Refusing(clients.s3, "", breaks), BUCKET, "", EXTENT).parts
    if whole:
        assert dict(kept(parts).counts) == {"stored": 7}
    else:
        with pytest.raises(GatewatchError, match="IncompleteReadError"):
            kept(parts)
