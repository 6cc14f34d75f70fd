"""The AWS detections, a module each, in the order of the specification's tables: the order breaks ties of which rule names an alert."""

from ...rule import PairRule, Rule
from . import (
    aws_access_key_unfamiliar,
    aws_cli_login,
    aws_console_failures,
    aws_console_login_instance_role,
    aws_console_login_no_mfa,
    aws_console_login_unattributed_role,
    aws_console_mfa_failures,
    aws_console_success_after_failures,
    aws_federated_user_console_login,
    aws_identity_center_device_code,
    aws_identity_center_single_factor,
    aws_instance_role_elsewhere,
    aws_login_then_watching_stopped,
    aws_root_console_failures,
    aws_root_console_login,
    aws_root_takeover,
    aws_signin_anomaly,
    aws_signin_token_unexpected_client,
    aws_switch_role_cross_account,
    aws_token_from_key,
    aws_unfamiliar_console_login,
    aws_watching_stopped,
)

RULES: tuple[Rule, ...] = (
    aws_console_login_no_mfa.RULE,
    aws_root_console_login.RULE,
    aws_federated_user_console_login.RULE,
    aws_console_login_instance_role.RULE,
    aws_console_login_unattributed_role.RULE,
    aws_signin_token_unexpected_client.RULE,
    aws_switch_role_cross_account.RULE,
    aws_cli_login.RULE,
    aws_console_mfa_failures.RULE,
    aws_console_success_after_failures.RULE,
    aws_identity_center_single_factor.RULE,
    aws_identity_center_device_code.RULE,
    aws_root_takeover.RULE,
    aws_root_console_failures.RULE,
    aws_console_failures.RULE,
    aws_signin_anomaly.RULE,
    aws_token_from_key.RULE,
    aws_watching_stopped.RULE,
    aws_unfamiliar_console_login.RULE,
    aws_access_key_unfamiliar.RULE,
    aws_instance_role_elsewhere.RULE,
)

PAIR_RULES: tuple[PairRule, ...] = (aws_login_then_watching_stopped.RULE,)
