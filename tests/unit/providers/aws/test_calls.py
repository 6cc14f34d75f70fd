"""API calls that rules read: of which service, by whom, with which outcome, and what they change in the recording."""

import pytest
from msgspec import structs

from gatewatch import evidence as ev
from gatewatch.flow.decoding import decode
from gatewatch.model import Event, Ignored, Outcome, RawRecord, Refused
from gatewatch.providers.aws.familiarity import asks, features, teaches
from gatewatch.providers.aws.raw_samples import KEY, call, envelope, federation_token, key_use, login, portal_token
from gatewatch.providers.aws.services import DELIVERED_AS
from gatewatch.tuning import Tuning
from tests.builders.common import detail

NOT_KEPT = "aws_call_that_no_rule_keeps"
AGENT = {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0123456789abcdef0", "accountId": "111122223333",
         "arn": "arn:aws:sts::111122223333:assumed-role/Web/i-0123456789abcdef0", "accessKeyId": "ASIAEXAMPLE",
         "sessionContext": {"ec2RoleDelivery": "2.0"}}  # fmt: skip


@pytest.mark.parametrize(("source", "service"), DELIVERED_AS.items())
def test_an_envelope_holds_records_of_the_service_that_its_source_delivers(source, service):
    record = call(service, "SomeCall", 1, None, userIdentity=AGENT)
    other = call("kms", "SomeCall", 1, None, userIdentity=AGENT)

    [found], [refused] = (decode(RawRecord(data=envelope(one, source))) for one in (record, other))

    assert isinstance(found, Event)
    assert isinstance(refused, Refused)
    assert refused.reason == "eventbridge_source_mismatch"


def test_a_regional_endpoint_is_the_same_service(read):
    record = federation_token(eventSource="sts.eu-west-1.amazonaws.com")

    assert read(envelope(record, "aws.sts")).action == "GetFederationToken"


@pytest.mark.parametrize(
    ("record", "action", "reason"),
    [
        pytest.param(key_use(), "sts:GetCallerIdentity", NOT_KEPT, id="a long-term key asks whose it is"),
        pytest.param(key_use(eventSource="s3.amazonaws.com", eventName="ListBuckets"), "s3:ListBuckets", NOT_KEPT, id="and lists"),
        pytest.param(call("ssm", "UpdateInstanceInformation", 1, None, userIdentity=AGENT), "ssm:UpdateInstanceInformation", NOT_KEPT, id="agent"),
        pytest.param(call("ec2", "DescribeInstances", 1, None, userIdentity=AGENT), "ec2:DescribeInstances", None, id="an instance role"),
        pytest.param(call("ec2", "DescribeInstances", 1, None, userIdentity=AGENT, vpcEndpointId="v"), "ec2:DescribeInstances", NOT_KEPT, id="by an endpoint"),
        pytest.param(call("sso", "GetRoleCredentials", 1, None), "GetRoleCredentials", NOT_KEPT, id="role credentials of a portal"),
        pytest.param(portal_token(1), "CreateToken", None, id="a device code is redeemed"),
        pytest.param(portal_token(1, errorCode="AuthorizationPendingException", responseElements=None), "CreateToken", NOT_KEPT, id="a device code waits"),
        pytest.param(portal_token(1, requestParameters={"grantType": "refresh_token"}), "CreateToken", NOT_KEPT, id="a portal token is renewed"),
        pytest.param(call("sso-oauth", "CreateTokenWithIAM", 1, None), "CreateTokenWithIAM", NOT_KEPT, id="a token by a role"),
        pytest.param(call("sso-oauth", "CreateTokenWithIAM", 1, {"grantType": "device_code"}), "CreateTokenWithIAM", NOT_KEPT, id="a code redeemed by a role"),
        pytest.param(federation_token(), "GetFederationToken", None, id="a federation token"),
        pytest.param(call("cloudtrail", "stoplogging", 1, {"name": "t"}), "StopLogging", None, id="names compare without case"),
        pytest.param(call("lambda", "UpdateEventSourceMapping20150331", 1, None), "UpdateEventSourceMapping", None, id="with its version"),
        pytest.param(call("events", "DeleteRule", 1, {"name": "nightly"}), "DeleteRule", NOT_KEPT, id="somebody else's rule"),
        pytest.param(call("lambda", "DeleteFunction20150331v2", 1, None), "DeleteFunction", None, id="with a longer version"),
    ],
)  # fmt: skip
def test_calls_that_are_read(read, record, action, reason):
    found = read(record)

    assert found.action == action
    assert ev.ignore_reason(found, Tuning()) == reason


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(call("sts", "GetCallerIdentity", 1, None), id="a session asks who it is"),
        pytest.param(call("cloudtrail", "StartLogging", 1, None), id="logging is started"),
        pytest.param(call("lambda", "UpdateEventSourceMappings", 1, None), id="a longer name"),
        pytest.param(call("iam", "StopLogging", 1, None), id="the name of another service's call"),
        pytest.param({"userIdentity": {"type": "Root"}, "eventName": "StopLogging"}, id="no source"),
    ],
)
def test_calls_that_no_rule_reads_are_ignored(record):
    [found] = decode(RawRecord(data=record))

    assert isinstance(found, Ignored)
    assert found.reason in {"sts_helper_not_a_sign_in", "cloudtrail_not_a_sign_in"}


@pytest.mark.parametrize("source", ["evil.example", "signin.aliyun.com", "ecs.aliyuncs.com"])
def test_records_of_other_clouds_are_not_counted_as_calls_of_aws(source):
    [found] = decode(RawRecord(data={"eventSource": source, "eventName": "StopLogging", "userIdentity": {"type": "root-account"}}))

    assert isinstance(found, Refused)
    assert found.reason == "event_source_not_of_aws"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.SUCCESS),
        ({"errorCode": "TrailNotFoundException"}, Outcome.FAILURE),
        ({"errorCode": "AccessDenied", "requestParameters": None}, Outcome.FAILURE),
        ({"errorMessage": "no"}, Outcome.FAILURE),
    ],
)
def test_a_call_without_an_error_succeeded(read, changes, outcome):
    found = read(call("cloudtrail", "StopLogging", 1, {"name": "t"}, **changes))

    assert (found.outcome, found.data_quality) == (outcome, ())


@pytest.mark.parametrize("name", ["CreateOAuth2TokenWithIAM", "CreateOAuth2TokenWithTokenExchange", "createoauth2tokenwithiam"])
def test_oauth_tokens_by_a_role_succeed_as_their_record_says(read, name):
    found = read(login() | {"eventName": name, "responseElements": None, "additionalEventData": {"success": "true"}})

    assert (found.outcome, found.action.casefold()) == (Outcome.SUCCESS, name.casefold())


def test_secrets_of_an_answer_do_not_reach_the_event(read):
    found = read(federation_token())

    assert (detail(found).access_key_id, detail(found).issued_key) == (KEY, "ASIAEXAMPLEFEDERATED")
    assert b"session-token" not in ev.encode(ev.make(found, fetched=None, now=found.time))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://d-90.awsapps.com/start/?state=x&auth_code=secret&wdc_csrf_token=y#top", "https://d-90.awsapps.com/start/"),
        ("https://console.aws.amazon.com", "https://console.aws.amazon.com/"),
        ("https://user:secret@Console.aws.amazon.com/home?x", "https://console.aws.amazon.com/home"),
        ("javascript:alert(1)", None),
        ("secret", None),
        (None, None),
    ],
)
def test_only_host_and_path_of_a_page_are_kept(read, written, kept):
    assert detail(read(login() | {"additionalEventData": {"LoginTo": written}})).login_to == kept


def test_who_made_a_call_and_how(read):
    aws = detail(read(call("ssm", "PutInventory", 1, None, userIdentity=AGENT, vpcEndpointId="vpce-1")))

    assert (aws.role_delivery, aws.vpc_endpoint, aws.session_name) == ("2.0", "vpce-1", "i-0123456789abcdef0")


@pytest.mark.parametrize(
    ("address", "taught"),
    [("203.0.113.9", True), ("cloudformation.amazonaws.com", False), ("AWS Internal", False), ("s3.amazonaws.com.cn", False)],
)
def test_calls_that_a_service_makes_for_somebody_teach_nothing_about_them(read, address, taught):
    assert teaches(read(key_use(sourceIPAddress=address))) is taught


@pytest.mark.parametrize(("grant", "said"), [("urn:ietf:params:oauth:grant-type:device_code", True), ("refresh_token", False)])
def test_only_a_device_code_is_taught_as_one(read, grant, said):
    found = features(read(portal_token(1, requestParameters={"grantType": grant})))

    assert (("protocol", "device_code") in found) is said


@pytest.mark.parametrize(
    ("record", "asked"),
    [
        pytest.param(call("ec2", "DescribeInstances", 1, None, userIdentity=AGENT), True, id="a call"),
        pytest.param(call("ssm", "UpdateInstanceInformation", 1, None, userIdentity=AGENT), False, id="the agent"),
        pytest.param(login() | {"userIdentity": AGENT}, False, id="a login to the console has a rule of its own"),
        pytest.param(key_use(), False, id="somebody else"),
        pytest.param(
            call("ec2", "DescribeInstances", 1, None, userIdentity=AGENT | {"invokedBy": "ssm.amazonaws.com"}),
            False,
            id="a service, with its address",
        ),
    ],
)
def test_what_asks_whether_an_instance_is_elsewhere(read, record, asked):
    assert asks(read(record)) is asked


@pytest.mark.parametrize(("asn", "network"), [(64500, "AS64500"), (None, "203.0.113.0/24")])
def test_the_network_of_an_instance_is_its_autonomous_system_where_that_is_known(read, asn, network):
    found = read(call("ec2", "DescribeInstances", 1, None, userIdentity=AGENT, sourceIPAddress="203.0.113.9"))

    assert features(structs.replace(found, place=structs.replace(found.place, asn=asn))) == (("network", network),)


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.168.10.20", "192.168.10.0/24"), ("fd12:3456:789a:8001::5", "fd12:3456:789a::/48"), ("ssm.amazonaws.com", None)],
)
def test_a_private_address_of_an_instance_is_a_network_too(read, address, network):
    found = read(call("ec2", "DescribeInstances", 1, None, userIdentity=AGENT, sourceIPAddress=address))

    assert dict(features(found)).get("network") == network


def test_a_record_that_names_no_service_is_a_sign_in(read):
    found = read({name: value for name, value in login().items() if name != "eventSource"})

    assert teaches(found)
    assert ev.ignore_reason(found, Tuning()) is None
