"""Faults that leave everything where it is and only change what it does: policies, queues, trails that each see a half."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .faults import fault
from .organisation import TUNING, Organisation, aws


def trails_of_halves(first: Mapping[str, bool], second: Mapping[str, bool]) -> Iterator[None]:
    cloudtrail = aws("cloudtrail")
    cloudtrail.update_trail(Name="all", **first)
    cloudtrail.create_trail(Name="other", S3BucketName="trail-bucket", **second)
    cloudtrail.start_logging(Name="other")
    yield
    cloudtrail.delete_trail(Name="other")
    cloudtrail.update_trail(Name="all", IsMultiRegionTrail=True, IncludeGlobalServiceEvents=True, IsOrganizationTrail=True)


@fault("trail-of-one-region")
def all_accounts_in_one_region_and_one_account_in_all(_: Organisation) -> Iterator[None]:
    """Together they have every property, and nobody sees another account's other Regions."""
    yield from trails_of_halves({"IsMultiRegionTrail": False}, {"IsMultiRegionTrail": True, "IsOrganizationTrail": False})


@fault("trail-without-global-events")
def global_events_of_another_trail(_: Organisation) -> Iterator[None]:
    yield from trails_of_halves({"IncludeGlobalServiceEvents": False}, {"IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": True})


def bus_with(found: Organisation, *statements: Mapping[str, Any]) -> Iterator[None]:
    found.bus_policy(*statements)
    yield
    found.admit_organisation()


def organisation(name: str) -> dict[str, Any]:
    return {"StringEquals": {"aws:PrincipalOrgID": name}}


@fault("bus-policy-missing")
def bus_for_another_organisation(found: Organisation) -> Iterator[None]:
    yield from bus_with(found, {"Sid": "organization", "Condition": organisation("o-zzzzzzzzzz")})


@fault("bus-policy-missing")
def bus_that_denies(found: Organisation) -> Iterator[None]:
    yield from bus_with(
        found, {"Sid": "organization", "Condition": organisation("o-abcdefghij")}, {"Sid": "no", "Effect": "Deny", "Action": "events:*"}
    )


@fault("bus-open")
def bus_open_by_a_wildcard(found: Organisation) -> Iterator[None]:
    """The right organisation is admitted, and by another statement everybody is."""
    anyone = {"Sid": "anyone", "Action": "events:Put*", "Condition": {"StringLike": {"AWS:PrincipalOrgId": "*"}}}
    yield from bus_with(found, {"Sid": "organization", "Condition": organisation("o-abcdefghij")}, anyone)


def queue_with(found: Organisation, **changes: str) -> Iterator[None]:
    url = found.names["Queue"]
    before = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(changes))["Attributes"]
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes=changes)
    found.admit_events(url)  # moto forgets the policy
    yield
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes=before)
    found.admit_events(url)


@fault("queue-changed")
def queue_forgets_after_a_minute(found: Organisation) -> Iterator[None]:
    yield from queue_with(found, MessageRetentionPeriod="60")


@fault("queue-changed")
def queue_shows_messages_at_once(found: Organisation) -> Iterator[None]:
    yield from queue_with(found, VisibilityTimeout="0")


@fault("queue-changed")
def queue_gives_up_elsewhere(found: Organisation) -> Iterator[None]:
    dead = aws("sqs").get_queue_attributes(QueueUrl=found.names["ObjectDeadLetterQueue"], AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    yield from queue_with(found, RedrivePolicy=json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 5}))


def queue_policy(found: Organisation, *statements: Mapping[str, Any]) -> Iterator[None]:
    url = found.names["Queue"]
    allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [{**allow, **one} for one in statements]}
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    yield
    found.admit_events(url)


@fault("queue-policy-missing")
def queue_admits_other_rules(found: Organisation) -> Iterator[None]:
    other = "arn:aws:events:us-east-1:123456789012:rule/another"
    yield from queue_policy(found, {"Condition": {"ArnEquals": {"aws:SourceArn": [other]}}})


@fault("queue-policy-missing")
def queue_admits_to_look_and_not_to_send(found: Organisation) -> Iterator[None]:
    yield from queue_policy(found, {"Action": "sqs:GetQueueAttributes"})


@fault("queue-policy-missing")
def queue_that_denies(found: Organisation) -> Iterator[None]:
    yield from queue_policy(found, {}, {"Effect": "Deny", "Principal": "*", "Action": "sqs:*"})


@fault("parameter-missing")
def tuning_deleted(found: Organisation) -> Iterator[None]:
    aws("ssm").delete_parameter(Name=TUNING)
    yield
    found.tuned()
