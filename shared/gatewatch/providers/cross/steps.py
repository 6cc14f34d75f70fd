"""The first steps of the rules on pairs, short enough for a phone. The playbook has the rest."""

FIRST_STEPS = (
    "Treat both sides as one incident and contain Entra first: revoke sign-in sessions, confirm compromised.",
    "Then revoke the AWS role's older sessions in every account, and the access keys that were created since.",
    "Compare the two addresses. If they differ, the token may have been relayed.",
)
