"""A sign-in succeeded through an anonymizer (Tor, anonymous VPN)."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import IDENTITY_RISK, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..facts import ON, entra_facts
from ..samples import detection, sign_in, with_detections

POINTS = 47


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """47 points at any level, ``hidden`` included: the type is told even where the licence hides the level."""
    facts = entra_facts(activity)
    if facts is None or not facts.anonymized or (facts.sign_in and not facts.success):
        return None
    event = activity.event
    said = "signed in to Entra ID" if facts.sign_in else "was active in Entra ID"
    return Finding(POINTS, f"{who(event)} {said} through an anonymizer, {where(event)}{facts.outcome_text}.")


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_anonymized_ip_signin",
        title="Entra sign-in through an anonymizer",
        meaning="Somebody entered through Tor or an anonymous VPN, which hides where they are.",
        family="entra",
        tier=1,
        attack=("T1021.007", "T1078.004", "T1090.003"),
        controls=("IAM-16", "IAM-14"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://learn.microsoft.com/entra/id-protection/concept-identity-protection-risks",
        ),
        false_positives=("A person with a privacy VPN: agree on a way to work, or allowlist that person with an expiry.",),
    ),
    on=ON,
    match=match,
    cancelled_by_closing=True,
    pairs_as=IDENTITY_RISK,
    examples=(
        hit("no level at all", 47, sign_in(risk_types=("anonymizedIPAddress",))),
        hit("the licence hides the level", 47, sign_in(level_during="hidden", risk_types=("anonymizedIPAddress",))),
        hit("the offline name of the same thing", 47, sign_in(level_during="low", risk_types=("riskyIPAddress",))),
        hit("a linked detection says it", 47, with_detections(sign_in(), detection(risk_type="anonymizedIPAddress", level="low"))),
        hit("a detection without a sign-in", 47, detection(risk_type="anonymizedIPAddress", level="low")),
        hit("letter case does not matter", 47, sign_in(risk_types=("AnonymizedIpAddress",))),
        miss("another risk type", sign_in(level_during="low", risk_types=("unfamiliarFeatures",))),
        miss("a malicious address is not an anonymizer", detection(risk_type="maliciousIPAddress")),
        miss("the sign-in failed", sign_in(risk_types=("anonymizedIPAddress",), outcome=Outcome.FAILURE, error_code=50126)),
        miss("an interrupt waits for its sibling", sign_in(risk_types=("anonymizedIPAddress",), outcome=Outcome.FAILURE, error_code=50140)),
    ),
)
