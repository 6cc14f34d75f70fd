"""Which events the rules of template.yaml and of the region forwarder take: moto's engine, which agrees with AWS's event-ruler."""

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.events.models import EventPattern
from samtranslator.yaml_helper import yaml_parse

from scripts.local_cloud.lambda_artifact import ROOT
from tests.builders import aws

SIGN_IN, SIGNIN, API = "AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail", "AWS API Call via CloudTrail"


def event(
    name: str, detail_type: str = SIGN_IN, *, source: str = "aws.signin", service: str = "signin.amazonaws.com", **detail: Any
) -> dict:
    record = aws.record(eventSource=service, eventName=name, **{"responseElements": ..., "additionalEventData": ..., **detail})
    return aws.envelope(record, source=source, **{"detail-type": detail_type})


MATRIX = [
    pytest.param(event("ConsoleLogin", responseElements={"ConsoleLogin": "Success"}), "SignInRule", id="success"),
    pytest.param(event("ConsoleLogin", responseElements={"ConsoleLogin": "Failure"}), "SignInRule", id="failure"),
    pytest.param(event("ConsoleLogin", additionalEventData={"MFAUsed": "Yes"}), "SignInRule", id="with MFA"),
    pytest.param(event("ConsoleLogin", additionalEventData={"MFAUsed": "No"}), "SignInRule", id="without MFA"),
    pytest.param(event("ConsoleLogin"), "SignInRule", id="MFA unknown"),
    pytest.param(event("ConsoleLogin", userIdentity={"type": "Root"}), "SignInRule", id="root"),
    pytest.param(event("ConsoleLogin", SIGNIN), "SignInRule", id="the guide's spelling"),
    pytest.param(event("SwitchRole"), "SignInRule", id="switch role"),
    pytest.param(event("GetSigninToken"), "TokenRule", id="sign-in token"),
    pytest.param(event("GetSigninToken", API), "TokenRule", id="sign-in token as an API call"),
    pytest.param(event("CreateOAuth2Token", API), "TokenRule", id="aws login"),
    pytest.param(event("AuthorizeOAuth2Access", API), "TokenRule", id="aws login authorized"),
    pytest.param(event("CheckMfa"), None, id="MFA check"),
    pytest.param(event("PasswordUpdated"), None, id="password changed"),
    pytest.param(event("ConsoleLogin", "Sign-in Anomaly Alert"), None, id="another kind of event"),
    pytest.param(event("ConsoleLogin", source="my.app"), None, id="somebody else's source"),
    pytest.param(event("ConsoleLogin", service="sts.amazonaws.com"), None, id="another service"),
    pytest.param(event("AssumeRole", API, source="aws.sts", service="sts.amazonaws.com"), None, id="sts"),
]


def patterns(file: str) -> dict[str, EventPattern]:
    resources = yaml_parse((ROOT / file).read_text("utf-8"))["Resources"]
    found = {name: resources[name]["Properties"]["EventPattern"] for name in ("SignInRule", "TokenRule")}
    return {name: EventPattern.load(json.dumps(pattern)) for name, pattern in found.items()}


@pytest.mark.parametrize("file", ["template.yaml", "infra/aws/region-forwarder.yaml"])
@pytest.mark.parametrize(("delivered", "rule"), MATRIX)
def test_an_event_is_taken_by_one_rule_or_none(file: str, delivered: dict[str, Any], rule: str | None) -> None:
    assert [name for name, pattern in patterns(file).items() if pattern.matches_event(delivered)] == ([rule] if rule else [])


@pytest.mark.parametrize("name", ["SignInRule", "TokenRule"])
def test_patterns_stay_far_below_the_limit(name: str) -> None:
    resources = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Resources"]
    assert len(json.dumps(resources[name]["Properties"]["EventPattern"])) < 400  # EventBridge: 2,048 characters


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
