"""The first steps of the rules on pairs, short enough for a phone. The whole playbook is one link away."""

FIRST_STEPS = (
    "Treat both sides as one incident and contain Entra first: revoke sign-in sessions, confirm compromised.",
    "Then revoke the AWS role's older sessions in every account, then the keys created in the window.",
    "Are the two addresses equal? If not, suspect a relayed token.",
)
