"""The first steps of the Entra rules, short enough for a phone. The playbook has the rest."""

from ..steps import ASK

FIRST_STEPS = (
    ASK,
    "Check risk types and state, application (a command line is T1021.007), device and MFA method. Adversary-in-the-middle kits can pass MFA.",
    "Look for later role assignments, app consents, new MFA methods and mailbox rules, and for other users from the same address.",
    "If it was not them: revoke sign-in sessions, confirm compromised, reset the password. If it was them: confirm safe or dismiss in Entra, and do not only close the ticket.",
)

# For the rules that do not follow Entra's risk state: closing in Entra does not close their alerts.
BEHAVIOUR_STEPS = (
    ASK,
    "Compare application, address, device and MFA method with the person's last 30 days. Adversary-in-the-middle kits can pass MFA.",
    "Look for later role assignments, app consents, new MFA methods and devices, and for other users from the same address.",
    "If it was not them: revoke sign-in sessions, confirm compromised, reset the password. If it was them: close the alert as expected.",
)
WORKLOAD_STEPS = (
    "Ask the owner of the program whether it moved, and which credential it uses.",
    "Compare address and credential key id with its last 30 days, and look for credentials and owners that were added.",
    "If it was not them: disable the service principal, remove the credential, and undo what it made.",
)
SYNC_STEPS = (
    "Ask the administrators of the synchronisation server on another channel whether they changed it.",
    "Check whether the address is that server's, and what the account did: password resets, federation, credentials, roles.",
    "If it was not them: disable the account (the synchronisation stops), isolate the server, reset synchronised administrators.",
)
