"""`gatewatch deadletter` over an organisation: every account and Region of a StackSet, and the management account beside it."""

import json

import boto3
import pytest

from aws_lambda.clients import Clients
from aws_lambda.forwarders import NOT_READABLE, ROLE, Forwarder, open_forwarders
from gatewatch.errors import ConfigError
from tests.adapters.aws.conftest import Queue
from tests.adapters.aws.test_deadletter_command import gatewatch
from tests.builders.aws import envelope, user_record

MEMBERS = ("222222222222", "333333333333")
MANAGEMENT = "444444444444"
REGIONS = ("us-east-1", "eu-west-1")
EVENT = json.dumps(envelope(user_record("alice")))
TEMPLATE = json.dumps(
    {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}}}
)


def session(account: str) -> boto3.session.Session:
    keys = boto3.client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="test")["Credentials"]
    return boto3.session.Session(
        aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"]
    )


def letter(account: str, region: str, body: str = EVENT, tags: dict[str, str] | None = None) -> None:
    """One event that a forwarder could not deliver, as EventBridge puts it into the forwarder's queue."""
    sqs = session(account).client("sqs", region_name=region)
    made = sqs.create_queue(QueueName=f"StackSet-x-DeadLetterQueue-{region}", tags=tags or {"gatewatch": "forwarder-dead-letters"})
    attributes = {"ERROR_CODE": {"DataType": "String", "StringValue": "NO_PERMISSIONS"}}
    sqs.send_message(QueueUrl=made["QueueUrl"], MessageBody=body, MessageAttributes=attributes)


@pytest.fixture
def stack_set(clients: Clients) -> str:
    """moto keeps StackSets and deploys their stacks into its accounts; it knows no organisational units."""
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack_set(StackSetName="gatewatch-forwarders", TemplateBody=TEMPLATE)
    cloudformation.create_stack_instances(StackSetName="gatewatch-forwarders", Accounts=list(MEMBERS), Regions=list(REGIONS))
    return f"stackset:gatewatch-forwarders,{MANAGEMENT}@us-east-1"


def test_dead_letters_of_every_account_and_region_are_listed(stack_set: str) -> None:
    for number, (account, region) in enumerate([(MEMBERS[0], "us-east-1"), (MEMBERS[1], "eu-west-1"), (MANAGEMENT, "us-east-1")]):
        letter(account, region, json.dumps({"number": number}))
    letter(MEMBERS[0], "eu-west-1", tags={"gatewatch": "something else"})
    listed = gatewatch("deadletter", "list", stack_set, "--json")
    rows = [json.loads(line) for line in listed.out.splitlines()]
    assert sorted(row["origin"].split(" ")[0] for row in rows) == [
        "222222222222/us-east-1",
        "333333333333/eu-west-1",
        "444444444444/us-east-1",
    ]
    assert {row["reason"] for row in rows} == {"NO_PERMISSIONS"}
    assert len(gatewatch("deadletter", "list", stack_set, "--json").out.splitlines()) == 3  # looking changes nothing


def test_they_go_back_into_the_home_queue_and_leave_their_own(stack_set: str, waiting: Queue) -> None:
    letter(MEMBERS[0], "eu-west-1")
    letter(MEMBERS[1], "us-east-1", json.dumps({"other": 1}))
    ran = gatewatch("deadletter", "redrive", stack_set, "--all", "--to", waiting.url)
    assert (ran.code, ran.out) == (0, "2 redriven, 0 failed and kept\n")
    assert sorted(json.dumps(json.loads(record.record)) for record in waiting.records()) == sorted(
        [json.dumps(json.loads(EVENT)), json.dumps({"other": 1})]
    )
    assert gatewatch("deadletter", "list", stack_set, "--json").out == ""


def test_one_event_in_two_queues_is_handed_over_and_removed_from_both(stack_set: str, waiting: Queue) -> None:
    letter(MEMBERS[0], "eu-west-1")
    letter(MEMBERS[1], "us-east-1")
    gatewatch("deadletter", "redrive", stack_set, "--all", "--to", waiting.url)
    assert {json.dumps(json.loads(record.record)) for record in waiting.records()} == {json.dumps(json.loads(EVENT))}
    assert gatewatch("deadletter", "list", stack_set, "--json").out == ""


def test_without_a_target_nothing_moves(stack_set: str) -> None:
    letter(MEMBERS[0], "us-east-1")
    ran = gatewatch("deadletter", "redrive", stack_set, "--all")
    assert ran.code != 0
    assert len(gatewatch("deadletter", "list", stack_set, "--json").out.splitlines()) == 1


def test_an_account_that_cannot_be_read_is_said_and_hides_no_other(stack_set: str) -> None:
    letter(MEMBERS[1], "us-east-1")
    places = open_forwarders(f"{stack_set},555555555555@-us-east-1", None)
    found = list(places.dead_letters())
    places.close()
    assert [one.origin.split(" ")[0] for one in found if not one.problem] == ["333333333333/us-east-1"]
    assert [one.origin for one in found if one.reason == NOT_READABLE] == ["555555555555/-us-east-1"]


MALFORMED = ["stackset:", "stackset:a b", "stackset:gatewatch,12345@us-east-1", "stackset:gatewatch@us-east-1", "stackset:gatewatch,../x"]


@pytest.mark.parametrize("address", MALFORMED)
def test_an_address_that_is_malformed_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="stackset:NAME"):
        open_forwarders(address, None)


def test_a_set_that_is_not_there_is_said(clients: Clients) -> None:
    ran = gatewatch("deadletter", "list", "stackset:none")
    assert ran.code == 2
    assert "CloudFormation answered" in ran.err


def test_a_place_names_account_and_region() -> None:
    assert str(Forwarder("222222222222", "eu-west-1")) == "222222222222/eu-west-1"
