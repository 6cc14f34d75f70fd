"""The first steps of the endpoint rules, short enough for a phone. The whole playbook is one link away."""

FIRST_STEPS = (
    "Check who, which host, which parent process, interactive or automation.",
    "Is there a cloud sign-in of that person within minutes? None here, but one from another address, means a stolen token.",
    "Rotate any secret that stood on the command line.",
)
