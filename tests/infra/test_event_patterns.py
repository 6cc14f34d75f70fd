"""Which events reach the queue: from the default bus of the home stack, and through a forwarder and the central bus."""

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws

from gatewatch.model import Activity
from gatewatch.providers.aws import event_names
from gatewatch.providers.aws.event_names import CALLS
from gatewatch.providers.aws.facts import ANOMALY
from gatewatch.providers.aws.raw_samples import anomaly
from gatewatch.providers.aws.rules import RULES
from scripts.local_cloud.lambda_artifact import ROOT
from tests.builders import aws
from tests.support.aws_templates import FORWARDER, HOME, expanded
from tests.support.event_routes import at_home, away, rules

SIGN_IN, SIGNIN = "AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"
API, SERVICE = "AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"
CHINA = "Amazon API Call via CloudTrail"  # as docs.amazonaws.cn prints it

ROUTES = {"home": at_home, "forwarded": away}
EVERY_OPTION = ("HasKeyUse", "HasAgentCalls", "HasListCalls")


def event(
    name: str, detail_type: str = SIGN_IN, *, source: str = "aws.signin", service: str = "signin.amazonaws.com", **detail: Any
) -> dict:
    record = aws.record(eventSource=service, eventName=name, **{"responseElements": ..., "additionalEventData": ..., **detail})
    return aws.envelope(record, source=source, **{"detail-type": detail_type})


def api(service: str, name: str, detail_type: str = API, **detail: Any) -> dict:
    return event(name, detail_type, source=f"aws.{service}", service=f"{service}.amazonaws.com", **detail)


def portal(service: str, name: str, **detail: Any) -> dict:
    return api(service, name, SERVICE, **{"eventType": "AwsServiceEvent", **detail})


READ: dict[str, Any] = {"readOnly": True}
SWAPPED = {"responseElements": {"ConsoleLogin": "Failure"}, "errorMessage": "Failed authentication"}
REFUSED = {"errorCode": "AccessDenied", "requestParameters": None}
GOV = {"awsRegion": "us-gov-west-1"}
KEY = {"userIdentity": {"type": "IAMUser", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}}
INSTANCE = {"userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0123456789abcdef0", "accessKeyId": "ASIAEXAMPLE"}}
SESSION = {"userIdentity": {"type": "AssumedRole", "principalId": "AROAEXAMPLE:dana@example.com", "accessKeyId": "ASIAEXAMPLE"}}
PENDING = {"requestParameters": {"grantType": "urn:ietf:params:oauth:grant-type:device_code"}, "responseElements": None}

S, T, W, K, A, L = (f"{name}Rule" for name in ("SignIn", "Token", "Watching", "KeyUse", "AgentCall", "ListCall"))

# name, event, the rules that deliver it by default, and those that deliver it with every option
MATRIX = [
    # console
    ("success", event("ConsoleLogin", responseElements={"ConsoleLogin": "Success"}), (S,), (S,)),
    ("failure", event("ConsoleLogin", **SWAPPED), (S,), (S,)),
    ("with MFA", event("ConsoleLogin", additionalEventData={"MFAUsed": "Yes"}), (S,), (S,)),
    ("MFA in capitals", event("ConsoleLogin", additionalEventData={"MFAUsed": "YES"}), (S,), (S,)),
    ("MFA unknown", event("ConsoleLogin"), (S,), (S,)),
    ("root", event("ConsoleLogin", userIdentity={"type": "Root"}), (S,), (S,)),
    ("through SAML", event("ConsoleLogin", additionalEventData={"SamlProviderArn": aws.SAML_PROVIDER, "MFAUsed": "No"}), (S,), (S,)),
    ("the guide's spelling of the detail type", event("ConsoleLogin", SIGNIN), (S,), (S,)),
    ("a Region of GovCloud", event("ConsoleLogin", **GOV), (S,), (S,)),
    ("a Region with a new name", event("ConsoleLogin", awsRegion="eu-west-2r"), (S,), (S,)),
    ("switch role", event("SwitchRole"), (S,), (S,)),
    ("AWS's own alert", anomaly(), (S,), (S,)),
    # root
    ("root's password recovery is asked for", event("PasswordRecoveryRequested"), (S,), (S,)),
    ("root's password is recovered", event("PasswordRecoveryCompleted"), (S,), (S,)),
    ("root's address is changed", event("EmailUpdated"), (S,), (S,)),
    ("password changed", event("PasswordUpdated"), (S,), (S,)),
    # Identity Center: its detail types are not documented
    ("portal sign-in", portal("signin", "UserAuthentication"), (S,), (S,)),
    ("portal sign-in as an API call", api("signin", "UserAuthentication"), (S,), (S,)),
    ("portal sign-in as a console sign-in", event("UserAuthentication"), (S,), (S,)),
    ("a factor is asked for", portal("signin", "CredentialChallenge"), (S,), (S,)),
    ("a factor is verified", portal("signin", "CredentialVerification"), (S,), (S,)),
    ("a factor is wrong", portal("signin", "CredentialVerification", serviceEventDetails={"CredentialVerification": "Failure"}), (S,), (S,)),
    ("portal login of old", portal("sso", "Authenticate"), (T,), (T,)),
    ("portal login of old, read-only", portal("sso", "Authenticate", **READ), (T,), (T,)),
    ("into an application or account", portal("sso", "Federate", **READ), (T,), (T,)),
    ("portal token", api("sso", "CreateToken"), (T,), (T,)),
    ("portal token in China's spelling", api("sso", "CreateToken", CHINA), (T,), (T,)),
    ("a pending poll of a device code", api("sso", "CreateToken", **PENDING), (T,), (T,)),
    ("a token by an application's role", api("sso-oauth", "CreateTokenWithIAM"), (T,), (T,)),
    ("credentials of a role", portal("sso", "GetRoleCredentials", **READ), (T,), (T,)),
    ("credentials of a role as an API call", api("sso", "GetRoleCredentials", **READ), (T,), (T,)),
    ("the portal lists accounts", portal("sso", "ListAccounts", **READ), (), (L,)),
    ("the portal lists roles", portal("sso", "ListAccountRoles", **READ), (), (L,)),
    # tokens
    ("sign-in token", event("GetSigninToken"), (T,), (T,)),
    ("sign-in token as an API call", event("GetSigninToken", API), (T,), (T,)),
    ("aws login", api("signin", "CreateOAuth2Token", **READ), (T,), (T,)),
    ("aws login authorized", api("signin", "AuthorizeOAuth2Access", **READ), (T,), (T,)),
    ("a token by a role", api("signin", "CreateOAuth2TokenWithIAM", **READ), (T,), (T,)),
    ("a token for a token", api("signin", "CreateOAuth2TokenWithTokenExchange", **READ), (T,), (T,)),
    ("a token is revoked", api("signin", "RevokeOAuth2TokenWithIAM"), (T,), (T,)),
    ("a token is looked up", api("signin", "IntrospectOAuth2TokenWithIAM", **READ), (T,), (T,)),
    ("federation token", api("sts", "GetFederationToken", **KEY), (T,), (T, L)),
    ("federation token refused", api("sts", "GetFederationToken", **REFUSED, **READ), (T,), (T,)),
    # what weakens the recording
    ("logging is stopped", api("cloudtrail", "StopLogging"), (W,), (W,)),
    ("logging is stopped in GovCloud", api("cloudtrail", "StopLogging", **GOV), (W,), (W,)),
    ("stopping is refused", api("cloudtrail", "StopLogging", **REFUSED), (W,), (W,)),
    ("a trail is deleted", api("cloudtrail", "DeleteTrail"), (W,), (W,)),
    ("a trail is changed", api("cloudtrail", "UpdateTrail"), (W,), (W,)),
    ("selectors", api("cloudtrail", "PutEventSelectors"), (W,), (W,)),
    ("no rule can be disabled unseen", api("events", "DisableRule"), (S, W), (S, W)),
    ("no rule can be deleted unseen", api("events", "DeleteRule"), (S, W), (S, W)),
    ("no target can be removed unseen", api("events", "RemoveTargets"), (S, W), (S, W)),
    ("no pattern can be changed unseen", api("events", "PutRule"), (S, W), (S, W)),
    ("no target can be replaced unseen", api("events", "PutTargets"), (S, W), (S, W)),
    ("a bus", api("events", "DeleteEventBus"), (W,), (W,)),
    ("who may send to a bus", api("events", "RemovePermission"), (W,), (W,)),
    ("who may send to a bus, anew", api("events", "PutPermission"), (W,), (W,)),
    ("a mapping, with the version of the API", api("lambda", "UpdateEventSourceMapping20150331"), (W,), (W,)),
    ("a mapping is deleted", api("lambda", "DeleteEventSourceMapping20150331"), (W,), (W,)),
    ("concurrency zero", api("lambda", "PutFunctionConcurrency20171031"), (W,), (W,)),
    ("a function", api("lambda", "DeleteFunction20150331"), (W,), (W,)),
    # options
    ("a key asks whose it is", api("sts", "GetCallerIdentity", **KEY, **READ), (), (K, L)),
    ("an agent", api("ssm", "UpdateInstanceInformation", **INSTANCE), (), (A,)),
    ("the role of an instance lists", api("s3", "ListBuckets", **INSTANCE, **READ), (), (L,)),
    ("the role of an instance describes", api("ec2", "DescribeInstances", **INSTANCE, **READ), (), (L,)),
    ("a key lists", api("iam", "ListUsers", **KEY, **READ), (), (L,)),
    # what no rule reads
    ("a session lists", api("iam", "ListUsers", **SESSION, **READ), (), ()),
    ("a session asks who it is", api("sts", "GetCallerIdentity", **SESSION, **READ), (), ()),
    ("the agent of a server that is no instance", api("ssm", "UpdateInstanceInformation", userIdentity={"principalId": "AROA:mi-0a"}), (), ()),
    ("another call of an agent", api("ssm", "PutInventory", **INSTANCE), (), ()),
    ("a key writes", api("iam", "CreateUser", **KEY), (), ()),
    ("a longer name", api("lambda", "DeleteFunctionUrlConfig"), (), ()),
    ("a shorter name", api("lambda", "DeleteFunction"), (), ()),
    ("logging is started", api("cloudtrail", "StartLogging"), (), ()),
    ("a rule is enabled", api("events", "EnableRule"), (), ()),
    ("MFA check", event("CheckMfa"), (), ()),
    ("leaving a role", event("ExitRole"), (), ()),
    ("another case of the name", event("consolelogin"), (), ()),
    ("sts", api("sts", "AssumeRole"), (), ()),
    ("the portal's log out", portal("sso", "Logout"), (), ()),
    # what is not AWS's, or is another service's
    ("another source", event("ConsoleLogin", source="my.app"), (), ()),
    ("another service in the record", event("ConsoleLogin", service="sts.amazonaws.com"), (), ()),
    ("a token of another service", event("CreateToken", API, source="aws.codeartifact", service="codeartifact.amazonaws.com"), (), ()),
    ("a federation token of the portal", api("sso", "GetFederationToken"), (), ()),
    ("a spelling that no record has", event("ConsoleLogin", service="signin.amazonaws.com.cn"), (), ()),
]  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("delivered", "by_default", "with_options"), [pytest.param(*row[1:], id=row[0]) for row in MATRIX])
def test_an_event_is_delivered_by_these_rules(
    route: str, delivered: dict[str, Any], by_default: tuple[str, ...], with_options: tuple[str, ...]
) -> None:
    assert ROUTES[route](delivered) == by_default
    assert ROUTES[route](delivered, EVERY_OPTION) == with_options


def test_the_matrix_is_large_and_covers_every_rule() -> None:
    assert len(MATRIX) >= 60
    assert {name for row in MATRIX for name in row[3]} == {rule.name for rule in rules(HOME)} - {"CanaryRule"}


def test_a_canary_is_known_by_its_source_and_only_at_home() -> None:
    sent = {"source": "gatewatch.canary", "detail-type": "Canary", "detail": {}}
    assert (at_home(sent), away(sent)) == (("CanaryRule",), ())
    assert at_home(event("ConsoleLogin", userAgent="gatewatch.canary")) == (S,)


# Names that the decoder reads and no rule of EventBridge takes, with the reason.
NOT_DELIVERED = {
    "ExitRole": "no rule reads it",
    "RenewRole": "no rule reads it",
    "CheckMfa": "the login that follows says whether a second factor was used",
    "ExternalIdPDirectoryLogin": "no source documents it; it is read where a file has it",
    "FederatedLogin": "no source documents it; it is read where a file has it",
}


@pytest.mark.parametrize("route", ROUTES)
def test_every_name_that_the_decoder_reads_is_delivered(route: str) -> None:
    suffixes = {"lambda": "20150331"}
    read = [(*key, name) for key, name in CALLS.items()] + [("signin", name, name) for name in event_names.SIGN_IN_EVENTS.values()]
    found = {
        name: ROUTES[route](api(service, f"{name}{suffixes.get(service, '')}", **SESSION, **READ), EVERY_OPTION)
        or ROUTES[route](api(service, f"{name}{suffixes.get(service, '')}", **SESSION), EVERY_OPTION)
        for service, _, name in read
    }
    assert {name for name, takers in found.items() if not takers} == set(NOT_DELIVERED)


@pytest.mark.parametrize("file", [HOME, FORWARDER])
def test_patterns_stay_far_below_the_limit(file: str) -> None:
    patterns = [
        one["Properties"]["EventPattern"]
        for one in expanded(file)["Resources"].values()
        if one["Type"] == "AWS::Events::Rule" and "EventPattern" in one["Properties"] and one.get("Condition") != "TrailByRule"
    ]
    assert max(len(json.dumps(pattern)) for pattern in patterns) < 900  # EventBridge: 2,048 characters
    assert sum("wildcard" in json.dumps(pattern) for pattern in patterns) <= 4  # EventBridge: 30 rules with wildcards a bus


def test_no_pattern_asks_for_a_detail_type_that_cloudtrail_writes() -> None:
    """AWS documents none for events of services, and spells that of console sign-ins in two ways."""
    asked = [
        pattern
        for file in (HOME, FORWARDER)
        for rule in rules(file)
        for pattern in json.dumps(rule.pattern.get_pattern()).split("{")
        if "detail-type" in pattern
    ]
    assert all("Sign-in Anomaly Alert" in pattern for pattern in asked)
    assert asked


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


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("rule", "activity"), HITS)
def test_every_hit_of_every_rule_is_delivered(route: str, rule: str, activity: Activity) -> None:
    if not ROUTES[route](raw(activity)):
        assert any(ROUTES[route](raw(activity), [option]) for option in WITH_OPTION.get(rule, ()))


def test_options_are_those_that_playbooks_name() -> None:
    for rule, conditions in WITH_OPTION.items():
        page = (ROOT / "docs" / "playbooks" / f"{rule}.md").read_text("utf-8")
        assert rule in AWS_RULES
        assert all(f"`Deliver{condition.removeprefix('Has')}`" in page for condition in conditions)


def test_the_forwarder_may_only_put_events_on_the_central_bus() -> None:
    resources = expanded(FORWARDER)["Resources"]
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
        stack, spoke = expanded(HOME)["Resources"], expanded(FORWARDER)["Resources"]
        home.put_rule(Name="r", EventBusName="central", EventPattern=json.dumps(stack["CentralSignInRule"]["Properties"]["EventPattern"]))
        home.put_targets(Rule="r", EventBusName="central", Targets=[{"Id": "queue", "Arn": arn}])
        away.put_rule(Name="r", EventPattern=json.dumps(spoke["SignInRule"]["Properties"]["EventPattern"]))
        away.put_targets(Rule="r", Targets=[{"Id": "central", "Arn": bus, "RoleArn": "arn:aws:iam::123456789012:role/forwarder"}])
        delivered = event("ConsoleLogin", eventID="e-1")
        entry = {"Source": delivered["source"], "DetailType": delivered["detail-type"], "Detail": json.dumps(delivered["detail"])}
        away.put_events(Entries=[entry])
        (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["detail"]["eventID"] == "e-1"
