"""The first steps of the endpoint rules, short enough for a phone. The playbook has the rest."""

FIRST_STEPS = (
    "Check the user, the host and the parent process: a person at a terminal, or automation?",
    "Look for a cloud sign-in of that person within minutes. If it comes from an address other than this host's, the token may be stolen.",
    "Rotate every secret that was on the command line.",
)
