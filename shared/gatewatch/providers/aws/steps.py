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
PORTAL = (
    "Ask the person on another channel whether they signed in and whether they typed or confirmed a code.",
    "Read GetRoleCredentials and ListAccounts of the same user in the hour after: which accounts and roles were opened?",
    "If it was not them: disable the user in Identity Center, delete its sessions, and revoke the older sessions of the roles in every account.",
    "If it was them: require MFA at every sign-in in the settings of Identity Center.",
)
KEY = (
    "Ask the owner of the access key that the alert names whether they, or which program, used it.",
    AFTER,
    "If nobody answers for it: deactivate the key, and attach an inline deny-all policy to the user (deleting the key does not end the session).",
)
WATCHING = (
    "Restore the recording first: start logging, or recreate the trail, the rule or the mapping. What happens meanwhile is not recorded.",
    "Read Event history (aws cloudtrail lookup-events): it keeps 90 days of management events, whatever became of the trail.",
    "Find the login of this session and contain it as the playbook of that login says.",
)
