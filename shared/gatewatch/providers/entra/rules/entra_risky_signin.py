"""A sign-in succeeded although Entra calls it medium or high risk."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import IDENTITY_RISK, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..facts import HIGH, MEDIUM, ON, OUTCOME_LOST, entra_facts
from ..samples import detection, sign_in, with_detections

POINTS = {MEDIUM: 47, HIGH: 73}


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """47 points for medium, 73 for high; the level is the highest that the sign-in or a linked detection says."""
    facts = entra_facts(activity)
    if facts is None or not facts.success or facts.level not in POINTS:
        return None  # low is recorded only: on its own it is mostly travel and new phones
    event = activity.event
    return Finding(
        POINTS[facts.level], f"{who(event)} signed in to Entra ID from {where(event)} at {facts.level_name} risk{facts.outcome_text}."
    )


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_risky_signin",
        title="Entra sign-in at medium or high risk",
        meaning="Entra ID let somebody in although its own risk engine doubts that it is the owner of the account.",
        family="entra",
        tier=1,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-16", "IAM-14"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://learn.microsoft.com/entra/id-protection/concept-identity-protection-risks",
        ),
        false_positives=(
            "Travel, a new phone or a new home provider: confirm with the person, then confirm the sign-in safe.",
            "A corporate VPN or proxy exit that Entra does not know: name it as a location in Entra and in known_networks.",
        ),
    ),
    on=ON,
    match=match,
    published=True,
    cancelled_by_closing=True,
    pairs_as=IDENTITY_RISK,
    examples=(
        hit("medium during sign-in", 47, sign_in(level_during="medium")),
        hit("high aggregated later", 73, sign_in(level_during="low", level_aggregated="high")),
        hit("a linked detection raises it", 73, with_detections(sign_in(level_during="medium"), detection(level="high"))),
        hit("a linked detection alone", 47, with_detections(sign_in(), detection(level="medium"))),
        hit("a nation state address is high whatever the level", 73, sign_in(level_during="low", risk_types=("nationStateIP",))),
        hit("attacker in the middle, licence hides the level", 73, sign_in(level_during="hidden", risk_types=("attackerinTheMiddle",))),
        hit(
            "a sign-in that nobody found yet counts as a success",
            47,
            with_detections(sign_in(synthetic=True, app_id=None), detection(level="medium")),
        ),
        miss("no risk", sign_in()),
        miss("low risk is recorded only", sign_in(level_during="low", risk_state="atrisk")),
        miss("hidden says nothing", sign_in(level_during="hidden", level_aggregated="hidden")),
        miss("a level we do not know is not a risk", sign_in(level_during="unknownfuturevalue")),
        miss("the sign-in failed", sign_in(level_during="high", outcome=Outcome.FAILURE, error_code=50126)),
        miss("unknown outcome is not success", sign_in(level_during="high", outcome=Outcome.UNKNOWN, error_code=None)),
        hit(
            "an outcome that was lost when a file was written counts as a success",
            73,
            sign_in(level_during="high", outcome=Outcome.UNKNOWN, error_code=None, data_quality=(OUTCOME_LOST,)),
        ),
        miss("no sign-in: user-level risk has its own rule", detection(level="high")),
    ),
)
