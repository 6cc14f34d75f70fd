"""Every detection, by hand in the order of the specification: the order breaks ties of which rule names an alert."""

from ..rule import PairRule, Rule
from . import (
    aws_cli_login,
    aws_console_login_instance_role,
    aws_console_login_no_mfa,
    aws_console_login_unattributed_role,
    aws_console_mfa_failures,
    aws_console_success_after_failures,
    aws_federated_user_console_login,
    aws_root_console_login,
    aws_signin_token_unexpected_client,
    aws_switch_role_cross_account,
    break_glass_signin,
    endpoint_cloud_cli_auth,
    entra_anonymized_ip_signin,
    entra_confirmed_compromised,
    entra_risky_signin,
    entra_risky_signin_blocked,
    entra_undetermined_risk,
    entra_user_risk_detection,
    xcloud_endpoint_then_cloud,
    xcloud_entra_risk_then_aws,
)

RULES: tuple[Rule, ...] = (
    aws_console_login_no_mfa.RULE,
    aws_root_console_login.RULE,
    entra_risky_signin.RULE,
    entra_anonymized_ip_signin.RULE,
    entra_user_risk_detection.RULE,
    entra_confirmed_compromised.RULE,
    entra_undetermined_risk.RULE,
    endpoint_cloud_cli_auth.RULE,
    aws_federated_user_console_login.RULE,
    aws_console_login_instance_role.RULE,
    aws_console_login_unattributed_role.RULE,
    aws_signin_token_unexpected_client.RULE,
    aws_switch_role_cross_account.RULE,
    aws_cli_login.RULE,
    aws_console_mfa_failures.RULE,
    aws_console_success_after_failures.RULE,
    entra_risky_signin_blocked.RULE,
    break_glass_signin.RULE,
)

PAIR_RULES: tuple[PairRule, ...] = (
    xcloud_entra_risk_then_aws.RULE,
    xcloud_endpoint_then_cloud.RULE,
)

_ALL: tuple[Rule | PairRule, ...] = (*RULES, *PAIR_RULES)

BY_ID: dict[str, Rule | PairRule] = {rule.id: rule for rule in _ALL}

CATALOGUE_ORDER: dict[str, int] = {rule_id: place for place, rule_id in enumerate(BY_ID)}

# Entra's own closing (remediated, dismissed, confirmed safe) takes these back; a break-glass sign-in stays one.
CANCELLED_BY_CLOSING: frozenset[str] = frozenset(rule.id for rule in RULES if rule.id.startswith("entra_"))
