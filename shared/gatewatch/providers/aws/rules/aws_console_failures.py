"""One address failed to sign in as many users."""

from collections.abc import Iterator
from heapq import nsmallest

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Modifier, Rule, RuleMetadata, Window
from ...samples import changed, hit, miss, on_demand, repeated
from ...window import name, principal
from ..facts import CONSOLE_LOGIN, WINDOW, console_login, failed_login, on
from ..samples import console_login as sample

POINTS = 35
USERS = 10
_NAMED_AT_MOST = 10
_SUCCEEDED = Modifier("success after failures", 22, "The address signed in as one of its users.")


def match(activity: Activity, window: Window, _tuning: Tuning) -> Finding | None:
    """35 points from the tenth user within 15 minutes on; 22 more when the address succeeds. Hidden names count as one user."""
    own = failed_login(activity)
    if not own and console_login(activity) is None:
        return None
    failed = window.where(failed_login).by(principal, name)
    if own:
        failed[principal(activity)] = name(activity)
    if len(failed) < USERS:
        return None
    succeeded = () if own else (_SUCCEEDED,)
    users = ", ".join(nsmallest(_NAMED_AT_MOST, failed.values()))
    more = f" and {len(failed) - _NAMED_AT_MOST} more" if len(failed) > _NAMED_AT_MOST else ""
    entered = f" and then signed in as {who(activity.event)}" if succeeded else ""
    place = where(activity.event)
    return Finding(POINTS, f"{place} failed to sign in as {len(failed)} users within 15 minutes ({users}{more}){entered}.", succeeded)


def _as(number: int, **changes: object) -> Activity:
    return sample(principal=f"user{number}", user_name=f"user{number}", id=f"aws|{number}", **changes)


@on_demand
def _failures(count: int, **changes: object) -> Iterator[Activity]:
    return (changed(_as(number), outcome=Outcome.FAILURE, **changes) for number in range(1, count + 1))


@on_demand
def _successes() -> Iterator[Activity]:
    return (_as(number) for number in range(2, 20))


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_console_failures",
        title="AWS console failures of many users",
        meaning="One address tries the passwords of many users, a few for each, so that no single account is locked or stands out.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1110.003", "T1078.004"),
        controls=("IAM-14",),
        references=(
            "https://attack.mitre.org/techniques/T1110/003/",
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
        ),
        false_positives=(
            "The shared exit of an office or a VPN after a change of the password rules: allowlist its network for that day.",
            "A scan that was ordered: allowlist its address until it ends.",
        ),
    ),
    on=on(CONSOLE_LOGIN),
    reach=WINDOW,
    scope="address",
    crowd=USERS,
    match=match,
    examples=(
        hit("the tenth user", 35, _as(10, outcome=Outcome.FAILURE), window=_failures(9)),
        hit("one of ten again", 35, _as(1, outcome=Outcome.FAILURE), window=_failures(10)),
        hit("a success of the address", 35, _as(3), window=_failures(10)),
        hit("twelve users", 35, _as(12, outcome=Outcome.FAILURE), window=_failures(11)),
        miss("the ninth user", _as(9, outcome=Outcome.FAILURE), window=_failures(8)),
        miss("a success after nine", _as(3), window=_failures(9)),
        miss("one user many times", _as(1, outcome=Outcome.FAILURE), window=repeated(_as(1, outcome=Outcome.FAILURE), 15)),
        miss("successes of many users", _as(1), window=_successes()),
        miss("failures of something else", _as(1, outcome=Outcome.FAILURE), window=_failures(12, event_name="CheckMfa")),
        miss("an unknown outcome", _as(1, outcome=Outcome.UNKNOWN), window=_failures(12)),
    ),
)
