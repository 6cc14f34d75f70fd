"""Typed AWS sample activities for rule examples. Names and addresses are documentation values (RFC 5737, AWS samples)."""

from datetime import timedelta
from functools import cache

from msgspec import structs

from ...model import Activity, Event, Fact, Outcome, Place
from ..samples import NOON, changed
from .detail import AwsSignIn, AwsSubject, IdentityCenter, MonitoringChange, Weakening, aws_of

_ACCOUNT = "111122223333"


def console_login(**changes: object) -> Activity:
    """An IAM user signs in to the AWS console with a second factor."""
    if "event_name" in changes:
        changes.setdefault("action", changes["event_name"])  # as in every CloudTrail event
    return changed(_console_login(), **changes)


@cache
def _console_login() -> Activity:
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
    return Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,))


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


def portal_sign_in(**changes: object) -> Activity:
    """An Identity Center user signs in to the portal with a password alone."""
    return _portal("UserAuthentication", IdentityCenter(user_id="544894e8", workflow_id="w-1", credentials=("PASSWORD",)), changes)


def portal_token(**changes: object) -> Activity:
    """A command line redeems a device code for a portal token."""
    defaults: dict[str, object] = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "user_agent": "aws-cli/2.31.0"}
    return _portal("CreateToken", IdentityCenter(user_id="544894e8", token_issued=True), {**defaults, **changes})


def _portal(event_name: str, portal: IdentityCenter, changes: dict[str, object]) -> Activity:
    defaults: dict[str, object] = {
        "event_name": event_name,
        "subject": AwsSubject.IDENTITY_CENTER_USER,
        "principal": "arn:aws:identitystore::111122223333:identitystore/d-9067642ac7|544894e8",
        "person": "dana@example.com",
        "user_name": "dana@example.com",
        "names": ("544894e8",),
        "arn": None,
        "mfa_used": Fact.UNKNOWN,
    }
    made = console_login(**defaults)
    detail = structs.replace(aws_of(made.event) or AwsSignIn(event_name=event_name), identity_center=portal)
    return changed(structs.replace(made, event=structs.replace(made.event, detail=detail)), **changes)


def root_event(event_name: str, **changes: object) -> Activity:
    """A successful event of the root user at the sign-in service."""
    defaults: dict[str, object] = {"event_name": event_name, "subject": AwsSubject.ROOT, "principal": "root", "mfa_used": Fact.UNKNOWN}
    return console_login(**{**defaults, "user_name": "root", "person": None, **changes})


def federation_token(**changes: object) -> Activity:
    """A long-term key of an IAM user opens a federated session."""
    defaults: dict[str, object] = {"event_name": "GetFederationToken", "access_key_id": "AKIAIOSFODNN7EXAMPLE", "user_agent": "Boto3/1.40"}
    return console_login(**{**defaults, "mfa_used": Fact.UNKNOWN, **changes})


def trail_call(event_name: str = "StopLogging", weakening: Weakening | None = Weakening.LOGGING_STOPPED, **changes: object) -> Activity:
    """An IAM user makes a call about a trail."""
    made = console_login(event_name=event_name, mfa_used=Fact.UNKNOWN)
    change = MonitoringChange(target="management-events", weakening=weakening)
    detail = structs.replace(aws_of(made.event) or AwsSignIn(event_name=event_name), change=change)
    return changed(structs.replace(made, event=structs.replace(made.event, detail=detail)), **changes)


def key_use(**changes: object) -> Activity:
    """A long-term key of an IAM user asks whose it is."""
    return federation_token(**{"event_name": "sts:GetCallerIdentity", "user_agent": "aws-cli/2.31.0", **changes})


def instance_call(**changes: object) -> Activity:
    """A call with the credentials of an instance."""
    defaults: dict[str, object] = {
        "event_name": "s3:ListBuckets",
        "subject": AwsSubject.INSTANCE_ROLE,
        "session_name": "i-0123456789abcdef0",
        "user_name": "i-0123456789abcdef0",
        "person": None,
        "access_key_id": "ASIAIOSFODNN7EXAMPLE",
        "user_agent": "aws-cli/2.31.0",
        "mfa_used": Fact.UNKNOWN,
    }
    return role_login(**{**defaults, **changes})
