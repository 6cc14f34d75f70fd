"""Credentials of an EC2 instance opened the AWS console."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSubject
from ..facts import CONSOLE_LOGIN, SIGNIN_TOKEN, console_login, named, on
from ..samples import role_login
from ..steps import ROLE

POINTS = 73


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """73 points: a machine has no use for a console made for people. The token that opens a console counts as the login."""
    event = activity.event
    if event.subject != AwsSubject.INSTANCE_ROLE:
        return None
    if named(activity, SIGNIN_TOKEN) is not None and event.outcome is not Outcome.FAILURE:  # published tokens carry no response
        return Finding(POINTS, f"The instance credentials of {who(event)} made a console sign-in token from {where(event)}.")
    if console_login(activity) is None:
        return None
    return Finding(POINTS, f"The instance credentials of {who(event)} opened the AWS console from {where(event)}.")


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_console_login_instance_role",
        title="AWS console login with instance credentials",
        meaning="The credentials of a server were carried to a browser; somebody probably took them from its metadata service.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004", "T1552.005"),
        controls=("IAM-16", "IAM-09"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://attack.mitre.org/techniques/T1552/005/",
        ),
        false_positives=("An administrator's experiment on a jump host: ask for its ticket, then rotate the role's sessions anyway.",),
        first_steps=ROLE,
    ),
    on=on(CONSOLE_LOGIN, SIGNIN_TOKEN, subjects=(AwsSubject.INSTANCE_ROLE,)),
    match=match,
    examples=(
        hit("instance profile at the console", 73, role_login(subject=AwsSubject.INSTANCE_ROLE, session_name="i-0123456789abcdef0")),
        hit("its console sign-in token", 73, role_login(subject=AwsSubject.INSTANCE_ROLE, event_name=SIGNIN_TOKEN)),
        hit(
            "a token without a response in the record",
            73,
            role_login(subject=AwsSubject.INSTANCE_ROLE, event_name=SIGNIN_TOKEN, outcome=Outcome.UNKNOWN),
        ),
        miss("the token failed", role_login(subject=AwsSubject.INSTANCE_ROLE, event_name=SIGNIN_TOKEN, outcome=Outcome.FAILURE)),
        miss("the token of a person's role has its own rule", role_login(event_name=SIGNIN_TOKEN)),
        miss("login failed", role_login(subject=AwsSubject.INSTANCE_ROLE, outcome=Outcome.FAILURE)),
        miss("a person's role", role_login()),
        miss("SwitchRole is not a login", role_login(subject=AwsSubject.INSTANCE_ROLE, event_name="SwitchRole")),
    ),
)
