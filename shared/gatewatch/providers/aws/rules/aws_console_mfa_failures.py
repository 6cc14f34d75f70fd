"""Somebody who knows the password fails the second factor again and again."""

from ....model import Activity, Fact, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss, repeated
from ..facts import CONSOLE_LOGIN, WINDOW, failed_second_factor, on
from ..samples import console_login as sample

POINTS = 47
OTHERS = 2  # with the firing one three in 15 minutes (Panther, T1621)


def match(activity: Activity, window: Window, _tuning: Tuning) -> Finding | None:
    """47 points for the third MFA failure of a principal within 15 minutes."""
    if not failed_second_factor(activity):
        return None
    others = len(window.where(failed_second_factor))
    if others < OTHERS:
        return None  # one failure never fires: people mistype codes
    event = activity.event
    return Finding(POINTS, f"{who(event)} failed the second factor {others + 1} times within 15 minutes, last from {where(event)}.")


_FAILED = sample(outcome=Outcome.FAILURE, error_message="Failed authentication")
_DENIED = sample(outcome=Outcome.FAILURE, error_message="Authorization denied because of a resource-based policy")

RULE = Rule(
    metadata=RuleMetadata(
        id="aws_console_mfa_failures",
        title="AWS console MFA failures in a row",
        meaning="The password is known to somebody who cannot produce the second factor, or who pesters the owner for it.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1621", "T1110"),
        controls=("IAM-14",),
        references=(
            "https://attack.mitre.org/techniques/T1621/",
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
        ),
        false_positives=("A new or unsynchronised MFA device: the failures stop once it is resynchronised.",),
    ),
    on=on(CONSOLE_LOGIN, outcome=Outcome.FAILURE),
    reach=WINDOW,
    match=match,
    examples=(
        hit("the third", 47, _FAILED, window=repeated(_FAILED, 2)),
        hit("the sixth", 47, _FAILED, window=repeated(_FAILED, 5)),
        hit("no message in the record", 47, sample(outcome=Outcome.FAILURE), window=repeated(_FAILED, 2)),
        miss("something else failed twice before", _FAILED, window=repeated(sample(event_name="SwitchRole", outcome=Outcome.FAILURE), 2)),
        miss("the second", _FAILED, window=repeated(_FAILED, 1)),
        miss("the first", _FAILED),
        miss(
            "passwords were wrong: MFA was not reached", _FAILED, window=repeated(sample(outcome=Outcome.FAILURE, mfa_used=Fact.ABSENT), 5)
        ),
        miss("this one never reached MFA", sample(outcome=Outcome.FAILURE, mfa_used=Fact.ABSENT), window=repeated(_FAILED, 5)),
        miss("a policy denied it, not the second factor", _DENIED, window=repeated(_DENIED, 5)),
        miss("the others were denied by policy", _FAILED, window=repeated(_DENIED, 5)),
        miss("a success", sample(), window=repeated(_FAILED, 5)),
    ),
)
