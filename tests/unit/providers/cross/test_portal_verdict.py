"""The MFA verdict of a console login of an Identity Center role, from the sign-in to the portal before it."""

import pytest

from gatewatch import evidence as ev
from gatewatch.alerts.activities import activities
from gatewatch.flow.pipeline import process
from gatewatch.model import Fact, RawRecord
from gatewatch.ports import AlertQuery, Ports
from gatewatch.providers.aws import text
from gatewatch.providers.aws.detail import AwsSubject
from gatewatch.providers.aws.raw_samples import login, portal
from gatewatch.providers.aws.samples import portal_sign_in
from gatewatch.providers.cross.mfa_verdict import with_verdicts
from gatewatch.providers.samples import changed
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.aws import saml
from tests.builders.common import ALICE, NOON, activity, minutes
from tests.builders.entra import sign_in

ROLE = {"subject": AwsSubject.IDENTITY_CENTER_ROLE, "saml_provider_arn": None}


def signed_in(at_minutes: float, *credentials: str, **changes):
    made = changed(portal_sign_in(), credentials=credentials, person=ALICE, **changes)
    return changed(made, time=minutes(at_minutes), id=f"aws|portal{at_minutes}")


def told(*others, **changes):
    happened = [*others, activity(saml(0, **{**ROLE, **changes}))]
    (found,) = {
        (a.mfa_verdict, a.mfa_source, text.mfa(a))
        for given in (happened, happened[::-1])
        for a in with_verdicts(given, Tuning(), NOON)
        if a.id == happened[-1].id
    }
    return found


ENTRA = activity(sign_in("R-1", at=minutes(-2), correlation=None, level_during=None, app_id="portal", mfa=Fact.PRESENT, person=ALICE))
NEAR = "authenticated with PASSWORD, TOTP 12 minutes before (by user and time)"
SAID = [
    pytest.param([signed_in(-12, "PASSWORD", "TOTP")], (Fact.PRESENT, "aws|portal-12", f"MFA at the identity provider: satisfied, {NEAR}"), id="two factors"),
    pytest.param([signed_in(-0.5, "PASSWORD")], (Fact.ABSENT, "aws|portal-0.5", "MFA at the identity provider: absent, authenticated with PASSWORD in the minute before (by user and time)"), id="one factor"),
    pytest.param([signed_in(-30, "PASSWORD"), signed_in(-12, "PASSWORD", "TOTP")], (Fact.PRESENT, "aws|portal-12", f"MFA at the identity provider: satisfied, {NEAR}"), id="the last one"),
    pytest.param([signed_in(-12, "EXTERNAL_IDP"), ENTRA], (Fact.PRESENT, "entra|r-1", "MFA at the identity provider: satisfied (Entra sign-in entra|r-1)"), id="Entra, if the portal left all to it"),
    pytest.param([signed_in(-1, "EXTERNAL_IDP")], (Fact.UNKNOWN, "aws|portal-1", "MFA at the identity provider: unknown, authenticated with EXTERNAL_IDP 1 minute before (by user and time)"), id="nobody tells"),
    pytest.param([signed_in(-12, "PASSWORD"), ENTRA], (Fact.ABSENT, "aws|portal-12", "MFA at the identity provider: absent, authenticated with PASSWORD 12 minutes before (by user and time)"), id="the portal before Entra"),
    pytest.param([signed_in(-61, "PASSWORD", "TOTP")], (Fact.UNKNOWN, None, "MFA at the identity provider: unknown"), id="too long before"),
    pytest.param([signed_in(1, "PASSWORD", "TOTP")], (Fact.UNKNOWN, None, "MFA at the identity provider: unknown"), id="after it"),
]  # fmt: skip


@pytest.mark.parametrize(("others", "said"), SAID)
def test_the_portal_tells_of_its_own_logins(others, said):
    assert told(*others) == said


def test_a_login_by_another_saml_provider_is_not_the_portals():
    assert told(signed_in(-12, "PASSWORD", "TOTP"), subject=AwsSubject.SAML_ROLE)[0] is Fact.UNKNOWN


def test_through_the_flow_the_challenge_names_the_user():
    role = "AWSReservedSSO_Admin_0123"
    issuer = {
        "type": "Role",
        "arn": f"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/{role}",
        "accountId": "111122223333",
    }
    identity = {"type": "AssumedRole", "principalId": "AROAEXAMPLE:dana@example.com", "accountId": "111122223333",
                "arn": f"arn:aws:sts::111122223333:assumed-role/{role}/dana@example.com", "sessionContext": {"sessionIssuer": issuer}}  # fmt: skip
    records = [
        portal("CredentialChallenge", 5, "PASSWORD", UserName="dana@example.com"),
        portal("UserAuthentication", 7, "PASSWORD,TOTP"),
        login() | {"eventTime": "2026-11-20T12:07:30Z", "userIdentity": identity},
    ]
    ports = Ports(store=MemoryStore(), clock=lambda: NOON.replace(year=2027))
    alerting = Tuning(federated_no_mfa="alert")

    process([RawRecord(data=record) for record in records], ports)
    stored = ports.store.evidence_of({f"aws|{record['eventID']}" for record in records})

    assert ports.store.search(AlertQuery()) == []
    (found,) = [a for a in with_verdicts(activities(stored, alerting), alerting, NOON) if a.event.action == "ConsoleLogin"]
    assert found.mfa_note == "authenticated with PASSWORD, TOTP 7 minutes before (by user and time)"
    assert ev.ignore_reason(found.event, alerting) is None
