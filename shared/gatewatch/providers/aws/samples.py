"""Typed AWS sample activities for rule examples. Names and addresses are documentation values (RFC 5737, AWS samples)."""

from datetime import timedelta

from ...model import Activity, Event, Fact, Outcome, Place
from ..samples import NOON, changed
from .detail import AwsSignIn, AwsSubject

_ACCOUNT = "111122223333"


def console_login(**changes: object) -> Activity:
    """An IAM user signs in to the AWS console with a second factor."""
    event = Event(
        vendor_id="aws|e0000001",
        time=NOON,
        action="ConsoleLogin",
        outcome=Outcome.SUCCESS,
        subject=AwsSubject.IAM_USER,
        account=_ACCOUNT,
        principal=f"{_ACCOUNT}/anaya",
        person="anaya",
        names=("arn:aws:iam::111122223333:user/anaya", "anaya"),
        user_name="anaya",
        place=Place(address="198.51.100.23", ip="198.51.100.23"),
        user_agent="Mozilla/5.0 Chrome/142.0.0.0",
        detail=AwsSignIn(event_name="ConsoleLogin", arn="arn:aws:iam::111122223333:user/anaya", mfa_used=Fact.PRESENT),
    )
    if "event_name" in changes:
        changes.setdefault("action", changes["event_name"])  # as in every CloudTrail event
    return changed(Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,)), **changes)


def role_login(**changes: object) -> Activity:
    """An assumed role of no known identity provider signs in to the AWS console; CloudTrail says MFAUsed No."""
    defaults: dict[str, object] = {
        "subject": AwsSubject.ASSUMED_ROLE,
        "mfa_used": Fact.ABSENT,
        "arn": "arn:aws:sts::111122223333:assumed-role/Developer/alice@contoso.com",
        "role_arn": "arn:aws:iam::111122223333:role/Developer",
        "role_name": "Developer",
        "session_name": "alice@contoso.com",
        "principal": "arn:aws:iam::111122223333:role/Developer/alice@contoso.com",
        "person": "alice@contoso.com",
        "user_name": "alice@contoso.com",
        "names": ("arn:aws:iam::111122223333:role/Developer", "alice@contoso.com"),
    }
    return console_login(**{**defaults, **changes})


def saml_login(**changes: object) -> Activity:
    """A person federated through SAML signs in to the AWS console; the identity provider does MFA."""
    defaults: dict[str, object] = {
        "subject": AwsSubject.SAML_ROLE,
        "saml_provider_arn": "arn:aws:iam::111122223333:saml-provider/Entra",
    }
    return role_login(**{**defaults, **changes})


def cli_token(**changes: object) -> Activity:
    """``aws login`` exchanges its code for a token on the same device."""
    defaults: dict[str, object] = {
        "action": "CreateOAuth2Token",
        "event_name": "CreateOAuth2Token",
        "oauth_client": "same-device",
        "user_agent": "aws-cli/2.32.0 md/command#login",
        "mfa_used": Fact.UNKNOWN,
    }
    return role_login(**{**defaults, **changes})


def authorization(**changes: object) -> Activity:
    """The approval of ``aws login`` in the browser, 40 seconds before the token."""
    defaults: dict[str, object] = {
        "id": "aws|auth-1",
        "action": "AuthorizeOAuth2Access",
        "event_name": "AuthorizeOAuth2Access",
        "user_agent": "Mozilla/5.0 Chrome/142.0.0.0",
        "time": NOON - timedelta(seconds=40),
    }
    return cli_token(**{**defaults, **changes})
