"""The Entra detections, a module each, in the order of the specification's tables: the order breaks ties of which rule names an alert."""

from ...rule import Rule
from . import (
    entra_anonymized_ip_signin,
    entra_confirmed_compromised,
    entra_risky_signin,
    entra_risky_signin_blocked,
    entra_undetermined_risk,
    entra_user_risk_detection,
)

RULES: tuple[Rule, ...] = (
    entra_risky_signin.RULE,
    entra_anonymized_ip_signin.RULE,
    entra_user_risk_detection.RULE,
    entra_confirmed_compromised.RULE,
    entra_undetermined_risk.RULE,
    entra_risky_signin_blocked.RULE,
)
