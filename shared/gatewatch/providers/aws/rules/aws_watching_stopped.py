"""Somebody weakened what CloudTrail records, or what reaches Gatewatch."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import changed, hit, miss
from ..detail import MonitoringChange, Weakening, aws_of
from ..event_names import WATCHING_CALLS
from ..facts import WATCHING_STOPPED, on
from ..samples import console_login
from ..samples import trail_call as sample
from ..steps import WATCHING

POINTS = 57
POINTS_REFUSED = 21
_CLOUDFORMATION = "cloudformation.amazonaws.com"
_DID = {
    Weakening.LOGGING_STOPPED: "stopped the logging of trail",
    Weakening.TRAIL_DELETED: "deleted trail",
    Weakening.TRAIL_NARROWED: "took Regions, accounts or global services from trail",
    Weakening.MANAGEMENT_EVENTS_REMOVED: "removed management events from trail",
    Weakening.RULE_DISABLED: "disabled event rule",
    Weakening.RULE_DELETED: "deleted event rule",
    Weakening.RULE_CHANGED: "changed event rule",
    Weakening.TARGETS_REMOVED: "removed the targets of event rule",
    Weakening.TARGETS_CHANGED: "changed the targets of event rule",
    Weakening.BUS_DELETED: "deleted event bus",
    Weakening.BUS_POLICY_CHANGED: "changed who may send to event bus",
    Weakening.MAPPING_STOPPED: "stopped or filtered the queue of",
    Weakening.FUNCTION_STOPPED: "stopped or deleted function",
}


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """57 points for a trail, and for rules, buses and functions of Gatewatch; 21 for what was refused."""
    event, aws = activity.event, aws_of(activity.event)
    if aws is None or aws.change is None or (aws.change.ours and _CLOUDFORMATION in {aws.invoked_by, event.place.address}):
        return None  # AWS writes who invoked a call and the address of a service; the user agent is the caller's word and proves nothing
    change = aws.change
    if event.outcome is Outcome.FAILURE and _may_weaken(change):
        return Finding(POINTS_REFUSED, f"{who(event)} tried {aws.event_name} from {where(event)} and was refused.")
    if event.outcome is not Outcome.SUCCESS or change.weakening is None or change.ours is False:
        return None
    return Finding(POINTS, f"{who(event)} {_DID[change.weakening]} {change.target or 'without a name in the record'} from {where(event)}.")


def _may_weaken(change: MonitoringChange) -> bool:
    """Whether a refused call counts: one without parameters may have been about anything, so it counts as well."""
    return change.ours is not False and (change.weakening is not None or change.target is None)


def _ours(event_name: str = "DeleteRule", weakening: Weakening | None = Weakening.RULE_DELETED, **changes: object) -> Activity:
    return sample(event_name, weakening, **{"target": "prod-gatewatch-sign-in", "ours": True, **changes})


_FOR_A_STACK: dict[str, object] = {"invoked_by": _CLOUDFORMATION, "address": _CLOUDFORMATION, "ip": None}

RULE = Rule(
    metadata=RuleMetadata(
        id="aws_watching_stopped",
        title="AWS recording or its delivery weakened",
        meaning="From here on, what happens in the account may leave no record or reach nobody; it is often the first act after entry.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1562.008"),
        controls=("IAM-16", "IAM-09", "IAM-10"),
        references=(
            "https://attack.mitre.org/techniques/T1562/008/",
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
        ),
        false_positives=(
            "A planned change of trails: ask for its ticket, and check that another trail records management events of every Region.",
            "An edit of a trail in the console sends every setting: a trail of one Region or one account stays what it was.",
            "A deployment of Gatewatch that does not go through CloudFormation.",
        ),
        first_steps=WATCHING,
    ),
    on=on(*WATCHING_CALLS),
    match=match,
    pairs_as=WATCHING_STOPPED,
    examples=(
        hit("logging is stopped", 57, sample()),
        hit("a trail is deleted", 57, sample("DeleteTrail", Weakening.TRAIL_DELETED)),
        hit("a trail is narrowed", 57, sample("UpdateTrail", Weakening.TRAIL_NARROWED)),
        hit("management events are removed", 57, sample("PutEventSelectors", Weakening.MANAGEMENT_EVENTS_REMOVED)),
        hit("CloudFormation deletes a trail", 57, sample("DeleteTrail", Weakening.TRAIL_DELETED, **_FOR_A_STACK)),
        hit("our rule is deleted", 57, _ours()),
        hit("the target of our rule is changed", 57, _ours("PutTargets", Weakening.TARGETS_CHANGED)),
        hit("nobody may send to our bus any more", 57, _ours("RemovePermission", Weakening.BUS_POLICY_CHANGED)),
        hit("our mapping is stopped", 57, _ours("UpdateEventSourceMapping", Weakening.MAPPING_STOPPED)),
        hit("our bus is deleted by somebody who calls himself CloudFormation", 57, _ours(user_agent=_CLOUDFORMATION)),
        hit("refused", 21, sample(outcome=Outcome.FAILURE)),
        hit("refused without parameters", 21, _ours("DeleteRule", None, target=None, ours=None, outcome=Outcome.FAILURE)),
        miss("selectors that record everything", sample("PutEventSelectors", None)),
        miss("and were refused", sample("PutEventSelectors", None, outcome=Outcome.FAILURE)),
        miss("CloudFormation updates our stack", changed(_ours(), **_FOR_A_STACK)),
        miss("CloudFormation updates our stack, by its address", changed(_ours(), address=_CLOUDFORMATION, ip=None)),
        miss("CloudFormation updates our stack for a person", changed(_ours(), invoked_by=_CLOUDFORMATION)),
        miss("somebody else's rule", _ours(ours=False)),
        miss("somebody else's rule, refused", _ours(ours=False, outcome=Outcome.FAILURE)),
        miss("the batch size of our mapping", _ours("UpdateEventSourceMapping", None)),
        miss("an unknown outcome", sample(outcome=Outcome.UNKNOWN)),
        miss("a console login", console_login()),
    ),
)
