"""Records of the Identity Center portal and of federated sessions: what they say, and what they say together. AWS's own alert."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch import evidence as ev
from gatewatch.alerts.activities import activities
from gatewatch.flow.decoding import decode
from gatewatch.model import Event, Outcome, RawRecord
from gatewatch.providers.aws.raw_samples import KEY, STORE, anomaly, federation_token, login, portal, portal_token, portal_user
from gatewatch.tuning import Tuning
from tests.builders.common import NOON, detail

FEDERATED = {
    "type": "FederatedUser",
    "principalId": "111122223333:x",
    "arn": "arn:aws:sts::111122223333:federated-user/x",
    "accessKeyId": "ASIAEXAMPLEFEDERATED",
    "sessionContext": {"attributes": {"creationDate": "2026-11-20T12:00:00Z"}},
}


def token(**changes):
    return login() | {"eventID": "t", "eventName": "GetSigninToken", "responseElements": {"GetSigninToken": "Success"}} | changes


@pytest.fixture
def joined(read):
    """The activities of raw records, by vendor id."""

    def of(*records):
        made = [ev.make(read(record), fetched=None, now=NOON) for record in records]
        return {activity.id: activity for activity in activities(made, Tuning())}

    return of


def test_a_portal_sign_in(read):
    found = read(portal("UserAuthentication", 7, "PASSWORD,totp", DeviceEnrollmentRequired="true"))

    assert (found.action, found.outcome, found.principal) == ("UserAuthentication", Outcome.SUCCESS, f"{STORE}|544894e8")
    assert found.names == ("544894e8", f"{STORE}|544894e8")
    assert detail(found).identity_center.credentials == ("PASSWORD", "TOTP")
    assert detail(found).identity_center.device_enrolled is True


@pytest.mark.parametrize("written", [["PASSWORD", "TOTP"], '["PASSWORD","TOTP"]', "PASSWORD, TOTP", " password ,TOTP,TOTP"])
def test_credential_types_in_every_spelling(read, written):
    assert detail(read(portal("UserAuthentication", 7, written))).identity_center.credentials == ("PASSWORD", "TOTP")


@pytest.mark.parametrize("written", [None, "", [], {"a": 1}, "<b>", 5])
def test_unreadable_credential_types_are_none(read, written):
    assert detail(read(portal("UserAuthentication", 7, written))).identity_center.credentials in {(), ("5",)}


@pytest.mark.parametrize(
    ("changes", "outcome", "reason"),
    [
        pytest.param({}, Outcome.SUCCESS, None, id="redeemed"),
        pytest.param({"responseElements": None}, Outcome.FAILURE, "aws_call_that_no_rule_keeps", id="a pending poll"),
        pytest.param({"errorCode": "AuthorizationPendingException"}, Outcome.FAILURE, "aws_call_that_no_rule_keeps", id="a refused poll"),
        pytest.param(
            {"requestParameters": {"grantType": "authorization_code"}}, Outcome.SUCCESS, "aws_call_that_no_rule_keeps", id="another grant"
        ),
    ],
)
def test_a_device_code_is_kept_when_it_is_redeemed(read, changes, outcome, reason):
    found = read(portal_token(8, **changes))

    assert (found.outcome, ev.ignore_reason(found, Tuning())) == (outcome, reason)


def test_a_workflow_gives_a_portal_sign_in_its_name_and_factors(joined):
    challenge = portal("CredentialChallenge", 5, "PASSWORD", UserName="Dana@example.com")
    verified = [portal("CredentialVerification", 6, "PASSWORD"), portal("CredentialVerification", 8, "TOTP")]
    failed = portal("CredentialVerification", 9, "WEBAUTHN") | {"serviceEventDetails": {"CredentialVerification": "Failure"}}
    other = portal("CredentialVerification", 10, "SMARTCARD", AuthWorkflowID="another")

    found = joined(challenge, *verified, failed, other, portal("UserAuthentication", 7, "PASSWORD"))

    event = found["aws|e0000007-0000-4000-8000-000000000007"].event
    assert detail(event).identity_center.verified == ("TOTP",)
    assert (event.user_name, event.person) == ("Dana@example.com", "dana@example.com")


def test_a_federated_session_knows_the_key_that_opened_it(joined):
    by_key = token(userIdentity={**FEDERATED, "sessionContext": None})
    by_time = token(eventID="c", userIdentity={**FEDERATED, "accessKeyId": "ASIAANOTHER"})
    another = token(eventID="o", userIdentity={**FEDERATED, "accessKeyId": "ASIAANOTHER", "principalId": "111122223333:y"})

    found = joined(federation_token(), by_key, by_time, another)

    assert {name: detail(found[f"aws|{name}"].event).source_key for name in "tco"} == {"t": KEY, "c": KEY, "o": None}


def test_a_token_by_a_temporary_key_names_no_long_term_key(joined):
    temporary = federation_token(userIdentity={"type": "IAMUser", "userName": "anaya", "accessKeyId": "ASIATEMPORARY"})

    assert detail(joined(temporary, token(userIdentity=FEDERATED))["aws|t"].event).source_key is None


def test_the_records_of_a_workflow_are_read_together(read):
    tokens = [
        set(ev.links(read(portal(name, number, "PASSWORD"))))
        for number, name in enumerate(("CredentialChallenge", "UserAuthentication"), 1)
    ]

    assert tokens[0] & tokens[1] == {"aws-workflow:6a7b1d20-0001-4000-8000-00000000aaaa"}


def test_an_anomaly_alert_keeps_its_detail_without_secrets(read):
    found = read(
        anomaly()
        | {"detail": {"summary": "odd", "sourceIPAddress": "198.51.100.9", "sessionToken": "s3cret", "a": [{"Password": "s3cret"}]}}
    )

    assert (found.action, found.principal, found.user_name, found.place.ip) == ("SignInAnomalyAlert", "anaya", "anaya", "198.51.100.9")
    assert json.loads(detail(found).notice)["summary"] == "odd"
    assert "s3cret" not in detail(found).notice


@pytest.mark.parametrize(
    ("resources", "principal"),
    [
        (["arn:aws:iam::111122223333:root"], "root"),
        (["arn:aws:iam::111122223333:role/Admin"], "Admin"),
        ([], "ACCOUNT|111122223333"),
        (None, "ACCOUNT|111122223333"),
        ("arn:aws:iam::111122223333:user/team/bob", "bob"),
    ],
)
def test_an_anomaly_alert_belongs_to_the_resource_it_names(read, resources, principal):
    assert read(anomaly() | {"resources": resources, "detail": "text"}).principal == principal


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(categories=("L", "Cs", "Cc", "Po"))),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(categories=("L", "Cs"))), inner),
)


@given(JSON, JSON)
def test_any_detail_of_an_anomaly_alert_is_kept_as_bounded_harmless_text(detail_, resources):
    (found,) = decode(RawRecord(data=anomaly() | {"detail": detail_, "resources": resources}))

    assert isinstance(found, Event)
    assert len(detail(found).notice or "") <= 4096
    assert (detail(found).notice or "").isprintable() or "\ufffd" in detail(found).notice
    assert ev.decode(ev.encode(ev.make(found, fetched=None, now=NOON))).event == found


def test_a_detail_nested_without_end_is_cut():
    nested: object = "x"
    for _ in range(200):
        nested = {"a": [nested]}

    (found,) = decode(RawRecord(data=anomaly() | {"detail": nested}))

    assert "..." in detail(found).notice


def test_user_ids_are_unique_in_their_store_only(read):
    other = portal_user() | {"onBehalfOf": {"userId": "544894e8", "identityStoreArn": f"{STORE}x"}}

    assert read(portal_token(8)).principal != read(portal_token(8, userIdentity=other)).principal
