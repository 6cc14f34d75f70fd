"""The first steps of the Entra rules, short enough for a phone. The playbook has the rest."""

from ..steps import ASK

FIRST_STEPS = (
    ASK,
    "Check risk types and state, application (a command line is T1021.007), device and MFA method. Adversary-in-the-middle kits can pass MFA.",
    "Look for later role assignments, app consents, new MFA methods and mailbox rules, and for other users from the same address.",
    "If it was not them: revoke sign-in sessions, confirm compromised, reset the password. If it was them: confirm safe or dismiss in Entra, and do not only close the ticket.",
)
