"""The first steps of the AWS rules, short enough for a phone. The whole playbook is one link away."""

from ..steps import ASK

AFTER = "Within the hour after it, look for CreateAccessKey, CreateLoginProfile, AttachUserPolicy, DeactivateMFADevice, StopLogging."

FIRST_STEPS = (
    ASK,
    AFTER,
    "If it was not them: delete the login profile, deactivate the access keys, and attach an inline deny-all (live sessions survive a password change).",
    "If it was: enrol MFA, or add an allowlist entry with owner, reason and expiry.",
)
ROOT = (
    "Reach the account owner out of band: root is for almost nothing.",
    AFTER,
    "If it was not them: reset the root password, remove root keys, check root MFA devices and the account's e-mail address and phone.",
)
ROLE = (
    ASK,
    AFTER,
    "If it was not them: revoke the role's older sessions (deny * where aws:TokenIssueTime is before now) in every account that has the role.",
)
COMMAND_LINE = (
    "Compare the addresses of AuthorizeOAuth2Access (browser) and CreateOAuth2Token (command line): different networks on one device mean a relayed code.",
    "Ask the person whether they typed or confirmed a code.",
    "If not: deny the session (aws:SignInSessionArn), revoke the refresh token, and revoke the role's older sessions.",
)
