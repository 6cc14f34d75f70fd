"""A console session switched into a role of another account."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..facts import SWITCH_ROLE, named, on
from ..samples import role_login
from ..steps import ROLE

POINTS = 15


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """15 points when the account it came from is known and differs."""
    event = activity.event
    aws = named(activity, SWITCH_ROLE)
    if aws is None or event.outcome is Outcome.FAILURE:
        return None
    came_from, went_to = aws.switch_from_account, event.account
    if not came_from or not went_to or came_from == went_to:
        return None
    return Finding(POINTS, f"{who(event)} switched from account {came_from} into account {went_to} from {where(event)}.")


def _switch(**changes: object) -> Activity:
    defaults: dict[str, object] = {
        "event_name": SWITCH_ROLE,
        "action": SWITCH_ROLE,
        "switch_from": "arn:aws:iam::999999999999:user/Alice",
        "switch_from_account": "999999999999",
    }
    return role_login(**{**defaults, **changes})


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_switch_role_cross_account",
        title="AWS role switch into another account",
        meaning="A console session moved from one account into another; normal for platform teams, a path for intruders.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-11", "IAM-09"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html",
        ),
        false_positives=("Platform teams: it is low, and silent on its own.",),
        first_steps=ROLE,
    ),
    on=on(SWITCH_ROLE),
    match=match,
    examples=(
        hit("into another account", 15, _switch()),
        hit("outcome not logged", 15, _switch(outcome=Outcome.UNKNOWN)),
        miss("within the account", _switch(switch_from_account="111122223333")),
        miss("where it came from is unknown", _switch(switch_from=None, switch_from_account=None)),
        miss("where it went is unknown", _switch(account=None)),
        miss("it failed", _switch(outcome=Outcome.FAILURE)),
        miss("a login", role_login(switch_from_account="999999999999")),
    ),
)
