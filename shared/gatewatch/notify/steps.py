"""The first steps of each playbook, short enough for a phone. The whole playbook is one link away."""

from ..model import Alert, Family
from .links import cloudtrail_ids, sign_in_id

_ASK = "Ask the person on another channel (not by mail or chat of this account) whether this was them."
_AFTER_AWS = "Within the hour after it, look for CreateAccessKey, CreateLoginProfile, AttachUserPolicy, DeactivateMFADevice, StopLogging."
_AFTER_ENTRA = (
    "Look for what followed: role assignments, app consents, new MFA methods, mailbox rules, and other users from the same address."
)

_AWS_USER = (
    _ASK,
    _AFTER_AWS,
    "If it was not them: delete the login profile, deactivate the access keys, and attach an inline deny-all (live sessions survive a password change).",
    "If it was: enrol MFA, or add an allowlist entry with owner, reason and expiry.",
)
_AWS_ROOT = (
    "Reach the account owner out of band: root is for almost nothing.",
    _AFTER_AWS,
    "If it was not them: reset the root password, remove root keys, check root MFA devices and the account's e-mail address and phone.",
)
_AWS_ROLE = (
    _ASK,
    _AFTER_AWS,
    "If it was not them: revoke the role's older sessions (deny * where aws:TokenIssueTime is before now) in every account that has the role.",
)
_AWS_CLI = (
    "Compare the addresses of AuthorizeOAuth2Access (browser) and CreateOAuth2Token (command line): different networks on one device mean a relayed code.",
    "Ask the person whether they typed or confirmed a code.",
    "If not: deny the session (aws:SignInSessionArn), revoke the refresh token, and revoke the role's older sessions.",
)
_ENTRA = (
    _ASK,
    "Check risk types and state, application (a command line is T1021.007), device, and how MFA was done: adversary-in-the-middle kits pass MFA.",
    _AFTER_ENTRA,
    "If it was not them: revoke sign-in sessions, confirm compromised, reset the password; if it was, confirm safe or dismiss in Entra, never only the ticket.",
)
_XCLOUD = (
    "Treat both sides as one incident and contain Entra first: revoke sign-in sessions, confirm compromised.",
    "Then revoke the AWS role's older sessions in every account, then the keys created in the window.",
    "Are the two addresses equal? If not, suspect a relayed token.",
)
_ENDPOINT = (
    "Check who, which host, which parent process, interactive or automation.",
    "Is there a cloud sign-in of that person within minutes? None here, but one from another address, means a stolen token.",
    "Rotate any secret that stood on the command line.",
)

_BY_FAMILY = {Family.AWS: _AWS_USER, Family.ENTRA: _ENTRA, Family.ENDPOINT: _ENDPOINT, Family.XCLOUD: _XCLOUD}
_BY_RULE = {
    "aws_root_console_login": _AWS_ROOT,
    "aws_console_login_instance_role": _AWS_ROLE,
    "aws_console_login_unattributed_role": _AWS_ROLE,
    "aws_switch_role_cross_account": _AWS_ROLE,
    "aws_federated_user_console_login": _AWS_ROLE,
    "aws_cli_login": _AWS_CLI,
    "aws_signin_token_unexpected_client": _AWS_CLI,
}


def next_steps(alert: Alert) -> tuple[str, ...]:
    """What to do first, and how to read the event itself. Ids stand in a command only in their vendor's own form."""
    steps = _BY_RULE.get(alert.rule, _BY_FAMILY[alert.key.family])
    return (*steps, *_look(alert))


def _look(alert: Alert) -> tuple[str, ...]:
    looks: list[str] = []
    ids = cloudtrail_ids(alert)
    if ids is not None:
        region, event_id = ids
        looks.append(
            f"Read the event: aws cloudtrail lookup-events --region {region}"
            f" --lookup-attributes AttributeKey=EventId,AttributeValue={event_id}"
        )
    sign_in = sign_in_id(alert)
    if sign_in is not None:
        looks.append(f"Read the sign-in: GET https://graph.microsoft.com/v1.0/auditLogs/signIns/{sign_in}")
    return tuple(looks)
