"""Faults of the home stack, planted through the services' own APIs and mended again. The doctor's code knows nothing of this file.

The age of a secret is written into moto's state: moto has no call that leads there.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.secretsmanager.models import secretsmanager_backends

from .faults import fault
from .organisation import CENTRAL, HOME, STACK, Organisation, aws

RULE = f"{STACK}-gatewatch-sign-in"


@fault("rule-disabled")
def rule_disabled(_: Organisation) -> Iterator[None]:
    aws("events").disable_rule(Name=RULE)
    yield
    aws("events").enable_rule(Name=RULE)


@fault("rule-disabled")
def central_rule_disabled(_: Organisation) -> Iterator[None]:
    name = f"{STACK}-gatewatch-central-token"
    aws("events").disable_rule(Name=name, EventBusName=CENTRAL)
    yield
    kept = aws("events").describe_rule(Name=name, EventBusName=CENTRAL)
    state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    aws("events").put_rule(Name=name, EventBusName=CENTRAL, EventPattern=kept["EventPattern"], State=state)


def rule_as(**changed: str) -> Iterator[None]:
    kept = aws("events").describe_rule(Name=f"{STACK}-gatewatch-token")
    before = {"Name": kept["Name"], "EventPattern": kept["EventPattern"], "State": kept["State"]}
    aws("events").put_rule(**{**before, **changed})
    yield
    aws("events").put_rule(**before)


@fault("rule-changed")
def rule_narrowed(_: Organisation) -> Iterator[None]:
    yield from rule_as(EventPattern=json.dumps({"source": ["aws.signin"], "detail": {"awsRegion": ["mars"]}}))


@fault("rule-changed")
def rule_without_reads(_: Organisation) -> Iterator[None]:
    yield from rule_as(State="ENABLED")


@fault("rule-without-target")
def rule_without_target(_: Organisation) -> Iterator[None]:
    targets = aws("events").list_targets_by_rule(Rule=RULE)["Targets"]
    aws("events").remove_targets(Rule=RULE, Ids=[one["Id"] for one in targets])
    yield
    aws("events").put_targets(Rule=RULE, Targets=targets)


@fault("rule-missing")
def rule_deleted(_: Organisation) -> Iterator[None]:
    rule, targets = aws("events").describe_rule(Name=RULE), aws("events").list_targets_by_rule(Rule=RULE)["Targets"]
    aws("events").remove_targets(Rule=RULE, Ids=[one["Id"] for one in targets])
    aws("events").delete_rule(Name=RULE)
    yield
    aws("events").put_rule(Name=RULE, EventPattern=rule["EventPattern"], State="ENABLED")
    aws("events").put_targets(Rule=RULE, Targets=targets)


@fault("bus-policy-missing")
def bus_policy_removed(found: Organisation) -> Iterator[None]:
    aws("events").remove_permission(EventBusName=CENTRAL, StatementId="organization")
    yield
    found.admit_organisation()


@fault("bus-policy-missing", "bus-open")
def bus_open_to_everybody(found: Organisation) -> Iterator[None]:
    found.bus_policy({"Sid": "everybody"})
    yield
    found.admit_organisation()


@fault("queue-policy-missing")
def queue_policy_removed(found: Organisation) -> Iterator[None]:
    aws("sqs").set_queue_attributes(QueueUrl=found.names["Queue"], Attributes={"Policy": ""})
    yield
    found.admit_events(found.names["Queue"])


@fault("dead-letters")
def a_dead_letter(found: Organisation) -> Iterator[None]:
    url = found.names["DeadLetterQueue"]
    aws("sqs").send_message(QueueUrl=url, MessageBody="{}")
    yield
    (message,) = aws("sqs").receive_message(QueueUrl=url)["Messages"]
    aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def without_mapping(name: str) -> Iterator[None]:
    (mapping,) = aws("lambda").list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    aws("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    yield
    aws("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


@fault("mapping-disabled")
def mapping_disabled(found: Organisation) -> Iterator[None]:
    yield from without_mapping(found.names["Detector"])


@fault("mapping-disabled")
def mapping_of_the_bucket_disabled(found: Organisation) -> Iterator[None]:
    yield from without_mapping(found.names["BucketReader"])


@fault("rule-disabled")
def rule_of_the_bucket_disabled(_: Organisation) -> Iterator[None]:
    name = f"{STACK}-gatewatch-log-file"
    aws("events").disable_rule(Name=name)
    yield
    aws("events").enable_rule(Name=name)


@fault("function-stopped")
def concurrency_zero(found: Organisation) -> Iterator[None]:
    name = found.names["Detector"]
    aws("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    yield
    aws("lambda").delete_function_concurrency(FunctionName=name)


@fault("subscriber-missing")
def nobody_subscribed(found: Organisation) -> Iterator[None]:
    topic = found.names["Topic"]
    (known,) = aws("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    aws("sns").unsubscribe(SubscriptionArn=known["SubscriptionArn"])
    yield
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=known["Endpoint"])


@fault("topic-missing")
def topic_of_the_alarms_deleted(found: Organisation) -> Iterator[None]:
    topic = found.names["AlarmTopic"]
    aws("sns").delete_topic(TopicArn=topic)
    yield
    aws("sns").create_topic(Name=topic.rpartition(":")[2])
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:x")


@fault("alarm-silenced")
def an_alarm_silenced(_: Organisation) -> Iterator[None]:
    name = f"{STACK}-IndexAlarm-ABC"
    aws("cloudwatch").disable_alarm_actions(AlarmNames=[name])
    yield
    aws("cloudwatch").enable_alarm_actions(AlarmNames=[name])


def secret_of(found: Organisation) -> Any:
    return secretsmanager_backends[DEFAULT_ACCOUNT_ID][HOME].secrets[found.secret]


@fault("key-old")
def an_old_key(found: Organisation) -> Iterator[None]:
    secret, stamp = secret_of(found), secret_of(found).last_changed_date
    secret.last_changed_date = (datetime.now(UTC) - timedelta(days=400)).timestamp()
    yield
    secret.last_changed_date = stamp


@fault("secret-missing")
def secret_deleted(found: Organisation) -> Iterator[None]:
    aws("secretsmanager").delete_secret(SecretId=found.secret, RecoveryWindowInDays=7)
    yield
    aws("secretsmanager").restore_secret(SecretId=found.secret)
