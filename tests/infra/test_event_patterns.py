"""Which events the rules of template.yaml and of the region forwarder take: moto's engine, which agrees with AWS's event-ruler."""

import json
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.events.models import EventPattern
from samtranslator.yaml_helper import yaml_parse

from gatewatch.model import Activity
from gatewatch.providers.aws.event_names import CALLS
from gatewatch.providers.aws.facts import ANOMALY
from gatewatch.providers.aws.raw_samples import anomaly
from gatewatch.providers.aws.rules import RULES
from scripts.local_cloud.lambda_artifact import ROOT
from tests.builders import aws

FILES = ("template.yaml", "infra/aws/region-forwarder.yaml")
ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
SIGN_IN, SIGNIN, API = "AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail", "AWS API Call via CloudTrail"


def event(
    name: str, detail_type: str = SIGN_IN, *, source: str = "aws.signin", service: str = "signin.amazonaws.com", **detail: Any
) -> dict:
    record = aws.record(eventSource=service, eventName=name, **{"responseElements": ..., "additionalEventData": ..., **detail})
    return aws.envelope(record, source=source, **{"detail-type": detail_type})


BOTH = ("SignInRule", "WatchingRule")
KEY = {"userIdentity": {"type": "IAMUser", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}}
INSTANCE = {"userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0123456789abcdef0", "accessKeyId": "ASIAEXAMPLE"}}


def api(service: str, name: str, **detail: Any) -> dict:
    return event(name, API, source=f"aws.{service}", service=f"{service}.amazonaws.com", **detail)


MATRIX = [
    pytest.param(event("ConsoleLogin", responseElements={"ConsoleLogin": "Success"}), ("SignInRule",), id="success"),
    pytest.param(event("ConsoleLogin", responseElements={"ConsoleLogin": "Failure"}), ("SignInRule",), id="failure"),
    pytest.param(event("ConsoleLogin", additionalEventData={"MFAUsed": "Yes"}), ("SignInRule",), id="with MFA"),
    pytest.param(event("ConsoleLogin"), ("SignInRule",), id="MFA unknown"),
    pytest.param(event("ConsoleLogin", userIdentity={"type": "Root"}), ("SignInRule",), id="root"),
    pytest.param(event("ConsoleLogin", SIGNIN), ("SignInRule",), id="the guide's spelling"),
    pytest.param(event("SwitchRole"), ("SignInRule",), id="switch role"),
    pytest.param(event("UserAuthentication", "AWS Service Event via CloudTrail"), ("SignInRule",), id="portal sign-in"),
    pytest.param(event("CredentialVerification", API), ("SignInRule",), id="a factor, in any detail type"),
    pytest.param(event("PasswordRecoveryCompleted"), ("SignInRule",), id="root's password is recovered"),
    pytest.param(event("EmailUpdated"), ("SignInRule",), id="root's address is changed"),
    pytest.param(event("PasswordUpdated"), ("SignInRule",), id="password changed"),
    pytest.param(anomaly(), ("SignInRule",), id="AWS's own alert"),
    pytest.param(event("GetSigninToken"), ("TokenRule",), id="sign-in token"),
    pytest.param(event("GetSigninToken", API), ("TokenRule",), id="sign-in token as an API call"),
    pytest.param(event("CreateOAuth2Token", API), ("TokenRule",), id="aws login"),
    pytest.param(event("CreateOAuth2TokenWithIAM", API), ("TokenRule",), id="a token by a role"),
    pytest.param(event("AuthorizeOAuth2Access", API), ("TokenRule",), id="aws login authorized"),
    pytest.param(api("sso", "CreateToken"), ("TokenRule",), id="portal token"),
    pytest.param(api("sts", "GetFederationToken"), ("TokenRule",), id="federation token"),
    pytest.param(api("cloudtrail", "StopLogging"), ("WatchingRule",), id="logging is stopped"),
    pytest.param(api("cloudtrail", "PutEventSelectors"), ("WatchingRule",), id="selectors"),
    pytest.param(api("lambda", "UpdateEventSourceMapping20150331"), ("WatchingRule",), id="a mapping, with the version of the API"),
    pytest.param(api("lambda", "DeleteFunction20150331"), ("WatchingRule",), id="a function"),
    pytest.param(api("events", "DisableRule"), BOTH, id="no rule can be silenced unseen"),
    pytest.param(api("events", "DeleteEventBus"), ("WatchingRule",), id="a bus"),
    pytest.param(api("sts", "GetCallerIdentity", **KEY), ("KeyUseRule", "ListCallRule"), id="a key asks whose it is"),
    pytest.param(api("ssm", "UpdateInstanceInformation", **INSTANCE), ("AgentCallRule",), id="an agent"),
    pytest.param(api("s3", "ListBuckets", **INSTANCE), ("ListCallRule",), id="the role of an instance lists"),
    pytest.param(api("iam", "ListUsers", **KEY), ("ListCallRule",), id="a key lists"),
    pytest.param(api("iam", "ListUsers"), (), id="a session lists"),
    pytest.param(api("sts", "GetCallerIdentity"), (), id="a session asks who it is"),
    pytest.param(api("lambda", "DeleteFunctionUrlConfig"), (), id="a longer name"),
    pytest.param(api("cloudtrail", "StartLogging"), (), id="logging is started"),
    pytest.param(event("CheckMfa"), (), id="MFA check"),
    pytest.param(event("ConsoleLogin", source="my.app"), (), id="somebody else's source"),
    pytest.param(event("ConsoleLogin", service="sts.amazonaws.com"), (), id="another service"),
    pytest.param(api("sts", "AssumeRole"), (), id="sts"),
]


@cache
def rules(file: str) -> dict[str, dict[str, Any]]:
    """The rules on the default bus."""
    resources = yaml_parse((ROOT / file).read_text("utf-8"))["Resources"]
    return {
        name: one
        for name, one in resources.items()
        if one["Type"] == "AWS::Events::Rule" and "EventPattern" in one["Properties"] and "EventBusName" not in one["Properties"]
    }


@cache
def pattern(file: str, name: str) -> EventPattern:
    return EventPattern.load(json.dumps(rules(file)[name]["Properties"]["EventPattern"]))


def takers(file: str, delivered: dict[str, Any]) -> tuple[str, ...]:
    """The rules whose pattern takes this event, and whose state shows it: an ENABLED rule sees no read-only event."""
    found = []
    for name, rule in rules(file).items():
        seen = rule["Properties"]["State"] == ALL or not delivered["detail"].get("readOnly")
        if seen and pattern(file, name).matches_event(delivered):
            found.append(name)
    return tuple(found)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("delivered", "expected"), MATRIX)
def test_an_event_is_taken_by_these_rules(file: str, delivered: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert takers(file, delivered) == expected


@pytest.mark.parametrize("file", FILES)
def test_patterns_stay_far_below_the_limit(file: str) -> None:
    assert max(len(json.dumps(rule["Properties"]["EventPattern"])) for rule in rules(file).values()) < 700  # EventBridge: 2,048 characters


# Rules whose records are delivered only with an option; the option that their playbook names.
WITH_OPTION = {"aws_access_key_unfamiliar": {"HasKeyUse", "HasListCalls"}, "aws_instance_role_elsewhere": {"HasListCalls"}}
HITS = [
    pytest.param(rule.id, example.activity, id=f"{rule.id}: {example.name}")
    for rule in RULES
    for example in rule.examples
    if example.points is not None
]
AWS_RULES = {rule.id for rule in RULES}


def raw(activity: Activity) -> dict[str, Any]:
    """The least of a record that patterns read of this activity."""
    event_, aws_ = activity.event, activity.event.detail
    if event_.action == ANOMALY:
        return anomaly()
    service, _, name = event_.action.rpartition(":")
    service = service or next((known for (known, _), call in CALLS.items() if call == name), "signin")
    suffix = "20150331" if service == "lambda" else ""
    identity = {"accessKeyId": aws_.access_key_id, "principalId": f"AROAEXAMPLE:{aws_.session_name}"}
    detail_type = SIGN_IN if service == "signin" else API
    made = event(f"{name}{suffix}", detail_type, source=f"aws.{service}", service=f"{service}.amazonaws.com", userIdentity=identity)
    made["detail"]["readOnly"] = (
        name.startswith(("Get", "List", "Describe", "AuthorizeOAuth2", "CreateOAuth2")) and name != "GetSigninToken"
    )
    return made


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("rule", "activity"), HITS)
def test_every_hit_of_every_rule_is_delivered(file: str, rule: str, activity: Activity) -> None:
    found = {rules(file)[name].get("Condition") for name in takers(file, raw(activity))}
    assert found
    assert None in found or found & WITH_OPTION[rule]


def test_options_are_those_that_playbooks_name() -> None:
    for rule, conditions in WITH_OPTION.items():
        page = (ROOT / "docs" / "playbooks" / f"{rule}.md").read_text("utf-8")
        assert rule in AWS_RULES
        assert all(f"`Deliver{condition.removeprefix('Has')}`" in page for condition in conditions)


def test_the_forwarder_may_only_put_events_on_the_central_bus() -> None:
    resources = yaml_parse((ROOT / "infra/aws/region-forwarder.yaml").read_text("utf-8"))["Resources"]
    (policy,) = resources["ForwarderRole"]["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("events:PutEvents", {"Ref": "CentralBusArn"})


def test_a_sign_in_of_another_region_reaches_the_queue_through_the_central_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        home, away, sqs = boto3.client("events", "us-east-1"), boto3.client("events", "eu-north-1"), boto3.client("sqs", "us-east-1")
        queue = sqs.create_queue(QueueName="queue")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        bus = home.create_event_bus(Name="central")["EventBusArn"]
        stack = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Resources"]
        spoke = yaml_parse((ROOT / "infra/aws/region-forwarder.yaml").read_text("utf-8"))["Resources"]
        home.put_rule(Name="r", EventBusName="central", EventPattern=json.dumps(stack["CentralSignInRule"]["Properties"]["EventPattern"]))
        home.put_targets(Rule="r", EventBusName="central", Targets=[{"Id": "queue", "Arn": arn}])
        away.put_rule(Name="r", EventPattern=json.dumps(spoke["SignInRule"]["Properties"]["EventPattern"]))
        away.put_targets(Rule="r", Targets=[{"Id": "central", "Arn": bus, "RoleArn": "arn:aws:iam::123456789012:role/forwarder"}])
        delivered = event("ConsoleLogin", eventID="e-1")
        entry = {"Source": delivered["source"], "DetailType": delivered["detail-type"], "Detail": json.dumps(delivered["detail"])}
        away.put_events(Entries=[entry])
        (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["detail"]["eventID"] == "e-1"
