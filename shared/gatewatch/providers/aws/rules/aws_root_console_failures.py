"""Root failed to sign in to the console many times."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where
from ...rule import Finding, Modifier, Rule, RuleMetadata, Window
from ...samples import hit, miss, repeated
from ...window import name
from ..detail import AwsSubject
from ..facts import CONSOLE_LOGIN, WINDOW, console_login, failed_login, on
from ..samples import console_login as sample
from ..steps import ROOT

POINTS = 35
FAILURES = 5
_SUCCEEDED = Modifier("success after failures", 22, "The address of the failures signed in.")


def match(activity: Activity, window: Window, _tuning: Tuning) -> Finding | None:
    """35 points from the fifth failure within 15 minutes on; 22 more when an address of the failures succeeds."""
    event = activity.event
    if event.subject != AwsSubject.ROOT:
        return None
    failed = window.where(failed_login)
    if failed_login(activity) and len(failed) + 1 >= FAILURES:
        return Finding(POINTS, _reason(activity, len(failed) + 1))
    if (
        console_login(activity) is None
        or len(failed) < FAILURES
        or event.place.ip is None
        or event.place.ip not in failed.by(_address, name)
    ):
        return None
    return Finding(POINTS, _reason(activity, len(failed)), (_SUCCEEDED,))


def _address(activity: Activity) -> str | None:
    return activity.event.place.ip


def _reason(activity: Activity, failures: int) -> str:
    event = activity.event
    return (
        f"Root of {event.account or 'an unknown account'} failed to sign in {failures} times within 15 minutes, last from {where(event)}."
    )


_ROOT = sample(subject=AwsSubject.ROOT)
_FAILED = sample(subject=AwsSubject.ROOT, outcome=Outcome.FAILURE)
_ELSEWHERE = sample(subject=AwsSubject.ROOT, ip="203.0.113.77", address="203.0.113.77")

RULE = Rule(
    metadata=RuleMetadata(
        id="aws_root_console_failures",
        title="AWS root login failures in a row",
        meaning="Somebody guesses the password or the second factor of the one identity that no policy can limit.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1110", "T1078.004"),
        controls=("IAM-14", "IAM-10"),
        references=(
            "https://attack.mitre.org/techniques/T1110/",
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
        ),
        false_positives=("The account owner with a forgotten password or a new MFA device: ask them on another channel.",),
        first_steps=ROOT,
    ),
    on=on(CONSOLE_LOGIN, subjects=(AwsSubject.ROOT,)),
    reach=WINDOW,
    match=match,
    examples=(
        hit("the fifth failure", 35, _FAILED, window=repeated(_FAILED, 4)),
        hit("the ninth failure", 35, _FAILED, window=repeated(_FAILED, 8)),
        hit("a success of the address after five", 35, _ROOT, window=repeated(_FAILED, 5)),
        miss("the fourth failure", _FAILED, window=repeated(_FAILED, 3)),
        miss("a success after four", _ROOT, window=repeated(_FAILED, 4)),
        miss("a success elsewhere has its own rules", _ELSEWHERE, window=repeated(_FAILED, 5)),
        miss("an unknown address", sample(subject=AwsSubject.ROOT, ip=None), window=repeated(_FAILED, 5)),
        miss(
            "unknown addresses are not the same",
            sample(subject=AwsSubject.ROOT, ip=None),
            window=repeated(sample(subject=AwsSubject.ROOT, outcome=Outcome.FAILURE, ip=None), 5),
        ),
        miss("successes around it", _FAILED, window=repeated(_ROOT, 9)),
        miss("an IAM user", sample(outcome=Outcome.FAILURE), window=repeated(sample(outcome=Outcome.FAILURE), 9)),
        miss("failures of something else", sample(subject=AwsSubject.ROOT, event_name="CheckMfa"), window=repeated(_FAILED, 9)),
    ),
)
