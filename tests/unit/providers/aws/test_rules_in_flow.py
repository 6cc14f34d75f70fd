"""AWS rules through the whole flow: raw records in, alerts out, whatever the order of arrival."""

import itertools

import pytest

from gatewatch.flow.pipeline import process
from gatewatch.model import Alert, AlertStatus, RawRecord
from gatewatch.ports import AlertQuery, Ports
from gatewatch.providers.aws.raw_samples import KEY, call, federation_token, login, portal, portal_token, root_event
from gatewatch.stores.memory import MemoryStore
from tests.builders.common import NOON

NOW = NOON.replace(year=2026, month=11, day=21)
FEDERATED = {
    "type": "FederatedUser",
    "principalId": "111122223333:x",
    "arn": "arn:aws:sts::111122223333:federated-user/x",
    "accessKeyId": "ASIAEXAMPLEFEDERATED",
}
CHALLENGE = portal("CredentialChallenge", 5, "PASSWORD", UserName="dana@example.com")
PORTAL = portal("UserAuthentication", 7, "PASSWORD")
LATE = portal("CredentialVerification", 6, "TOTP")
TOKEN = login() | {
    "eventID": "t",
    "eventName": "GetSigninToken",
    "responseElements": {"GetSigninToken": "Success"},
    "userIdentity": FEDERATED,
}


def played(*records: dict, whole: bool = False) -> dict[str, Alert]:
    """The alerts by rule, after the records came one by one or together."""
    ports = Ports(store=MemoryStore(), clock=lambda: NOW)
    raw = [RawRecord(data=record, fetched=NOW) for record in records]
    for chunk in [raw] if whole else [[one] for one in raw]:
        process(chunk, ports)
    return {alert.rule: alert for alert in ports.store.search(AlertQuery(limit=100))}


@pytest.mark.parametrize(
    ("records", "rule", "score"),
    [
        pytest.param([CHALLENGE, PORTAL], "aws_identity_center_single_factor", 40, id="one factor"),
        pytest.param([portal_token(8)], "aws_identity_center_device_code", 40, id="a device code"),
        pytest.param([root_event("PasswordRecoveryCompleted", 13)], "aws_root_takeover", 57, id="root's password is recovered"),
        pytest.param([federation_token()], "aws_token_from_key", 30, id="a federation token"),
        pytest.param([call("cloudtrail", "StopLogging", 1, {"name": "t"})], "aws_watching_stopped", 57, id="logging stops"),
        pytest.param([call("cloudtrail", "DeleteTrail", 1, None, errorCode="AccessDenied")], "aws_watching_stopped", 21, id="refused"),
    ],
)
def test_a_rule_is_heard_through_the_flow(records, rule, score):
    found = played(*records)

    assert {name: alert.score for name, alert in found.items()} == {rule: score}


def test_a_late_verification_retracts_the_alert():
    found = played(PORTAL, LATE)

    assert found["aws_identity_center_single_factor"].status is AlertStatus.RETRACTED
    assert played(LATE, PORTAL) == {}


def test_the_name_of_a_portal_user_comes_from_the_challenge_in_any_order():
    for records in itertools.permutations([CHALLENGE, PORTAL]):
        (alert,) = played(*records).values()
        assert (alert.lead.event.user_name, alert.snapshot.person) == ("dana@example.com", "dana@example.com")


@pytest.mark.parametrize("records", [*itertools.permutations([federation_token(), TOKEN])], ids=["token last", "token first"])
def test_the_use_of_a_federated_session_names_its_key_in_any_order(records):
    found = played(*records)
    used = next(alert for alert in found.values() if alert.lead.event.action == "GetSigninToken")

    assert used.snapshot.rules == ("aws_signin_token_unexpected_client", "aws_token_from_key")
    assert (used.rule, used.score) == ("aws_token_from_key", 57)
    assert KEY in used.snapshot.reason
