"""The root user of an AWS account signed in to the console."""

from ....model import Activity, Fact, Outcome
from ....tuning import Tuning
from ...phrases import where
from ...rule import Finding, Modifier, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSubject
from ..facts import CONSOLE_LOGIN, console_login, on
from ..samples import console_login as sample
from ..steps import ROOT

POINTS = 47
_MFA = {
    Fact.ABSENT: (Modifier("no MFA on root", 40, "Root signed in without a second factor."),),
    Fact.UNKNOWN: (Modifier("MFA unknown on root", 20, "CloudTrail does not say whether root used a second factor."),),
    Fact.PRESENT: (),
}


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """47 points always; more when the second factor is missing or unknown."""
    aws = console_login(activity)
    if aws is None or activity.event.subject != AwsSubject.ROOT:
        return None
    account = activity.event.account or "an unknown account"
    return Finding(POINTS, f"The root user of {account} signed in to the AWS console from {where(activity.event)}.", _MFA[aws.mfa_used])


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_root_console_login",
        title="AWS root console login",
        meaning="The one identity that no policy can limit entered the console; daily work never needs it.",
        family="aws",
        tier=1,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-14", "IAM-10", "IAM-09"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-tasks.html",
        ),
        false_positives=("One of the few tasks that need root, with a ticket that names the time and the person.",),
        first_steps=ROOT,
    ),
    on=on(CONSOLE_LOGIN, outcome=Outcome.SUCCESS, subjects=(AwsSubject.ROOT,)),
    match=match,
    examples=(
        hit("with MFA", 47, sample(subject=AwsSubject.ROOT)),
        hit("without MFA", 47, sample(subject=AwsSubject.ROOT, mfa_used=Fact.ABSENT)),
        hit("MFA not logged", 47, sample(subject=AwsSubject.ROOT, mfa_used=Fact.UNKNOWN)),
        miss("login failed: counted, one failure never fires", sample(subject=AwsSubject.ROOT, outcome=Outcome.FAILURE)),
        miss("password updated: not a login", sample(subject=AwsSubject.ROOT, event_name="PasswordUpdated")),
        miss("an IAM user", sample()),
    ),
)
