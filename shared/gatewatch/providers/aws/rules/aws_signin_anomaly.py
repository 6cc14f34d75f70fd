"""AWS itself reported an anomalous sign-in."""

from ....model import Activity
from ....tuning import Tuning
from ...phrases import who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..facts import ANOMALY, named, on
from ..samples import console_login

POINTS = 47


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """47 points: AWS sees more of a sign-in than CloudTrail says."""
    if named(activity, ANOMALY) is None:
        return None
    event = activity.event
    return Finding(POINTS, f"AWS reported an anomalous sign-in of {who(event)} in account {event.account or 'unknown'}.")


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_signin_anomaly",
        title="AWS sign-in anomaly alert",
        meaning="AWS compared this sign-in with what it knows about the user and the address, and found it unusual.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-14",),
        references=("https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-signin.html",),
        false_positives=("Travel or a new machine: ask the owner on another channel.",),
    ),
    on=on(ANOMALY),
    match=match,
    examples=(
        hit("AWS's alert", 47, console_login(event_name=ANOMALY, ip=None, address=None)),
        miss("a console login", console_login()),
    ),
)
