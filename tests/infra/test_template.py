"""The deployed shape, asserted on what the SAM transform makes of template.yaml."""

import re
from typing import Any

import pytest

from aws_lambda import settings
from gatewatch import __version__
from gatewatch.flow.decoding import decode
from gatewatch.model import RawRecord
from gatewatch.providers.aws.raw_samples import call
from scripts.local_cloud.lambda_artifact import ROOT
from tests.support import aws_templates

QUEUES = ("Queue", "DeadLetterQueue", "ObjectQueue", "ObjectDeadLetterQueue")
OPTIONAL = {"KeyUseRule": "HasKeyUse", "AgentCallRule": "HasAgentCalls", "ListCallRule": "HasListCalls"}
HERE = ("SignInRule", "TokenRule", "WatchingRule", *OPTIONAL)
RULES = (*HERE, *(f"Central{rule}" for rule in HERE))


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == kind}


def test_the_only_role_is_the_explicit_one(resources: dict[str, Any]) -> None:
    assert set(of_type(resources, "AWS::IAM::Role")) == {"DetectorRole", "CanaryRole", "BucketReaderRole"}
    assert "ManagedPolicyArns" not in resources["DetectorRole"]["Properties"]


@pytest.mark.parametrize("name", QUEUES)
def test_queues_are_encrypted_and_keep_messages_two_weeks(resources: dict[str, Any], name: str) -> None:
    queue = resources[name]["Properties"]
    assert queue["SqsManagedSseEnabled"] == {"Fn::If": ["HasKms", {"Ref": "AWS::NoValue"}, True]}
    assert queue["KmsMasterKeyId"]["Fn::If"][1] == {"Ref": "KmsKeyArn"}
    assert queue["MessageRetentionPeriod"] == 14 * 86400


def test_the_queue_outlasts_an_index_that_is_away_for_four_days(resources: dict[str, Any]) -> None:
    queue, defaults = resources["Queue"]["Properties"], aws_templates.written(aws_templates.HOME)["Parameters"]
    assert (queue["VisibilityTimeout"], queue["RedrivePolicy"]["maxReceiveCount"]) == (
        {"Ref": "VisibilityTimeout"},
        {"Ref": "MaxReceiveCount"},
    )
    assert defaults["VisibilityTimeout"]["Default"] * defaults["MaxReceiveCount"]["Default"] >= 4 * 86400
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}


def sender(rule: str) -> dict[str, Any]:
    arn = {"Fn::GetAtt": [rule, "Arn"]}
    condition = OPTIONAL.get(rule.removeprefix("Central"))
    return {"Fn::If": [condition, arn, {"Ref": "AWS::NoValue"}]} if condition else arn


@pytest.mark.parametrize(("policy", "queue"), [("QueuePolicy", "Queue"), ("DeadLetterQueuePolicy", "DeadLetterQueue")])
def test_only_these_rules_may_send_and_only_over_tls(resources: dict[str, Any], policy: str, queue: str) -> None:
    allow, deny = resources[policy]["Properties"]["PolicyDocument"]["Statement"]
    assert allow["Condition"] == {"ArnEquals": {"aws:SourceArn": [sender(rule) for rule in (*RULES, "CanaryRule")]}}
    assert allow["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}
    assert deny["Fn::If"][1]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("name", RULES)
def test_every_rule_retries_for_a_day_and_then_parks(resources: dict[str, Any], name: str) -> None:
    (target,) = resources[name]["Properties"]["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["Queue", "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}}
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}


@pytest.mark.parametrize("name", ["TokenRule", "CentralTokenRule"])
def test_token_events_count_as_read_only_and_need_the_wider_state(resources: dict[str, Any], name: str) -> None:
    assert resources[name]["Properties"]["State"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


@pytest.mark.parametrize(("here", "central"), [(rule, f"Central{rule}") for rule in HERE])
def test_the_central_bus_has_the_same_rules(resources: dict[str, Any], here: str, central: str) -> None:
    assert resources[here]["Properties"]["EventPattern"] == resources[central]["Properties"]["EventPattern"]
    assert resources[here]["Properties"]["State"] == resources[central]["Properties"]["State"]
    assert resources[central]["Properties"]["EventBusName"] == {"Ref": "CentralBus"}
    assert resources[here].get("Condition") == resources[central].get("Condition") == OPTIONAL.get(here)


@pytest.mark.parametrize("option", ["DeliverKeyUse", "DeliverAgentCalls", "DeliverListCalls"])
def test_what_costs_much_is_off_by_default_and_says_how_much(source: dict[str, Any], option: str) -> None:
    parameter = source["Parameters"][option]
    assert parameter["Default"] == "false"
    assert re.search(r"events? (a|every) ", parameter["Description"])


def test_calls_against_what_the_template_names_are_recognised_as_ours(resources: dict[str, Any]) -> None:
    """Whatever the stack is called: its rules, its bus, and its function, whose name CloudFormation makes."""
    written = [r["Name"]["Fn::Sub"] for r in of_type(resources, "AWS::Events::Rule").values() if "EventPattern" in r]
    names = [name.replace("${AWS::StackName}", "prod") for name in (*written, resources["CentralBus"]["Properties"]["Name"]["Fn::Sub"])]
    requests = [call("events", "DeleteRule", 1, {"name": name}) for name in names]
    functions = ("prod-Detector-1A2B3C4D5E6F", "prod-BucketReader-1A2B3C4D5E6F")
    requests += [call("lambda", "DeleteFunction20150331", 1, {"functionName": name}) for name in functions]

    events = [found for request in requests for found in decode(RawRecord(data=request))]

    assert [event.detail.change.ours for event in events] == [True] * len(events)
    assert len(events) == len(RULES) + 6  # and the rules of heartbeats, canaries and log files, the bus and the functions


def test_other_accounts_put_events_only_when_an_organization_is_named(resources: dict[str, Any]) -> None:
    assert resources["CentralBusPolicy"]["Condition"] == "HasOrganization"
    assert resources["CentralBusPolicy"]["Properties"]["Statement"]["Condition"]["StringEquals"]["aws:PrincipalOrgID"]


def test_the_event_source_mapping_reports_partial_failures_and_is_bounded(resources: dict[str, Any]) -> None:
    mapping, objects = of_type(resources, "AWS::Lambda::EventSourceMapping").values()
    assert objects["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "TrailConcurrency"}}
    assert objects["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] == 10
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "MaximumConcurrency"}}


def test_a_sweep_runs_every_five_minutes(resources: dict[str, Any]) -> None:
    (rule,) = (r for r in of_type(resources, "AWS::Events::Rule").values() if "ScheduleExpression" in r)
    assert rule["ScheduleExpression"] == "rate(5 minutes)"
    assert rule["Targets"][0]["Input"] == '{"source": "gatewatch", "action": "sweep"}'


def test_the_function_runs_python_3_13_on_arm_unless_told(resources: dict[str, Any], source: dict[str, Any]) -> None:
    function = resources["Detector"]["Properties"]
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == [{"Ref": "Architecture"}]
    assert source["Parameters"]["Architecture"]["Default"] == "arm64"
    assert function["Handler"] == "aws_lambda.handler.lambda_handler"


def test_the_environment_holds_references_and_no_secrets(resources: dict[str, Any]) -> None:
    variables = resources["Detector"]["Properties"]["Environment"]["Variables"]
    secret = {name for name in variables if any(word in name for word in ("KEY", "SECRET", "WEBHOOK", "TOKEN", "PASSWORD"))}
    assert {name for name in secret if not name.endswith("_ARN")} == {"PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"}


def test_logs_end_and_are_the_functions_own(resources: dict[str, Any]) -> None:
    assert resources["LogGroup"]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert resources["Detector"]["Properties"]["LoggingConfig"]["LogGroup"] == {"Ref": "LogGroup"}


def test_only_the_functions_publish_alerts(resources: dict[str, Any]) -> None:
    statement, _only_over_tls = resources["TopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    detector, reader = ({"Fn::GetAtt": [role, "Arn"]} for role in ("DetectorRole", "BucketReaderRole"))
    assert statement["Principal"] == {"AWS": [detector, {"Fn::If": ["HasTrail", reader, {"Ref": "AWS::NoValue"}]}]}
    assert resources["Topic"]["Properties"]["KmsMasterKeyId"]["Fn::If"][2] == "alias/aws/sns"


FOR_LOCAL_USE = {"GATEWATCH_STORE", "ELASTIC_CLOUD_ID", "TUNING_FILE"}
FOR_LIBRARIES = {"POWERTOOLS_LOG_LEVEL", "HTTPS_PROXY", "NO_PROXY"}


def test_the_template_sets_every_setting_but_those_for_local_use(resources: dict[str, Any]) -> None:
    """A new channel needs its own parameter here."""
    variables = set(resources["Detector"]["Properties"]["Environment"]["Variables"])
    assert variables - FOR_LIBRARIES == {settings.HOST.variable(one) for one in settings.SETTINGS} - FOR_LOCAL_USE


TAKES = [
    pytest.param("ElasticUrl", "https://es.example.com:9243", True, id="https"),
    pytest.param("ElasticUrl", "http://es.example.com", False, id="plain http"),
    pytest.param("ElasticUrl", "https://user:pw@es.example.com", False, id="password in the address"),
    pytest.param(
        "ElasticApiKeySecretArn", "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:k-AbCdEf", True, id="gov cloud"
    ),
    pytest.param("ElasticApiKeySecretArn", "an-api-key", False, id="a key instead of its ARN"),
    pytest.param("TeamsWebhookSecretArn", "", True, id="no teams"),
    pytest.param("TeamsWebhookSecretArn", "https://example.com/webhook", False, id="an address instead of its ARN"),
    pytest.param("NotificationTopicArn", "arn:aws:sns:us-east-1:123456789012:alerts", True, id="topic"),
    pytest.param("NotificationTopicArn", "arn:aws:sqs:us-east-1:123456789012:alerts", False, id="a queue is no topic"),
    pytest.param("NotificationEmail", "soc@example.com", True, id="e-mail"),
    pytest.param("NotificationEmail", "soc", False, id="no e-mail"),
    pytest.param("TuningParameterName", "/gatewatch/tuning", True, id="parameter"),
    pytest.param("TuningParameterName", "gatewatch*", False, id="wildcard"),
    pytest.param("ElasticCaFingerprint", "a" * 64, True, id="fingerprint"),
    pytest.param("ElasticCaFingerprint", "AB:" * 31 + "AB", True, id="fingerprint with colons"),
    pytest.param("ElasticCaFingerprint", "a" * 63, False, id="short fingerprint"),
    pytest.param("AlertUrl", "https://kibana.example.com/app/discover#/view/x?id={id}", True, id="page of an alert"),
    pytest.param("AlertUrl", "https://kibana.example.com/", False, id="page without an id"),
    pytest.param("RunbookBaseUrl", "javascript:alert(1)", False, id="no address"),
    pytest.param("GeoFiles", "/opt/GeoLite2-Country.mmdb,/opt/GeoLite2-ASN.mmdb", True, id="geography"),
    pytest.param("GeoFiles", "/etc/passwd", False, id="no geography"),
    pytest.param("TrustedOrganizationId", "o-abcdef1234", True, id="organization"),
    pytest.param("TrustedOrganizationId", "*", False, id="everybody"),
    pytest.param("ElasticProxy", "http://proxy.example.com:3128", True, id="proxy"),
    pytest.param("ElasticProxy", "http://user:pw@proxy.example.com:3128", False, id="proxy with a password"),
    pytest.param("HttpsProxy", "socks5://proxy.example.com:1080", False, id="another proxy"),
    pytest.param("ElasticCaFile", "/opt/ca.pem", True, id="private authority"),
    pytest.param("ElasticCaFile", "/etc/passwd", False, id="no private authority"),
    pytest.param("SecretsExtensionLayerArn", "AWS-Parameters-and-Secrets", False, id="layer without its ARN"),
]


@pytest.mark.parametrize(("parameter", "value", "taken"), TAKES)
def test_parameters_are_checked_before_anything_is_deployed(source: dict[str, Any], parameter: str, value: str, taken: bool) -> None:
    assert bool(re.fullmatch(source["Parameters"][parameter]["AllowedPattern"], value)) is taken


def test_every_parameter_is_in_a_group(source: dict[str, Any]) -> None:
    groups = source["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(source["Parameters"])


def test_the_function_is_in_a_private_network_only_where_subnets_are_named(resources: dict[str, Any], source: dict[str, Any]) -> None:
    network = resources["Detector"]["Properties"]["VpcConfig"]["Fn::If"]
    assert (network[0], network[2]) == ("HasVpc", {"Ref": "AWS::NoValue"})
    assert network[1] == {"SubnetIds": {"Ref": "SubnetIds"}, "SecurityGroupIds": {"Ref": "SecurityGroupIds"}}
    assert source["Parameters"]["SubnetIds"]["Default"] == ""
    assert set(source["Rules"]) == {"SubnetsNeedGroups", "TopicIsNamed"}


def test_concurrency_is_reserved_only_where_it_is_asked_for(resources: dict[str, Any]) -> None:
    reserved = resources["Detector"]["Properties"]["ReservedConcurrentExecutions"]
    assert reserved == {"Fn::If": ["HasReserved", {"Ref": "ReservedConcurrency"}, {"Ref": "AWS::NoValue"}]}


def test_what_the_repository_of_applications_shows_is_true(source: dict[str, Any]) -> None:
    shown = source["Metadata"]["AWS::ServerlessRepo::Application"]
    assert shown["SemanticVersion"] == __version__
    assert all((ROOT / shown[name]).is_file() for name in ("LicenseUrl", "ReadmeUrl"))
