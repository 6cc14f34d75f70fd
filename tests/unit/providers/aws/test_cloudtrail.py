"""Every sentence of "Normalising" that speaks of CloudTrail."""

import json

import pytest

from gatewatch.flow.decoding import decode
from gatewatch.model import Fact, Ignored, Outcome, RawRecord, Refused
from gatewatch.providers.aws.detail import AwsSubject
from tests.builders import aws
from tests.builders.common import detail

ROLE = "arn:aws:sts::111122223333:assumed-role"


def delivered(record, **changes):
    """The record as another account's bus delivers it, five seconds later."""
    return aws.envelope(record, **{"account": "999999999999", "time": "2026-11-20T10:00:05Z", **changes})


def role_identity(role, session, **more):
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{session}",
        "arn": f"{ROLE}/{role}/{session}",
        "accountId": "111122223333",
        **more,
    }


@pytest.mark.parametrize(
    ("value", "fact"),
    [("Yes", "present"), ("YES", "present"), ("No", "absent"), ("no", "absent"), ("true", "present"), ("False", "absent"), (True, "present"),
     (False, "absent"), (["No"], "absent"), (["Yes"], "present"), ('"No"', "absent"), (" No ", "absent"), (None, "unknown"), (..., "unknown"),
     ("", "unknown"), ([], "unknown"), ("maybe", "unknown"), ({"a": 1}, "unknown"), (["No", "Yes"], "unknown")],
)  # fmt: skip
def test_mfa_used_is_three_valued_in_any_spelling(read, value, fact):
    extra = {} if value is ... else {"MFAUsed": value}
    assert detail(read(aws.record(additionalEventData=extra))).mfa_used == Fact(fact)


@pytest.mark.parametrize("extra", [None, ..., [], "", "null", "not json", 5])
def test_missing_extra_data_is_unknown_not_no(read, extra):
    assert detail(read(aws.record(additionalEventData=extra))).mfa_used is Fact.UNKNOWN


@pytest.mark.parametrize(
    "wrap", [json.dumps, lambda value: [value], lambda value: json.dumps([value])], ids=["text", "list", "list in text"]
)
def test_objects_may_be_json_text_or_a_one_element_list(read, wrap):
    sample = aws.record()
    found = read(aws.record(**{name: wrap(sample[name]) for name in ("additionalEventData", "responseElements", "userIdentity")}))
    assert (detail(found).mfa_used, found.outcome, found.principal) == (Fact.ABSENT, Outcome.SUCCESS, "anaya")


@pytest.mark.parametrize("name", ["ConsoleLogin", "consolelogin", "CONSOLELOGIN", ["ConsoleLogin"]])
def test_event_names_compare_without_case(read, name):
    found = read(aws.record(eventName=name))
    assert (found.action, found.outcome) == ("ConsoleLogin", Outcome.SUCCESS)


@pytest.mark.parametrize("event_type", ["AwsConsoleSignIn", "AwsConsoleSignin", "AwsServiceEvent", "AWSServiceEvent", None, 3])
def test_nothing_keys_on_event_type(read, event_type):
    assert read(aws.record(eventType=event_type)).outcome is Outcome.SUCCESS


@pytest.mark.parametrize(
    ("changes", "outcome", "quality"),
    [
        ({"responseElements": {"ConsoleLogin": "Success"}}, "success", ()),
        ({"responseElements": {"consoleLogin": "SUCCESS"}}, "success", ()),
        ({"responseElements": {"ConsoleLogin": "Failure"}}, "failure", ()),
        ({"responseElements": {"CheckMfa": "Success"}}, "unknown", ("unknown_outcome", "unreadable_response_elements")),
        ({"responseElements": None}, "unknown", ("unknown_outcome",)),
        ({"responseElements": None, "errorMessage": "Failed authentication"}, "failure", ()),
        ({"responseElements": {"ConsoleLogin": "Perhaps"}}, "unknown", ("unknown_outcome", "unreadable_response_elements")),
        ({"eventName": "CreateOAuth2Token", "responseElements": None, "additionalEventData": {"success": "true"}}, "success", ()),
        ({"eventName": "CreateOauth2Token", "responseElements": None, "additionalEventData": {"success": True}}, "success", ()),
        ({"eventName": "CreateOAuth2Token", "responseElements": None, "additionalEventData": {"success": "false"}}, "failure", ()),
        ({"eventName": "CreateOAuth2Token", "responseElements": None, "additionalEventData": {}}, "unknown", ("unknown_outcome",)),
        ({"eventName": "CreateOAuth2Token", "responseElements": {"CreateOAuth2Token": "Success"}, "additionalEventData": {}}, "unknown", ("unknown_outcome",)),
        ({"eventName": "AuthorizeOAuth2Access", "responseElements": None, "additionalEventData": {"success": "true"}}, "success", ()),
        ({"eventName": "GetSigninToken", "responseElements": {"GetSigninToken": "Success"}}, "success", ()),
    ],
)  # fmt: skip
def test_outcome(read, changes, outcome, quality):
    found = read(aws.record(**changes))
    assert (found.outcome, found.data_quality) == (Outcome(outcome), quality)


@pytest.mark.parametrize(
    ("identity", "extra", "subject", "principal", "person"),
    [
        ({"type": "Root", "accountId": "111122223333"}, {}, "root", "root", None),
        ({"type": "root", "userName": "alice"}, {}, "root", "root", None),
        ({"type": "IAMUser", "userName": "Anaya"}, {}, "iam_user", "Anaya", "anaya"),
        ({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/team/anaya"}, {}, "iam_user", "anaya", "anaya"),
        ({"arn": "arn:aws:iam::111122223333:user/anaya"}, {}, "iam_user", "anaya", "anaya"),
        ({"type": "IAMUser", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}, {}, "hidden", "HIDDEN|198.51.100.23", None),
        (role_identity("Dev", "Alice@Contoso.com"), {"SamlProviderArn": "arn:x"}, "saml_role", "arn:aws:iam::111122223333:role/Dev|Alice@Contoso.com", "alice@contoso.com"),
        (role_identity("AWSReservedSSO_Admin_0123", "bob"), {}, "identity_center_role", "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123|bob", "bob"),
        (role_identity("Dev", "AWSReservedSSO_bob"), {}, "assumed_role", "arn:aws:iam::111122223333:role/Dev|AWSReservedSSO_bob", "awsreservedsso_bob"),
        (role_identity("My-AWSReservedSSO_", "bob"), {}, "assumed_role", "arn:aws:iam::111122223333:role/My-AWSReservedSSO_|bob", "bob"),
        (role_identity("Web", "i-0123456789abcdef0"), {}, "instance_role", "arn:aws:iam::111122223333:role/Web|i-0123456789abcdef0", None),
        (role_identity("Web", "i-smith"), {}, "assumed_role", "arn:aws:iam::111122223333:role/Web|i-smith", "i-smith"),
        ({"type": "FederatedUser", "arn": "arn:aws:sts::111122223333:federated-user/tmp"}, {}, "federated_user", "arn:aws:sts::111122223333:federated-user/tmp", "tmp"),
        ({"type": "Unknown", "onBehalfOf": {"userId": "u-1"}, "userName": "bob"}, {}, "identity_center_user", "u-1", "bob"),
        ({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u-1"}}, {}, "identity_center_user", "u-1", None),
        ({"type": "IdentityCenterUser", "arn": "", "onBehalfOf": {"userId": "u-1", "identityStoreArn": "arn:s"}}, {}, "identity_center_user", "arn:s|u-1", None),
        ({"type": "Unknown", "arn": ""}, {"AuthWorkflowID": "w", "UserName": "Bob@x.example"}, "identity_center_user", "Bob@x.example", "bob@x.example"),
        ({"type": "Unknown"}, {"UserName": "HIDDEN_DUE_TO_SECURITY_REASONS"}, "hidden", "HIDDEN|198.51.100.23", None),
        ({"type": "Unknown", "userName": "bob", "principalId": "x"}, {}, "other", "bob", "bob"),
    ],
)  # fmt: skip
def test_who(read, identity, extra, subject, principal, person):
    found = read(aws.record(userIdentity=identity, additionalEventData=extra))
    assert (found.subject, found.principal, found.person) == (subject, principal, person)
    assert set(found.data_quality) <= {"identity_center_by_name"}


SSO_PATH = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1"


@pytest.mark.parametrize(
    ("issuer", "name", "subject", "quality"),
    [
        pytest.param(f"{SSO_PATH}/AWSReservedSSO_Admin_0123", "AWSReservedSSO_Admin_0123", "identity_center_role", (), id="by its path"),
        pytest.param(f"{SSO_PATH}/Renamed", "Renamed", "identity_center_role", (), id="by its path, whatever its name"),
        pytest.param(None, "AWSReservedSSO_Admin_0123", "identity_center_role", ("identity_center_by_name",), id="by its name"),
        pytest.param("arn:aws:iam::1:role/AWSReservedSSO_X", "AWSReservedSSO_X", "assumed_role", (), id="the name without the path"),
        pytest.param("arn:aws:iam::1:role/sso.amazonaws.com/X", "X", "assumed_role", (), id="a part of the path"),
    ],
)
def test_a_role_is_identity_centers_by_its_path(read, issuer, name, subject, quality):
    session = {"sessionContext": {"sessionIssuer": {"type": "Role", "arn": issuer, "userName": name, "accountId": "1"}}}
    found = read(aws.record(userIdentity=role_identity(name, "bob", **session)))
    assert (found.subject, found.data_quality) == (subject, quality)


def test_a_role_is_the_same_principal_with_and_without_its_issuer(read):
    issuer = {
        "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/team/Dev", "userName": "Dev", "accountId": "111122223333"}
    }
    with_issuer = read(aws.record(userIdentity=role_identity("Dev", "bob", sessionContext=issuer)))
    assert with_issuer.principal == read(aws.record(userIdentity=role_identity("Dev", "bob"))).principal
    assert detail(with_issuer).role_arn == "arn:aws:iam::111122223333:role/team/Dev"
    assert {"arn:aws:iam::111122223333:role/team/Dev", "arn:aws:iam::111122223333:role/Dev", "bob", f"{ROLE}/Dev/bob"} <= set(
        with_issuer.names
    )


@pytest.mark.parametrize(
    "identity", [None, ..., {}, "x", {"type": "IAMUser"}, {"type": "AssumedRole"}, {"type": "FederatedUser"}, {"type": "Unknown"}]
)
def test_missing_identity_is_grouped_by_address_and_doubted(read, identity):
    found = read(aws.record(userIdentity=identity))
    unreadable = ("unreadable_user_identity",) if identity == "x" else ()
    assert (found.principal, found.person, found.data_quality) == ("UNKNOWN|198.51.100.23", None, ("identity_missing", *unreadable))


@pytest.mark.parametrize(
    ("kind", "subject"),
    [("IAMUser", "iam_user"), ("AssumedRole", "assumed_role"), ("FederatedUser", "federated_user"), ("AWSService", "other")],
)
def test_a_nameless_identity_keeps_its_kind(read, kind, subject):
    found = read(aws.record(userIdentity={"type": kind, "userName": None}))
    assert (found.subject, found.principal, found.data_quality) == (subject, "UNKNOWN|198.51.100.23", ("identity_missing",))


def test_failures_carry_no_arn_but_the_same_principal_and_names(read):
    failed = {"type": "IAMUser", "accountId": "111122223333", "userName": "anaya"}
    found = read(aws.record(userIdentity=failed, responseElements={"ConsoleLogin": "Failure"}))
    assert found.principal == read(aws.record()).principal
    assert "arn:aws:iam::111122223333:user/anaya" in found.names


@pytest.mark.parametrize(
    ("changes", "account"),
    [
        ({}, "111122223333"),
        ({"recipientAccountId": "444455556666"}, "444455556666"),
        ({"recipientAccountId": ...}, "111122223333"),
        ({"recipientAccountId": ..., "userIdentity": {"type": "Root"}}, "999999999999"),
        ({"recipientAccountId": 11122223333}, "011122223333"),
    ],
)
def test_account(read, changes, account):
    assert read(delivered(aws.record(**changes))).account == account


@pytest.mark.parametrize(
    "detail_type", ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail", "AWS API Call via CloudTrail"]
)
def test_envelopes_in_every_spelling(read, detail_type):
    found = read(delivered(aws.record(), **{"detail-type": detail_type}))
    assert found == read(aws.record())
    assert (found.kind, found.vendor_id, found.place.ip) == ("aws.eventbridge", "aws|e-1", "198.51.100.23")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"source": "my.app"}, "eventbridge_source_not_read"),
        ({"source": None}, "eventbridge_source_not_read"),
        ({"source": ...}, "eventbridge_source_not_read"),
        ({"source": "aws.kms"}, "eventbridge_source_not_read"),
        ({"source": "aws.ec2"}, "eventbridge_source_mismatch"),
        ({"detail": None}, "eventbridge_detail_missing"),
        ({"detail": "text"}, "eventbridge_detail_missing"),
        ({"detail": []}, "eventbridge_detail_missing"),
        ({"detail": {"eventSource": "iam.amazonaws.com", "eventName": "ConsoleLogin"}}, "eventbridge_source_mismatch"),
        ({"detail": {"eventSource": "signin.amazonaws.com.evil.example", "eventName": "ConsoleLogin"}}, "eventbridge_source_mismatch"),
        ({"source": "aws.sts"}, "eventbridge_source_mismatch"),
        ({"detail": {"userIdentity": {"type": "Root"}}}, "event_name_missing"),
    ],
)
def test_envelopes_that_are_refused(changes, why):
    found = decode(RawRecord(data=delivered(aws.record(), **changes), origin="here"))
    assert [(type(item), item.reason, item.origin) for item in found] == [(Refused, why, "here")]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}, "cloudtrail_not_a_sign_in"),
        ({"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole"}, "sts_helper_not_a_sign_in"),
        ({"eventSource": "sts.eu-west-1.amazonaws.com", "eventName": "AssumeRole"}, "sts_helper_not_a_sign_in"),
        ({"eventName": "PutObject", "userIdentity": {"type": "Root"}}, "cloudtrail_not_a_sign_in"),
    ],
)
def test_bare_records_of_other_services_are_ignored(record, why):
    found = decode(RawRecord(data=record))
    assert [(type(item), item.reason) for item in found] == [(Ignored, why)]


def test_sts_helpers_in_envelopes_are_ignored(reason):
    detail = {"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithSAML"}
    assert reason(delivered(detail, source="aws.sts")) == "sts_helper_not_a_sign_in"


@pytest.mark.parametrize(
    ("client", "kept"),
    [
        ("arn:aws:signin:::devtools/same-device", "same-device"),
        ("arn:aws:signin:::devtools/cross-device", "cross-device"),
        ("arn:aws-cn:signin:::devtools/same-device", "same-device"),
        ("arn:aws:signin:::external-client/dcr/abc", "arn:aws:signin:::external-client/dcr/abc"),
        ("same-device-evil", "same-device-evil"),
        (None, None),
    ],
)
def test_oauth_clients(read, client, kept):
    changes = {
        "eventName": "CreateOAuth2Token",
        "requestParameters": {"client_id": client},
        "additionalEventData": {"success": "true", "grant_type": "Refresh_Token"},
    }
    found = detail(read(aws.record(**changes)))
    assert (found.oauth_client, found.grant_type) == (kept, "refresh_token")


def test_switch_role_names_where_it_came_from(read):
    extra = {"SwitchFrom": "arn:aws:iam::999999999999:user/Alice", "RedirectTo": "https://console.aws.amazon.com/"}
    found = detail(read(aws.record(eventName="SwitchRole", responseElements={"SwitchRole": "Success"}, additionalEventData=extra)))
    assert (found.switch_from, found.switch_from_account, found.recipient_account) == (extra["SwitchFrom"], "999999999999", "111122223333")


@pytest.mark.parametrize("time", [None, ..., "", "yesterday", {}, [], "0000-00-00T00:00:00Z"])
def test_a_missing_time_is_unknown_and_doubted(read, time):
    found = read(delivered(aws.record(eventTime=time)))
    unreadable = ("unreadable_time",) if time in ("yesterday", "0000-00-00T00:00:00Z") else ()
    assert (found.time, found.data_quality) == (None, ("time_missing", *unreadable))


def test_user_agents_are_bounded_and_say_so(read):
    found = read(aws.record(userAgent="A" * 1_048_576))
    assert (len(found.user_agent), found.truncated) == (8192, ("user_agent",))


def test_a_record_without_id_is_named_by_its_content(read):
    bare = aws.record(eventID=...)
    assert read(bare).vendor_id == read(delivered(dict(reversed(bare.items())))).vendor_id
    assert len(read(bare).vendor_id) == len("aws|") + 64
    assert read(bare).vendor_id != read(aws.record(eventID=..., awsRegion="eu-west-1")).vendor_id


@pytest.mark.parametrize(
    "wrap",
    [
        lambda record: {"Records": [record]},
        lambda record: [record],
        lambda record: [[record]],
        json.dumps,
        lambda record: {"Records": [{"messageId": "m", "eventSource": "aws:sqs", "body": json.dumps(record)}]},
        lambda record: {"Records": [{"EventSource": "aws:sns", "Sns": {"TopicArn": "t", "Message": json.dumps(record)}}]},
        lambda record: {"Events": [{"EventId": "e-1", "EventName": "ConsoleLogin", "CloudTrailEvent": json.dumps(record)}]},
    ],
    ids=["Records", "list", "lists", "text", "SQS", "SNS", "lookup-events"],
)
def test_wrappers(read, wrap):
    assert read(wrap(aws.record())) == read(aws.record())


def test_exports_in_another_case(read):
    sample = aws.record()
    assert read({key.lower(): value for key, value in sample.items()}).person == "anaya"
    assert detail(read({key[0].upper() + key[1:]: value for key, value in sample.items()})).mfa_used is Fact.ABSENT


def test_other_sign_in_notices_are_ignored(reason):
    notice = {"detail-type": "Another Notice", "source": "aws.signin", "detail": {"text": "x"}}
    assert reason(notice) == "eventbridge_detail_type_not_handled"


def test_issuers_without_arn_still_name_the_role(read):
    identity = {"type": "AssumedRole", "accountId": "111122223333", "sessionContext": {"sessionIssuer": {"userName": "Dev"}}}
    assert read(aws.record(userIdentity=identity)).principal == "arn:aws:iam::111122223333:role/Dev|"


def test_insights_are_ignored(reason):
    assert (
        reason({"eventVersion": "1.07", "eventType": "AwsCloudTrailInsight", "insightDetails": {"state": "Start"}}) == "cloudtrail_insight"
    )


def test_the_session_may_only_be_in_the_principal_id(read):
    issuer = {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/Dev"}}
    identity = {"type": "AssumedRole", "principalId": "AROAEXAMPLE:bob", "sessionContext": issuer}
    assert read(aws.record(userIdentity=identity)).principal == "arn:aws:iam::111122223333:role/Dev|bob"


@pytest.mark.parametrize("written", ["198.51.100.23", "198.51.100.23:443", "::ffff:198.51.100.23"])
def test_hidden_names_are_grouped_by_the_address_however_it_is_written(read, written):
    identity = {"type": "IAMUser", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    found = read(aws.record(userIdentity=identity, sourceIPAddress=written))
    assert (found.subject, found.principal, found.person) == (AwsSubject.HIDDEN, "HIDDEN|198.51.100.23", None)
