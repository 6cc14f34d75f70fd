"""An administrator, or Entra itself, has confirmed the compromise."""

from ....model import Activity
from ....tuning import Tuning
from ...phrases import who
from ...rule import IDENTITY_RISK, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..facts import ON, entra_facts
from ..samples import blocked_sign_in, detection, sign_in, with_detections

POINTS = 99


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """99 points, whether the sign-in succeeded or not: the account is in other hands either way."""
    facts = entra_facts(activity)
    if facts is None or not facts.confirmed:
        return None
    return Finding(POINTS, f"The compromise of {who(activity.event)} is confirmed in Entra ID.")


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_confirmed_compromised",
        title="Entra account confirmed compromised",
        meaning="Somebody with the right to say so has confirmed that this account or sign-in is not its owner's.",
        family="entra",
        tier=1,
        attack=("T1078.004", "T1021.007"),
        controls=("IAM-16", "IAM-14"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://learn.microsoft.com/graph/api/signin-confirmcompromised",
        ),
        false_positives=("A drill: close it with the drill's ticket.",),
    ),
    on=ON,
    match=match,
    cancelled_by_closing=True,
    pairs_as=IDENTITY_RISK,
    silenced_by_wildcard=False,
    examples=(
        hit("the state says so", 99, sign_in(risk_state="confirmedcompromised")),
        hit("the detail says so", 99, sign_in(risk_state="atrisk", risk_detail="adminConfirmedSigninCompromised")),
        hit("the sign-in was blocked", 99, blocked_sign_in(risk_state="confirmedcompromised")),
        hit("the user's detection says so", 99, detection(risk_type="adminConfirmedUserCompromised", level="hidden")),
        hit("a linked detection says so", 99, with_detections(sign_in(), detection(state="confirmedCompromised"))),
        hit("a linked detection's detail says so", 99, with_detections(sign_in(), detection(detail="adminConfirmedUserCompromised"))),
        miss("at risk is not confirmed", sign_in(risk_state="atrisk", level_during="high")),
        miss("confirmed safe", sign_in(risk_state="confirmedsafe", risk_detail="adminConfirmedSigninSafe")),
        miss("somebody else said so", sign_in(risk_detail="userReportedCompromised")),
        miss("no detail at all", detection(risk_type=None, state=None)),
    ),
)
