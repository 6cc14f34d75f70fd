"""Entra reports a risk of the user that belongs to no sign-in."""

from ....model import Activity
from ....tuning import Tuning
from ...phrases import who
from ...rule import IDENTITY_RISK, Finding, Rule, RuleMetadata, Trigger, Window
from ...samples import changed, hit, miss
from ..detail import RiskDetection, risk_of
from ..facts import HIGH, MEDIUM, entra_facts
from ..samples import detection, sign_in, with_detections

POINTS = {MEDIUM: 47, HIGH: 73}


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """47 points for medium, 73 for high."""
    facts = entra_facts(activity)
    if facts is None or facts.sign_in or facts.level not in POINTS:
        return None
    risk = risk_of(activity.event)
    kind = (risk.risk_type if risk is not None else None) or "an unnamed risk"
    return Finding(POINTS[facts.level], f"Entra ID reports {kind} for {who(activity.event)} at {facts.level_name} risk, without a sign-in.")


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_user_risk_detection",
        title="Entra user risk at medium or high",
        meaning="Entra ID learnt something about the account itself, for example that its password is for sale.",
        family="entra",
        tier=1,
        attack=("T1078.004",),
        controls=("IAM-16", "IAM-14"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://learn.microsoft.com/graph/api/resources/riskdetection",
        ),
        false_positives=("An old leak whose password was changed since: dismiss the user risk in Entra with that reason.",),
    ),
    on=(Trigger(RiskDetection),),
    match=match,
    cancelled_by_closing=True,
    pairs_as=IDENTITY_RISK,
    examples=(
        hit("medium", 47, detection(level="medium")),
        hit("high", 73, detection(level="high")),
        hit("leaked credentials are high whatever the level", 73, detection(risk_type="leakedCredentials", level="hidden")),
        hit("a stolen refresh token attempt is high", 73, detection(risk_type="attemptedPrtAccess", level="low")),
        hit("told once, not twice over", 47, changed(detection(), detections=())),
        miss("low is recorded only", detection(level="low")),
        miss("hidden says nothing", detection(level="hidden")),
        miss("linked to a sign-in: the sign-in's rule speaks", with_detections(sign_in(), detection(level="high"))),
    ),
)
