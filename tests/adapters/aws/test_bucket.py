"""Log files of the trail's bucket: what becomes of each object and of each record in it."""

import gzip
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from aws_lambda import batch, bucket_notices, sign_ins_seen, trail_keys
from aws_lambda.batch import Invocation
from aws_lambda.bucket import SPARE_SECONDS, Bucket, take
from aws_lambda.bucket_objects import Objects
from aws_lambda.clients import Clients
from aws_lambda.dead_letters import SqsDeadLetters
from aws_lambda.live_events import LiveEvents
from aws_lambda.messages import Message, from_sqs
from aws_lambda.set_aside import SetAside
from gatewatch.errors import StoreUnavailable
from tests.adapters.aws.conftest import NOW, Inbox, Queue
from tests.builders.aws import envelope, root_record, user_record
from tests.support.trail_bucket import ACCOUNT, BUCKET, TrailBucket, by_cloudtrail, by_eventbridge, key, notification, through_sns

OTHER = "999988887777"


@pytest.fixture
def trail(clients: Clients) -> TrailBucket:
    return TrailBucket(clients)


@pytest.fixture
def refused(clients: Clients) -> Queue:
    return Queue(clients, "refused-objects")


@pytest.fixture
def objects(clients: Clients) -> Queue:
    return Queue(clients, "objects")


class Clock:
    """Seconds that are left; each look takes ``step``."""

    def __init__(self) -> None:
        self.left, self.step = 1_000.0, 0.0

    def remaining(self) -> float:
        self.left -= self.step
        return self.left


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bucket(clients: Clients, invocation: Invocation, refused: Queue, objects: Queue, clock: Clock) -> Bucket:
    return Bucket(
        invocation=invocation,
        objects=Objects(lambda: clients.s3),
        name=BUCKET,
        prefix="",
        refused=SqsDeadLetters(refused.url, lambda: clients.sqs),
        again=SetAside(objects.url, lambda: clients.sqs, at_once=True),
        live=LiveEvents([f"{ACCOUNT}/us-east-1"]),
        remaining=clock.remaining,
    )


def message(body: str, name: str = "m-1") -> Message:
    return Message(id=name, body=body, sent=NOW)


def login(user: str = "alice", **changes: Any) -> dict[str, Any]:
    return user_record(user, eventTime="2026-11-21T11:50:00Z", **changes)


def ec2_call(number: int) -> dict[str, Any]:
    made = login(eventID=f"e-{number}")
    return {
        **made,
        "eventName": "DescribeInstances",
        "eventSource": "ec2.amazonaws.com",
        "eventType": "AwsApiCall",
        "responseElements": None,
    }


def evidence(invocation: Invocation) -> list[str]:
    store = invocation.ports.store
    return [item.id for day in store.days() for page in store.evidence_on(day) for item in page]


NOTICES = [
    pytest.param(lambda body, _: body, id="from S3"),
    pytest.param(lambda body, _: through_sns(body), id="through SNS"),
    pytest.param(lambda _, at: by_eventbridge(at), id="by EventBridge"),
    pytest.param(lambda _, at: by_cloudtrail(at), id="by CloudTrail"),
    pytest.param(lambda _, at: through_sns(by_cloudtrail(at)), id="by CloudTrail through SNS"),
]


@pytest.mark.parametrize("as_sent", NOTICES)
def test_a_login_in_a_log_file_is_an_alert(
    as_sent: Callable[[str, str], str], trail: TrailBucket, bucket: Bucket, inbox: Inbox, counted: dict[str, int]
) -> None:
    at = key(name="a b+c%20d")
    body = as_sent(trail.put([login(), ec2_call(1)], at), at)
    assert take([message(body)], bucket) == frozenset()
    assert [notice.alert.snapshot.severity.name for notice in inbox.got] == ["MEDIUM"]
    assert (counted["Stored"], counted["Objects"]) == (1, 1)


def test_live_and_bucket_are_one_record_in_either_order(trail: TrailBucket, bucket: Bucket, inbox: Inbox, counted: dict[str, int]) -> None:
    first, second = login("alice"), login("bob")
    live = bucket.invocation
    batch.take([message(json.dumps(envelope(first)))], live)
    take([message(trail.put([first, second]))], bucket)
    batch.take([message(json.dumps(envelope(second)), "m-2")], live)
    assert len(evidence(live)) == len(set(evidence(live))) == 2
    assert (counted["Stored"], counted["Duplicate"]) == (2, 2)
    assert len(inbox.got) == 2


def test_what_eventbridge_did_not_bring_is_counted(trail: TrailBucket, bucket: Bucket, counted: dict[str, int]) -> None:
    lost, brought = login("alice"), login("bob")
    elsewhere, other = login("carol", awsRegion="eu-west-1"), login("dan", account=OTHER)
    batch.take([message(json.dumps(envelope(brought)))], bucket.invocation)
    take([message(trail.put([lost, brought, elsewhere]))], bucket)
    take([message(trail.put([other], key(account=OTHER)))], bucket)
    assert counted["LiveMissing"] == 1
    assert counted["Stored"] == 4


def test_where_only_the_bucket_brings_sign_ins_their_hours_are_seen_there(trail: TrailBucket, bucket: Bucket) -> None:
    """Else no place without a forwarder could ever fall silent; and what EventBridge should bring proves nothing of EventBridge when a file holds it."""
    elsewhere = login("carol", awsRegion="eu-west-1")
    take([message(trail.put([login("alice"), elsewhere, ec2_call(1)]))], bucket)
    assert set(sign_ins_seen.read(bucket.invocation.ports.store)) == {(ACCOUNT, "eu-west-1")}
    alone = structs.replace(bucket, live=LiveEvents(["none"]))
    take([message(trail.put([login("bob")], key(name="QrStUvWxYz")))], alone)
    assert set(sign_ins_seen.read(bucket.invocation.ports.store)) == {(ACCOUNT, "eu-west-1"), (ACCOUNT, "us-east-1")}


def test_an_object_with_another_accounts_records_is_refused_as_a_whole(
    trail: TrailBucket, bucket: Bucket, refused: Queue, inbox: Inbox, counted: dict[str, int]
) -> None:
    foreign = trail.put([login(), login("mallory", account=OTHER)])
    assert take([message(foreign)], bucket) == frozenset()
    (letter,) = refused.records()
    assert (letter.reason, letter.detail) == ("records_of_another_account", f"record 2 is of {OTHER}, the key says {ACCOUNT}")
    assert json.loads(letter.record)["key"] == key()
    assert (evidence(bucket.invocation), inbox.got, counted["ObjectsRefused"]) == ([], [], 1)


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param(
            lambda record: {"detail-type": "AWS Console Sign In via CloudTrail", "source": "aws.signin", "detail": record}, id="an envelope"
        ),
        pytest.param(lambda record: {**record, "recipientAccountId": None, "RecipientAccountId": OTHER}, id="another spelling"),
    ],
)
def test_another_form_hides_no_other_account(
    hidden: Callable[[dict[str, Any]], dict[str, Any]], trail: TrailBucket, bucket: Bucket, refused: Queue
) -> None:
    take([message(trail.put([login(), hidden(root_record(OTHER, eventTime="2026-11-21T11:50:00Z"))]))], bucket)
    assert [letter.reason for letter in refused.records()] == ["records_of_another_account"]
    assert evidence(bucket.invocation) == []


IGNORED = {
    "S3's test event": json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}),
    "a deletion": notification(key(), name="ObjectRemoved:Delete"),
    "an expiry": notification(key(), name="LifecycleExpiration:Delete"),
    "a deletion by EventBridge": by_eventbridge(key(), name="Object Deleted"),
    "a tag": notification(key(), name="ObjectTagging:Put"),
    "a digest": notification(key(kind="CloudTrail-Digest")),
    "insights": notification(key(kind="CloudTrail-Insight")),
    "network activity": notification(key(kind="CloudTrail-NetworkActivity")),
    "another service": notification(key(kind="Config")),
    "no log file": notification("AWSLogs/readme.txt"),
    "another bucket": notification(key(), bucket="other"),
}


def test_what_is_no_log_file_is_ignored_by_name(
    bucket: Bucket, refused: Queue, counted: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert take([message(body, name) for name, body in IGNORED.items()], bucket) == frozenset()
    assert (counted["ObjectsIgnored"], refused.records()) == (len(IGNORED), [])
    reasons = {record.__dict__["reason"] for record in caplog.records if "reason" in record.__dict__}
    assert reasons == bucket_notices.IGNORED | trail_keys.IGNORED - {"aggregated_events", "outside_of_the_prefix"} | {"other_bucket"}


def test_only_the_prefix_is_read(trail: TrailBucket, bucket: Bucket, counted: dict[str, int]) -> None:
    inside, outside = trail.put([login()], f"trail/{key()}"), trail.put([login("bob")])
    take([message(inside), message(outside, "m-2")], structs.replace(bucket, prefix="trail"))
    assert (counted["Stored"], counted["ObjectsIgnored"]) == (1, 1)


REFUSED = {
    "no json": "unknown_notification",
    '{"a": 1}': "unknown_notification",
    '{"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": 1}]}': "unknown_notification",
    '{"gatewatch":"object","bucket":1}': "damaged_wrapper",
}


def test_what_is_no_notification_is_refused_by_name(bucket: Bucket, refused: Queue) -> None:
    sent = [from_sqs({"messageId": f"m-{number}", "body": body}) for number, body in enumerate(REFUSED)]
    assert take(sent, bucket) == frozenset()
    assert [letter.reason for letter in refused.records()] == list(REFUSED.values())


def _whole(records: list[dict[str, Any]]) -> bytes:
    return gzip.compress(json.dumps({"Records": records}).encode(), 0)  # as it is, so that a cut leaves records


BROKEN = [
    pytest.param(_whole([login(eventID=f"e-{n}") for n in range(40)])[:-300], "file_truncated_or_corrupt", range(1, 40), id="cut"),
    pytest.param(b"", "empty", [0], id="empty"),
    pytest.param(gzip.compress(b"\0\1\2\3" * 400), "binary", [0], id="no text"),
]


@pytest.mark.parametrize(("data", "reason", "stored"), BROKEN)
def test_a_broken_object_is_refused_after_what_can_be_read(
    data: bytes, reason: str, stored: Sequence[int], trail: TrailBucket, bucket: Bucket, refused: Queue
) -> None:
    take([message(trail.put([], body=data))], bucket)
    assert [letter.reason for letter in refused.records()] == [reason]
    assert len(evidence(bucket.invocation)) in stored


def test_an_object_that_is_gone_or_was_written_again_is_refused(trail: TrailBucket, bucket: Bucket, refused: Queue) -> None:
    gone, first = trail.put([login()], key(name="g" * 16)), trail.put([login()])
    trail.remove(key(name="g" * 16))
    trail.put([login("bob")])
    take([message(gone), message(first, "m-2")], bucket)
    assert [letter.reason for letter in refused.records()] == ["object_gone", "object_changed"]


def test_a_refused_object_can_be_redriven(trail: TrailBucket, bucket: Bucket, refused: Queue) -> None:
    body = trail.put([login("mallory", account=OTHER)])
    take([message(body)], bucket)
    (letter,) = refused.take()
    take([from_sqs({"messageId": "m-9", "body": letter["body"]})], bucket)
    assert [again.reason for again in refused.records()] == ["records_of_another_account"]


def test_a_record_that_is_refused_goes_where_records_go(
    trail: TrailBucket, bucket: Bucket, refused: Queue, dead_lettered_at: Queue
) -> None:
    take([message(trail.put([login(), {"no": "record"}, login("bob")]))], bucket)
    assert [letter.reason for letter in dead_lettered_at.records()] == ["unrecognised_record"]
    assert (len(evidence(bucket.invocation)), refused.records()) == (2, [])


def test_several_objects_of_one_message_become_messages_of_their_own(trail: TrailBucket, bucket: Bucket, objects: Queue) -> None:
    keys = [key(name=letter * 16) for letter in "ab"]
    for at in keys:
        trail.put([login()], at)
    assert take([message(by_cloudtrail(*keys))], bucket) == frozenset()
    assert [json.loads(one.record)["key"] for one in objects.records()] == keys


def test_where_the_time_ends_the_rest_goes_on_behind_what_was_done(
    trail: TrailBucket, bucket: Bucket, objects: Queue, clock: Clock, counted: dict[str, int]
) -> None:
    body = trail.put([login(f"user{number}", eventID=f"e-{number}") for number in range(1_200)])
    take([message(body)], bucket)
    whole, took = set(evidence(bucket.invocation)), 0
    assert len(whole) == 1_200
    clock.left, clock.step = SPARE_SECONDS + 3.5, 1.0
    turns = [message(body)]
    while turns:
        took += 1
        assert take(turns, bucket) == frozenset()
        clock.left = SPARE_SECONDS + 3.5
        turns = [from_sqs({"messageId": f"m-{took}", "body": sent["body"]}) for sent in objects.take()]
    assert took == 2
    assert counted["Duplicate"] == 1_200
    assert set(evidence(bucket.invocation)) == whole


def test_an_object_that_no_invocation_can_begin_is_given_up_by_sqs(
    trail: TrailBucket, bucket: Bucket, objects: Queue, clock: Clock
) -> None:
    body = trail.put([login()])
    clock.left, clock.step = SPARE_SECONDS + 0.5, 1.0
    assert take([message(body)], structs.replace(bucket, remaining=clock.remaining)) in ({"m-1"}, frozenset())
    assert evidence(bucket.invocation) == []


class Away:
    """A store that may be away."""

    def __init__(self, store: Any) -> None:
        self.store, self.away = store, True

    def __getattr__(self, name: str) -> Any:
        if self.away:
            raise StoreUnavailable("away")
        return getattr(self.store, name)


def test_while_the_store_is_away_urgent_findings_are_told_once_and_nothing_is_lost(
    trail: TrailBucket, bucket: Bucket, objects: Queue, inbox: Inbox
) -> None:
    root = root_record(eventTime="2026-11-21T11:50:00Z")
    body = trail.put([*(login(f"user{number}", eventID=f"e-{number}") for number in range(600)), root])
    store = Away(bucket.invocation.ports.store)
    away = structs.replace(
        bucket, invocation=structs.replace(bucket.invocation, ports=structs.replace(bucket.invocation.ports, store=store))
    )
    assert take([message(body)], away) == frozenset()
    assert [notice.index_unavailable for notice in inbox.got] == [True]
    (again,) = objects.take()
    cold = structs.replace(away, invocation=structs.replace(away.invocation, known=type(away.invocation.known)()))
    second = from_sqs({"messageId": "m-2", "body": again["body"]})
    assert take([second], cold) == {"m-2"}
    assert len(inbox.got) == 1
    store.away = False
    assert take([second], cold) == frozenset()
    assert len(evidence(bucket.invocation)) == 601
    roots = [notice for notice in inbox.got if notice.alert.snapshot.severity.name == "CRITICAL"]
    assert len(roots) == 1


def test_s3_that_does_not_answer_keeps_the_message(bucket: Bucket, clients: Clients, counted: dict[str, int]) -> None:
    clients.s3.create_bucket(Bucket="elsewhere")
    assert take([message(notification(key(), bucket="gone"))], structs.replace(bucket, name="gone")) == {"m-1"}
    assert counted["ObjectErrors"] == 1


def test_the_time_of_a_record_is_its_own(trail: TrailBucket, bucket: Bucket) -> None:
    old = login(eventID="old")
    take([message(trail.put([{**old, "eventTime": (NOW - timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%SZ")}]))], bucket)
    assert list(bucket.invocation.ports.store.days()) == ["2026-11-01"]
