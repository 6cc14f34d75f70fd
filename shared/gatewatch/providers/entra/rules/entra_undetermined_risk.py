"""Entra saw a risk that the tenant's licence does not name."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import IDENTITY_RISK, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..facts import ON, entra_facts
from ..samples import detection, sign_in, with_detections

POINTS = 21


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """21 points: type ``generic`` with a hidden level. ``hidden`` alone is no risk: such a tenant hides every level."""
    facts = entra_facts(activity)
    if facts is None or not facts.undetermined or (facts.sign_in and not facts.success):
        return None
    return Finding(POINTS, f"Entra ID saw a risk for {who(activity.event)} from {where(activity.event)} that this licence does not name.")


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_undetermined_risk",
        title="Entra risk of unknown kind",
        meaning="Entra ID noticed something, but without a P2 licence it does not say what or how bad.",
        family="entra",
        tier=1,
        attack=("T1078.004",),
        controls=("IAM-16",),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://learn.microsoft.com/entra/id-protection/overview-identity-protection",
        ),
        false_positives=("Most of them: travel and new devices arrive under this name. It is low, and silent on its own.",),
    ),
    on=ON,
    match=match,
    cancelled_by_closing=True,
    pairs_as=IDENTITY_RISK,
    examples=(
        hit("generic and hidden", 21, sign_in(level_during="hidden", risk_types=("generic",))),
        hit("a linked detection says it", 21, with_detections(sign_in(), detection(risk_type="generic", level="hidden"))),
        hit("a detection without a sign-in", 21, detection(risk_type="generic", level="hidden")),
        miss("hidden alone is no risk", sign_in(level_during="hidden")),
        miss("another type, hidden", sign_in(level_during="hidden", risk_types=("unfamiliarFeatures",))),
        miss("generic with a level: the level speaks", sign_in(level_during="medium", level_aggregated="hidden", risk_types=("generic",))),
        miss("generic without any level", sign_in(risk_types=("generic",))),
        miss("the sign-in failed", sign_in(level_during="hidden", risk_types=("generic",), outcome=Outcome.FAILURE, error_code=50126)),
    ),
)
