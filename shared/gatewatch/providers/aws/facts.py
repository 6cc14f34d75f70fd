"""Tests of an activity that several AWS rules share. Source: CloudTrail user guide, "AWS Management Console sign-in events"."""

from collections.abc import Iterable
from datetime import timedelta

from ...model import Activity, Event, Fact, Outcome
from ..rule import Trigger
from .detail import AwsSignIn, AwsSubject, IdentityCenter, aws_of

CONSOLE_LOGIN = "ConsoleLogin"
CREATE_TOKEN = "CreateOAuth2Token"  # noqa: S105 - an event name, not a secret
AUTHORIZE = "AuthorizeOAuth2Access"
SWITCH_ROLE = "SwitchRole"
SIGNIN_TOKEN = "GetSigninToken"  # noqa: S105 - an event name, not a secret
FEDERATION_TOKEN = "GetFederationToken"  # noqa: S105 - an event name, not a secret
RECOVERED = "PasswordRecoveryCompleted"
RECOVERY_REQUESTED = "PasswordRecoveryRequested"
PASSWORD_UPDATED = "PasswordUpdated"  # noqa: S105 - an event name, not a secret
EMAIL_UPDATED = "EmailUpdated"
ANOMALY = "SignInAnomalyAlert"  # AWS's own alert; it is no CloudTrail event, so this name is Gatewatch's
USER_AUTHENTICATION = "UserAuthentication"
VERIFICATION = "CredentialVerification"
CREATE_PORTAL_TOKEN = "CreateToken"  # noqa: S105 - an event name, not a secret

WATCHING_STOPPED = "watching_stopped"
"""The part of the rule on these calls in pair rules."""

WINDOW = timedelta(minutes=15)  # how far back the rules on failures and approvals look

SECOND_FACTORS = frozenset({"TOTP", "WEBAUTHN", "SMARTCARD"})
EXTERNAL_IDP = "EXTERNAL_IDP"  # the identity provider did all of it; Identity Center asks for no factor of its own

FEDERATED_ROLES = frozenset({AwsSubject.SAML_ROLE, AwsSubject.IDENTITY_CENTER_ROLE})

_DENIED_BY_POLICY = "authorization denied"  # a resource policy for sign-in, or an RCP, denied the login; the second factor did not fail


def on(
    *event_names: str, outcome: Outcome | None = None, subjects: Iterable[str] | None = None, first: bool = False
) -> tuple[Trigger, ...]:
    """The trigger for AWS events with these names; of this outcome and these subjects, and with something first, where that is given."""
    return (Trigger(AwsSignIn, frozenset(event_names), outcome, None if subjects is None else frozenset(subjects), first),)


def on_any_call(outcome: Outcome | None = None, subjects: Iterable[str] | None = None, *, first: bool = False) -> tuple[Trigger, ...]:
    """The trigger for every AWS event: rules on a key or on the role of an instance do not care which call it made."""
    return (Trigger(AwsSignIn, None, outcome, None if subjects is None else frozenset(subjects), first),)


def named_event(event: Event, event_name: str) -> AwsSignIn | None:
    """The AWS detail of the event if it has this name, with any outcome; otherwise None."""
    aws = aws_of(event)
    return aws if aws is not None and aws.event_name == event_name else None


def named(activity: Activity, event_name: str) -> AwsSignIn | None:
    """The same for the event of an activity."""
    return named_event(activity.event, event_name)


def console_login(activity: Activity) -> AwsSignIn | None:
    """The detail of a successful console login, otherwise None. An unknown outcome is not success."""
    return named(activity, CONSOLE_LOGIN) if activity.event.outcome is Outcome.SUCCESS else None


def cli_token(activity: Activity) -> AwsSignIn | None:
    """The detail of a successful CLI login, otherwise None. The token refresh every 15 minutes is not a login."""
    aws = named(activity, CREATE_TOKEN) if activity.event.outcome is Outcome.SUCCESS else None
    return None if aws is None or is_refresh(aws) else aws


def is_refresh(aws: AwsSignIn) -> bool:
    """Whether this token was issued for a refresh token."""
    return (aws.grant_type or "").casefold() == "refresh_token"


def is_device_code(aws: AwsSignIn) -> bool:
    """Whether this token was asked for with a device code: the grant type ends in device_code."""
    return (aws.grant_type or "").casefold().endswith("device_code")


def portal_sign_in(activity: Activity) -> IdentityCenter | None:
    """What a successful sign-in to the Identity Center portal says, otherwise None."""
    aws = named(activity, USER_AUTHENTICATION) if activity.event.outcome is Outcome.SUCCESS else None
    return aws.identity_center if aws is not None else None


def factors(portal: IdentityCenter) -> tuple[str, ...]:
    """Every credential that was verified in a sign-in to the portal: those that its record lists, and those of its verifications."""
    return tuple(dict.fromkeys((*portal.credentials, *portal.verified)))


def portal_mfa(portal: IdentityCenter) -> Fact:
    """Whether a sign-in to the portal had a second factor. What an external identity provider asked for is unknown here."""
    found = factors(portal)
    if not SECOND_FACTORS.isdisjoint(found):
        return Fact.PRESENT
    return Fact.UNKNOWN if not found or EXTERNAL_IDP in found else Fact.ABSENT


def failed_login(activity: Activity) -> bool:
    """Whether this is a console login that failed."""
    return activity.event.outcome is Outcome.FAILURE and named(activity, CONSOLE_LOGIN) is not None


def failed_second_factor(activity: Activity) -> bool:
    """Whether the password was correct and the second factor was wrong: a failure with MFAUsed Yes that no policy caused."""
    aws = named(activity, CONSOLE_LOGIN)
    if aws is None or activity.event.outcome is not Outcome.FAILURE or aws.mfa_used is not Fact.PRESENT:
        return False
    return not (aws.error_message or "").strip().casefold().startswith(_DENIED_BY_POLICY)


def is_login(activity: Activity) -> bool:
    """Whether this is a successful login to AWS, in the console or on the command line."""
    return console_login(activity) is not None or cli_token(activity) is not None
