"""The first steps of the Entra rules, short enough for a phone. The whole playbook is one link away."""

from ..steps import ASK

FIRST_STEPS = (
    ASK,
    "Check risk types and state, application (a command line is T1021.007), device, and how MFA was done: adversary-in-the-middle kits pass MFA.",
    "Look for what followed: role assignments, app consents, new MFA methods, mailbox rules, and other users from the same address.",
    "If it was not them: revoke sign-in sessions, confirm compromised, reset the password; if it was, confirm safe or dismiss in Entra, never only the ticket.",
)
