"""The policies of the expanded AWS templates: no right too many, none too few, TLS only, and every grant to a service or the world bound to a source."""

from fnmatch import fnmatch
from typing import Any

import pytest

from scripts.local_cloud.lambda_artifact import ROOT
from tests.support.aws_templates import HOME, expanded, written
from tests.support.iam import Statement, granted, reader_actions, statements, used

TEMPLATES = [HOME, *sorted(str(file.relative_to(ROOT)) for file in (ROOT / "infra" / "aws").glob("*.yaml"))]

# Rights that no line of our code asks for, because a service asks in the role's name; with the source that says so.
BY_SERVICE = {
    "sqs:ReceiveMessage": "Lambda developer guide, Amazon SQS: the event source mapping receives",
    "sqs:DeleteMessage": "the same: it deletes what was done",
    "sqs:GetQueueAttributes": "the same: it asks for the queue's settings",
    "logs:CreateLogStream": "Lambda developer guide, execution role: the runtime writes logs",
    "logs:PutLogEvents": "the same",
    "kms:Decrypt": "SQS and Secrets Manager decrypt with the caller's right to the key",
    "kms:GenerateDataKey": "SQS and SNS encrypt with the sender's right to the key",
    "ec2:CreateNetworkInterface": "Lambda developer guide, VPC access: Lambda makes its interfaces in the role's name",
    "ec2:DescribeNetworkInterfaces": "the same",
    "ec2:DescribeSubnets": "the same",
    "ec2:DeleteNetworkInterface": "the same",
    "ec2:AssignPrivateIpAddresses": "the same",
    "ec2:UnassignPrivateIpAddresses": "the same",
}
ROLES_OF_FORWARDERS = {
    "ForwarderRole": {"events:PutEvents"},  # EventBridge puts events on another bus in the name of the target's role
    "HeartbeatRole": {"events:PutEvents"},  # EventBridge Scheduler does the same for the schedule
    "DeadLetterReaderRole": reader_actions() | {"kms:Decrypt"},  # gatewatch deadletter assumes it
}
OF_THE_READER = {"s3:GetObject"}  # what only the function for the trail's bucket does
# Actions for which IAM knows no resource, with the source: the service authorization reference.
WITHOUT_RESOURCE = {action for action in BY_SERVICE if action.startswith("ec2:")} | {"tag:GetResources"}
SOURCES = {"aws:SourceArn", "aws:SourceAccount", "aws:PrincipalOrgID", "kms:ViaService", "kms:EncryptionContext:aws:logs:arn"}
BOUNDARY = "infra/aws/permissions-boundary.yaml"


def resources(template: str) -> dict[str, Any]:
    return expanded(template)["Resources"]


def every(template: str) -> list[Statement]:
    return list(statements(resources(template)))


def test_the_code_calls_these_actions() -> None:
    """The reader of the code sees something: the first is of an alert, the others of dead letters, secrets and the tuning."""
    assert used() == {"sns:Publish", "sqs:SendMessage", "secretsmanager:GetSecretValue", "ssm:GetParameter", *OF_THE_READER}


def test_the_functions_roles_may_do_what_its_code_calls_and_what_lambda_needs_and_nothing_else() -> None:
    assert granted(resources(HOME), "DetectorRole") == used() - OF_THE_READER | set(BY_SERVICE)
    assert granted(resources(HOME), "BucketReaderRole") == used() | set(BY_SERVICE)


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name != HOME])
def test_other_roles_may_do_what_the_table_says(template: str) -> None:
    roles = {name for name, one in resources(template).items() if one["Type"] == "AWS::IAM::Role"}
    assert {role: granted(resources(template), role) for role in roles} == {role: ROLES_OF_FORWARDERS[role] for role in roles}


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_action_is_a_wildcard_where_something_is_allowed(template: str) -> None:
    allowed = [action for one in every(template) if one.content["Effect"] == "Allow" for action in one.actions]
    assert [action for action in allowed if "*" in action] == []


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name != BOUNDARY])
def test_no_role_may_act_on_every_resource(template: str) -> None:
    wide = [
        one for one in every(template) if one.where == "identity" and one.content["Resource"] == "*" and one.content["Effect"] == "Allow"
    ]
    assert {action for one in wide for action in one.actions} <= WITHOUT_RESOURCE


def test_the_code_may_not_use_what_lambda_needs_for_its_network_interfaces() -> None:
    denied = [one for one in every(HOME) if one.where == "identity" and one.content["Effect"] == "Deny"]
    assert {action for one in denied for action in one.actions} == {action for action in BY_SERVICE if action.startswith("ec2:")}
    assert all("lambda:SourceFunctionArn" in one.content["Condition"]["ArnLike"] for one in denied)


def test_the_boundary_bounds_nothing_that_a_role_needs_and_allows_nothing_else() -> None:
    (most,) = every(BOUNDARY)
    needed = granted(resources(HOME), "BucketReaderRole").union(granted(resources(HOME), "DetectorRole"), *ROLES_OF_FORWARDERS.values())
    assert set(most.actions) == needed


def test_the_key_may_be_used_through_queues_topics_and_logs_only() -> None:
    for one in every("infra/aws/key.yaml"):
        if one.content["Sid"] == "Administration":
            assert not {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"} & set(one.actions)
            continue
        condition = one.content["Condition"]
        keys = {key for operator in condition.values() for key in operator}
        assert keys & {"kms:ViaService", "aws:SourceAccount", "kms:EncryptionContext:aws:logs:arn"}, one.content["Sid"]
    (detector,) = (one.content for one in every("infra/aws/key.yaml") if one.content["Sid"] == "Detector")
    services = [via["Fn::Sub"].partition(".")[0] for via in detector["Condition"]["StringEquals"]["kms:ViaService"]]
    assert services == ["sqs", "sns"]


def test_the_key_admits_the_log_groups_that_the_stack_makes_whatever_it_is_called() -> None:
    (logs,) = (one.content for one in every("infra/aws/key.yaml") if one.content["Sid"] == "Logs")
    allowed = [arn["Fn::Sub"].partition(":log-group:")[2] for arn in logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]]
    made = [one["Properties"]["LogGroupName"]["Fn::Sub"] for one in resources(HOME).values() if one["Type"] == "AWS::Logs::LogGroup"]
    assert len(made) == 3
    for name in made:
        assert any(fnmatch(name.replace("${AWS::StackName}", "prod"), pattern) for pattern in allowed), name


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_grant_to_a_service_or_to_everybody_is_bound_to_a_source(template: str) -> None:
    for one in every(template):
        principal = one.content.get("Principal")
        if one.content["Effect"] == "Deny" or one.where == "identity" or "AWS" in (principal if isinstance(principal, dict) else {}):
            continue
        keys = {key for operator in one.content.get("Condition", {}).values() for key in operator}
        assert keys & SOURCES, f"{one.resource}: {one.content.get('Sid', one.where)}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_service_may_call_a_function_for_one_source_only(template: str) -> None:
    permissions = [one["Properties"] for one in resources(template).values() if one["Type"] == "AWS::Lambda::Permission"]
    assert all("SourceArn" in one for one in permissions)


SECURED = {"AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"), "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics")}


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_queue_and_topic_refuses_plain_http(template: str) -> None:
    found = resources(template)
    wanted = {name for name, one in found.items() if one["Type"] in SECURED}
    secured = set()
    for name, one in found.items():
        for policy, names in SECURED.values():
            if one["Type"] != policy:
                continue
            plain = [s.content for s in statements({name: one})]
            if any(
                s["Effect"] == "Deny" and s.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}} and s["Principal"] == "*"
                for s in plain
            ):
                secured |= {each["Ref"] for each in one["Properties"][names]}
    assert secured == wanted


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_skipped_check_has_its_reason(template: str) -> None:
    for name, one in written(template).get("Resources", {}).items():
        metadata = one.get("Metadata", {})
        ignored = set(metadata.get("cfn-lint", {}).get("config", {}).get("ignore_checks", ()))
        assert set(metadata.get("Reasons", {})) == ignored, name
        reasons = [*metadata.get("Reasons", {}).values(), *(skip["comment"] for skip in metadata.get("checkov", {}).get("skip", ()))]
        assert all(len(reason) > 15 for reason in reasons), name


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_arn_names_a_partition(template: str) -> None:
    """GovCloud's begin with arn:aws-us-gov. Patterns of parameters and descriptions are no ARNs that are used."""
    assert "arn:aws:" not in repr([one.get("Properties") for one in written(template)["Resources"].values()])
