"""Whatever a notification about the trail's bucket says: it ends by name or comes again, and its neighbour is processed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from aws_lambda.bucket import Bucket, take
from tests.adapters.aws.conftest import Queue
from tests.adapters.aws.test_bucket import bucket, clock, evidence, login, message, objects, refused, trail
from tests.builders import endpoint, entra
from tests.support.trail_bucket import TrailBucket, by_cloudtrail, by_eventbridge, key, notification, through_sns

__all__ = ["bucket", "clock", "objects", "refused", "trail"]

FORMS = {
    "S3": notification(key(name="o" * 16)),
    "SNS": through_sns(notification(key(name="o" * 16))),
    "EventBridge": by_eventbridge(key(name="o" * 16)),
    "CloudTrail": by_cloudtrail(key(name="o" * 16), key(name="p" * 16)),
    "itself": json.dumps({"gatewatch": "object", "bucket": "org-trail", "key": key(name="o" * 16), "skip": 1}),
}
ODD: list[Any] = [None, 0, -1, 1e300, True, "", " ", "\ud800", "\x00", "x" * 5_000, "../..", "%", "%zz", [], [None], {}, {"a": 1}, [[]]]


def odd(value: Any) -> Iterator[Any]:
    """The value with each of its parts replaced by each odd one, with odd text behind each text, and without each part."""
    yield from ODD
    if isinstance(value, str):
        yield from (f"{value}{more}" for more in ("\ud800", "\x00", "\u200b", "/", "%2F..%2F"))
    if isinstance(value, dict):
        for name, part in value.items():
            yield {other: found for other, found in value.items() if other != name}
            yield from ({**value, name: changed} for changed in odd(part))
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], changed, *value[place + 1 :]] for changed in odd(part))


@pytest.mark.parametrize("form", FORMS)
def test_an_odd_notification_stops_nothing(form: str, trail: TrailBucket, bucket: Bucket, counted: dict[str, int]) -> None:
    changed = [message(json.dumps(one), f"odd-{number}") for number, one in enumerate(odd(json.loads(FORMS[form])))]
    good = message(trail.put([login()]), "good")
    assert len(changed) > 50
    assert "good" not in take([*changed, good], bucket)
    assert counted["Stored"] == 1


@pytest.mark.parametrize("more", ["\ud800", "\x00", "\n", "x" * 600], ids=repr)
def test_a_key_that_no_object_of_cloudtrail_can_have_is_ignored_and_not_asked_for(
    more: str, bucket: Bucket, counted: dict[str, int]
) -> None:
    at = key(name=f"o{more}")
    assert take([message(by_cloudtrail(at)), message(by_eventbridge(at), "m-2")], bucket) == frozenset()
    assert counted == {"ObjectsIgnored": 2}


FOREIGN = [
    pytest.param(endpoint.record(), id="an endpoint's process"),
    pytest.param(entra.sign_in_record(), id="a sign-in of Entra"),
    pytest.param(
        entra.sign_in_record(riskLevelDuringSignIn="none", riskLevelAggregated="none", riskState="none", riskDetail="none"),
        id="one of Entra that would only teach",
    ),
]


@pytest.mark.parametrize("record", FOREIGN)
def test_another_vendors_record_is_of_no_account_of_the_trail(
    record: dict[str, Any], trail: TrailBucket, bucket: Bucket, refused: Queue
) -> None:
    take([message(trail.put([login(), record]))], bucket)
    assert [letter.reason for letter in refused.records()] == ["records_of_another_account"]
    assert evidence(bucket.invocation) == []
