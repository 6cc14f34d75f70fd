"""A console login succeeded after a row of failures."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss, repeated
from ..facts import CONSOLE_LOGIN, WINDOW, console_login, failed_login, on
from ..samples import console_login as sample

POINTS = 35
FAILURES = 5


def match(activity: Activity, window: Window, _tuning: Tuning) -> Finding | None:
    """35 points when the principal failed 5 times or more in the 15 minutes before."""
    if console_login(activity) is None:
        return None
    failures = len(window.where(failed_login))
    if failures < FAILURES:
        return None
    event = activity.event
    return Finding(POINTS, f"{who(event)} signed in to the AWS console from {where(event)} after {failures} failures within 15 minutes.")


_FAILED = sample(outcome=Outcome.FAILURE)

RULE = Rule(
    metadata=RuleMetadata(
        id="aws_console_success_after_failures",
        title="AWS console login after failures",
        meaning="Somebody guessed until the door opened, or an owner fought with a forgotten password.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1110", "T1078.004"),
        controls=("IAM-14",),
        references=(
            "https://attack.mitre.org/techniques/T1110/",
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
        ),
        false_positives=("A forgotten or just changed password: ask the owner, who will remember it.",),
    ),
    on=on(CONSOLE_LOGIN, outcome=Outcome.SUCCESS),
    reach=WINDOW,
    match=match,
    examples=(
        hit("after five failures", 35, sample(), window=repeated(_FAILED, 5)),
        hit("after nine failures", 35, sample(), window=repeated(_FAILED, 9)),
        miss("after four", sample(), window=repeated(_FAILED, 4)),
        miss("failures alone", _FAILED, window=repeated(_FAILED, 9)),
        miss("successes around it", sample(), window=repeated(sample(), 9)),
        miss("failures of something else", sample(), window=repeated(sample(outcome=Outcome.FAILURE, event_name="CheckMfa"), 9)),
    ),
)
