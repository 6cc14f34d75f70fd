"""The Entra detections, a module each, in the order of the specification's tables: the order breaks ties of which rule names an alert."""

from ...rule import Rule
from . import (
    entra_anonymized_ip_signin,
    entra_confirmed_compromised,
    entra_device_code_signin,
    entra_password_grant_signin,
    entra_password_spray,
    entra_risky_signin,
    entra_risky_signin_blocked,
    entra_single_factor_control_plane,
    entra_success_after_failures,
    entra_sync_account_signin,
    entra_undetermined_risk,
    entra_unfamiliar_signin,
    entra_user_risk_detection,
    entra_workload_unfamiliar,
)

RULES: tuple[Rule, ...] = (
    entra_risky_signin.RULE,
    entra_anonymized_ip_signin.RULE,
    entra_user_risk_detection.RULE,
    entra_confirmed_compromised.RULE,
    entra_undetermined_risk.RULE,
    entra_risky_signin_blocked.RULE,
    entra_device_code_signin.RULE,
    entra_password_grant_signin.RULE,
    entra_single_factor_control_plane.RULE,
    entra_unfamiliar_signin.RULE,
    entra_sync_account_signin.RULE,
    entra_success_after_failures.RULE,
    entra_password_spray.RULE,
    entra_workload_unfamiliar.RULE,
)
