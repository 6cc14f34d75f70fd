"""The first steps of the AWS rules, short enough for a phone. The playbook has the rest."""

from ..steps import ASK

AFTER = "Look for CreateAccessKey, CreateLoginProfile, AttachUserPolicy, DeactivateMFADevice and StopLogging in the hour after the login."

FIRST_STEPS = (
    ASK,
    AFTER,
    "If it was not them: delete the login profile, deactivate the access keys, and attach an inline deny-all policy (a password change does not end open sessions).",
    "If it was them: enrol MFA, or add an allowlist entry with owner, reason and expiry.",
)
ROOT = (
    "Contact the account owner on another channel. Only a few tasks need root.",
    AFTER,
    "If it was not them: reset the root password, delete root access keys, and check root MFA devices and the account's e-mail address and phone.",
)
ROLE = (
    ASK,
    AFTER,
    "If it was not them: revoke the role's older sessions (deny * where aws:TokenIssueTime is before now) in every account that has the role.",
)
COMMAND_LINE = (
    "Compare the addresses of AuthorizeOAuth2Access (browser) and CreateOAuth2Token (command line). Different networks for same-device mean that the code was relayed.",
    "Ask the person whether they typed or confirmed a code.",
    "If they did not: deny the session (aws:SignInSessionArn), revoke the refresh token, and revoke the role's older sessions.",
)
