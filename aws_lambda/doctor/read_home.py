"""Reads the home stack and what belongs to it through boto3, with the rights of whoever runs the doctor."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from gatewatch.doctor.findings import CannotLook

from .world import Alarm, Bus, EventRule, FunctionState, HomeStack, Queue, Resource, SecretState, SourceMapping, Topic, WantedRule

type ClientOf = Callable[..., Any]
"""Makes a client: of a service, and of a Region where it is not the home Region."""

GONE = frozenset({
    "ResourceNotFoundException", "NotFound", "NotFoundException", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "NonExistentQueue",
})  # fmt: skip

MENDED_BY = {
    **dict.fromkeys(
        ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"), "AWS throttles: look again in a minute"
    ),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "RequestExpired"), "the credentials have ended: sign in again"),
    **dict.fromkeys(("InternalError", "InternalFailure", "ServiceUnavailable"), "the service has a fault: look again in a minute"),
}
"""What helps where no right is missing."""


class GoneError(Exception):
    """What was asked for does not exist."""


@contextmanager
def asking(action: str) -> Iterator[None]:
    """AWS's refusals as ``CannotLook`` that names the right that is missing; ``GoneError`` for what does not exist."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - loaded with boto3

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        if code in GONE:
            raise GoneError from error
        raise CannotLook(f"{action} answered {code}", MENDED_BY.get(code, f"use credentials that may {action}")) from error
    except BotoCoreError as error:
        raise CannotLook(f"{action}: {error}", "check the network, the Region and the credentials") from error


def or_none[T](read: Callable[[], T], action: str) -> T | None:
    """What was read, None where it does not exist."""
    try:
        with asking(action):
            return read()
    except GoneError:
        return None


class Home:
    """The home stack. Every method raises ``CannotLook``."""

    def __init__(self, name: str, client: ClientOf) -> None:
        self._name, self._client = name, client
        self.stack = cache(self._stack)

    def _stack(self) -> HomeStack:
        cloudformation = self._client("cloudformation")
        with asking("cloudformation:DescribeStacks"):
            (found,) = cloudformation.describe_stacks(StackName=self._name)["Stacks"]
            pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=self._name)
            listed = [one for page in pages for one in page["StackResourceSummaries"]]
        resources = {
            one["LogicalResourceId"]: Resource(one["ResourceType"], _name(one["ResourceType"], one["PhysicalResourceId"]))
            for one in listed
            if one.get("PhysicalResourceId") and one.get("ResourceType") and one["ResourceStatus"] != "DELETE_COMPLETE"
        }
        _, partition, _, region, account, *_ = found["StackId"].split(":")
        return HomeStack(
            name=self._name,
            region=region,
            account=account,
            partition=partition,
            status=found["StackStatus"],
            parameters={one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", ())},
            outputs={one["OutputKey"]: one.get("OutputValue", "") for one in found.get("Outputs", ())},
            resources=resources,
            rules={name: _wanted(self._template().get(name, {})) for name, one in resources.items() if one.type == "AWS::Events::Rule"},
        )

    @cache  # noqa: B019 - one object a look
    def _template(self) -> Mapping[str, Any]:
        """The resources of the stack's template; none where CloudFormation gives it in another form."""
        with asking("cloudformation:GetTemplate"):
            body = self._client("cloudformation").get_template(StackName=self._name, TemplateStage="Processed")["TemplateBody"]
        try:
            found = json.loads(body) if isinstance(body, str) else body
        except ValueError:
            return {}
        resources = found.get("Resources") if isinstance(found, dict) else None
        return resources if isinstance(resources, dict) else {}

    def rule(self, name: str, bus: str | None) -> EventRule | None:
        """A rule with its targets."""
        events, where = self._client("events"), {} if bus is None else {"EventBusName": bus}
        found = or_none(lambda: events.describe_rule(Name=name, **where), "events:DescribeRule")
        if found is None:
            return None
        with asking("events:ListTargetsByRule"):
            targets = events.list_targets_by_rule(Rule=name, **where).get("Targets", ())
        return EventRule(found.get("State", ""), _json(found.get("EventPattern")), tuple(one["Arn"] for one in targets))

    def bus(self) -> Bus | None:
        """The central bus."""
        resource = self.stack().resources.get("CentralBus")
        name = resource.name if resource is not None else f"{self._name}-gatewatch-central"
        found = or_none(lambda: self._client("events").describe_event_bus(Name=name), "events:DescribeEventBus")
        return None if found is None else Bus(found["Arn"], _statements(found.get("Policy")))

    def queue(self, url: str) -> Queue | None:
        """A queue."""
        counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        names = [*counts, "Policy", "VisibilityTimeout", "MessageRetentionPeriod", "RedrivePolicy"]
        sqs = self._client("sqs")
        found = or_none(lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names), "sqs:GetQueueAttributes")
        if found is None:
            return None
        attributes = found.get("Attributes", {})
        return Queue(
            url,
            sum(int(attributes.get(name, 0)) for name in counts),
            _statements(attributes.get("Policy")),
            int(attributes.get("VisibilityTimeout", 0)),
            int(attributes.get("MessageRetentionPeriod", 0)),
            str(_json(attributes.get("RedrivePolicy")).get("deadLetterTargetArn", "")),
        )

    def function(self, name: str) -> FunctionState | None:
        """A function."""
        client = self._client("lambda")
        found = or_none(lambda: client.get_function_configuration(FunctionName=name), "lambda:GetFunctionConfiguration")
        if found is None:
            return None
        reserved = or_none(lambda: client.get_function_concurrency(FunctionName=name), "lambda:GetFunctionConcurrency")
        return FunctionState(found.get("State", ""), (reserved or {}).get("ReservedConcurrentExecutions"))

    def mappings(self, name: str) -> list[SourceMapping]:
        """The event source mappings of a function."""
        with asking("lambda:ListEventSourceMappings"):
            found = self._client("lambda").list_event_source_mappings(FunctionName=name).get("EventSourceMappings", ())
        return [
            SourceMapping(one["UUID"], one["EventSourceArn"], one.get("State", ""), bool((one.get("FilterCriteria") or {}).get("Filters")))
            for one in found
        ]

    def schedule(self, name: str) -> str | None:
        """The state of a schedule."""
        found = or_none(lambda: self._client("scheduler").get_schedule(Name=name.rpartition("/")[2]), "scheduler:GetSchedule")
        return None if found is None else str(found.get("State"))

    def topic(self, arn: str) -> Topic | None:
        """A topic, with its subscriptions counted one by one: SNS's own numbers lag."""
        sns = self._client("sns")

        def listed() -> list[dict[str, Any]]:
            pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
            return [one for page in pages for one in page["Subscriptions"]]

        if or_none(lambda: sns.get_topic_attributes(TopicArn=arn), "sns:GetTopicAttributes") is None:
            return None
        found = or_none(listed, "sns:ListSubscriptionsByTopic") or []
        confirmed = sum(one["SubscriptionArn"].startswith("arn:") for one in found)
        return Topic(arn, confirmed, len(found) - confirmed)

    def secret(self, arn: str) -> SecretState | None:
        """A secret, without its value."""
        found = or_none(lambda: self._client("secretsmanager").describe_secret(SecretId=arn), "secretsmanager:DescribeSecret")
        if found is None:
            return None
        return SecretState(found.get("LastChangedDate") or found.get("CreatedDate"), "DeletedDate" in found)

    def parameter(self, name: str) -> bool:
        """Whether a parameter of SSM is there, without its value."""
        asked = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        with asking("ssm:DescribeParameters"):
            return bool(self._client("ssm").describe_parameters(ParameterFilters=asked).get("Parameters"))

    def alarms(self) -> list[Alarm]:
        """The alarms whose names CloudFormation made from the stack's."""
        with asking("cloudwatch:DescribeAlarms"):
            pages = self._client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{self._name}-")
            found = [one for page in pages for one in page["MetricAlarms"]]
        return [Alarm(one["AlarmName"], bool(one.get("ActionsEnabled") and one.get("AlarmActions"))) for one in found]


def _name(kind: str, physical: str) -> str:
    """The physical id of a rule of a bus of its own is ``BUS|RULE``, and no call takes that (cloudformation-coverage-roadmap issue 1131)."""
    return physical.rpartition("|")[2] if kind == "AWS::Events::Rule" else physical


def _wanted(resource: Mapping[str, Any]) -> WantedRule:
    """A pattern that refers to parameters is not compared."""
    properties = resource.get("Properties", {})
    state, written = properties.get("State"), json.dumps(properties.get("EventPattern"))
    plain = '"Ref"' not in written and '"Fn::' not in written
    return WantedRule(
        state=state if isinstance(state, str) else "ENABLED",
        pattern=json.loads(written) if plain else None,
        central="EventBusName" in properties,
    )


def _json(text: str | None) -> Mapping[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _statements(policy: str | None) -> tuple[Mapping[str, Any], ...]:
    found = _json(policy).get("Statement", ())
    return tuple(one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict))
