"""A federated user (GetFederationToken) signed in to the AWS console."""

from ....model import Activity, Fact, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSubject
from ..facts import CONSOLE_LOGIN, console_login, on
from ..samples import console_login as sample
from ..samples import saml_login
from ..steps import ROLE

POINTS = 47


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """47 points, whatever MFAUsed says: the session came from an access key."""
    if console_login(activity) is None or activity.event.subject != AwsSubject.FEDERATED_USER:
        return None
    event = activity.event
    return Finding(POINTS, f"{who(event)}, a federated user made from an access key, signed in to the AWS console from {where(event)}.")


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_federated_user_console_login",
        title="AWS console login of a federated user",
        meaning="Somebody turned an access key into a console session that outlives the key's deactivation.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004", "T1550.001"),
        controls=("IAM-14", "IAM-11"),
        references=(
            "https://attack.mitre.org/techniques/T1550/001/",
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html",
        ),
        false_positives=("An in-house console broker: allowlist its federated names with an expiry, and plan its move to roles.",),
        first_steps=ROLE,
    ),
    on=on(CONSOLE_LOGIN, outcome=Outcome.SUCCESS, subjects=(AwsSubject.FEDERATED_USER,)),
    match=match,
    examples=(
        hit("MFAUsed No", 47, sample(subject=AwsSubject.FEDERATED_USER, mfa_used=Fact.ABSENT)),
        hit("MFAUsed Yes changes nothing", 47, sample(subject=AwsSubject.FEDERATED_USER)),
        miss("login failed", sample(subject=AwsSubject.FEDERATED_USER, outcome=Outcome.FAILURE)),
        miss("SAML is another kind of federation", saml_login()),
        miss("not a console login", sample(subject=AwsSubject.FEDERATED_USER, event_name="GetSigninToken")),
    ),
)
