"""A risky sign-in had the right password and was stopped."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import IDENTITY_RISK, Finding, Rule, RuleMetadata, Trigger, Window
from ...samples import hit, miss
from ..detail import EntraSignIn
from ..facts import MEDIUM, entra_facts
from ..samples import blocked_sign_in, detection, sign_in, with_detections

POINTS = 30


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """30 points: risk medium or higher, or an anonymizer, and one of the 17 codes that mean "password right, stopped"."""
    facts = entra_facts(activity)
    if facts is None or not facts.blocked or not (facts.level >= MEDIUM or facts.anonymized):
        return None
    event = activity.event
    return Finding(POINTS, f"Somebody at {where(event)} knows the password of {who(event)} and was stopped.")


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_risky_signin_blocked",
        title="Risky Entra sign-in stopped after the password",
        meaning="The door held, but the key is known: the password of this account is in other hands.",
        family="entra",
        tier=2,
        attack=("T1021.007", "T1078.004", "T1110"),
        controls=("IAM-16", "IAM-14"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
        ),
        false_positives=("The owner, travelling, stopped by the same policy: confirm with them before the password is changed.",),
    ),
    on=(Trigger(EntraSignIn, outcome=Outcome.FAILURE),),
    match=match,
    cancelled_by_closing=True,
    pairs_as=IDENTITY_RISK,
    examples=(
        hit("medium risk, Conditional Access", 30, blocked_sign_in(level_during="medium")),
        hit("anonymizer, MFA required", 30, blocked_sign_in(error_code=50076, risk_types=("anonymizedIPAddress",))),
        hit("a linked detection brings the risk", 30, with_detections(blocked_sign_in(), detection(level="high"))),
        miss("no risk: MFA prompts are daily life", blocked_sign_in(error_code=50076)),
        miss("low risk", blocked_sign_in(level_during="low")),
        miss("wrong password", blocked_sign_in(error_code=50126, level_during="high")),
        miss("locked out before the password counted", blocked_sign_in(error_code=50053, level_during="high")),
        miss("legacy authentication is blocked by default", blocked_sign_in(error_code=530035, level_during="high")),
        miss("it succeeded", sign_in(level_during="high")),
        miss("unknown outcome", blocked_sign_in(level_during="high", outcome=Outcome.UNKNOWN)),
    ),
)
