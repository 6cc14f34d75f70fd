"""Texts about AWS events for people. Values are raw; the message model escapes hidden characters."""

from ...model import Activity, Event, Fact
from ...model.text import visible
from ..phrases import who
from .detail import AwsSubject, aws_of
from .facts import FEDERATED_ROLES, USER_AUTHENTICATION, factors, portal_mfa

_ROLES: dict[str, str] = {
    AwsSubject.ROOT: "AWS root user",
    AwsSubject.IAM_USER: "IAM user",
    AwsSubject.SAML_ROLE: "SAML federated role session",
    AwsSubject.IDENTITY_CENTER_ROLE: "Identity Center role session",
    AwsSubject.INSTANCE_ROLE: "EC2 instance role session",
    AwsSubject.ASSUMED_ROLE: "assumed role session",
    AwsSubject.FEDERATED_USER: "federated user",
    AwsSubject.IDENTITY_CENTER_USER: "Identity Center user",
    AwsSubject.HIDDEN: "name hidden by AWS (a wrong user name was typed)",
}
_VERDICTS = {Fact.PRESENT: "satisfied", Fact.ABSENT: "absent", Fact.UNKNOWN: "unknown", None: "unknown"}
_SAID = {Fact.PRESENT: "MFA used", Fact.ABSENT: "no MFA", Fact.UNKNOWN: "MFA unknown"}


def name(event: Event) -> str:
    """The name of who acted; for root, root with its account; for an Identity Center user without a name, the user id."""
    if event.subject == AwsSubject.ROOT:
        return f"root of {event.account or 'an unknown account'}"
    aws = aws_of(event)
    user_id = aws.identity_center.user_id if aws is not None and aws.identity_center is not None else None
    nameless = event.subject == AwsSubject.IDENTITY_CENTER_USER and not (event.user_name or event.person)
    return f"Identity Center user {user_id}" if nameless and user_id else who(event)


def identity(event: Event) -> str | None:
    """The ARN of who acted, or None."""
    aws = aws_of(event)
    return aws.arn if aws is not None else None


def role(event: Event) -> str:
    """The kind of AWS identity that acted."""
    return _ROLES.get(event.subject, "")


def used(event: Event) -> str:
    """The name of the event and its Region."""
    aws = aws_of(event)
    if aws is None:
        return visible(event.action, 60)
    return f"{visible(aws.event_name, 60)} in {aws.region or 'an unknown region'}"


def mfa(activity: Activity) -> str:
    """What is known about MFA; for a federated login, what the identity provider's sign-in says."""
    aws = aws_of(activity.event)
    if activity.event.subject in FEDERATED_ROLES:
        source = f" (Entra sign-in {activity.mfa_source})" if activity.mfa_source else ""
        if activity.mfa_note:
            source = f", {visible(activity.mfa_note, 160)}"
        return f"MFA at the identity provider: {_VERDICTS[activity.mfa_verdict]}{source}"
    if aws is None:
        return ""
    if aws.identity_center is not None and aws.event_name == USER_AUTHENTICATION:
        used = visible(", ".join(factors(aws.identity_center)) or "an unknown credential", 120)
        return f"{_SAID[portal_mfa(aws.identity_center)]} (authenticated with {used})"
    return _SAID[aws.mfa_used]
