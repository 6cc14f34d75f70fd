"""CSA CCM 4.1 controls that CTID's Mappings Explorer lists as mitigating T1021.007, and which of them a rule gives evidence about.

A detector gives evidence about these controls; it does not implement them.
Source: CTID Mappings Explorer, csa_ccm 4.1 x ATT&CK 17.1, mapping type "mitigates", updated 2026-01-27.
"""

SOURCE = "CTID Mappings Explorer, CSA CCM 4.1 x ATT&CK 17.1, 2026-01-27"

CONTROLS = {
    "IAM-16": "Authorization Mechanisms",
    "IAM-14": "Strong Authentication",
    "IAM-11": "CSCs Approval for Agreed Privileged Access Roles",
    "IAM-10": "Management of Privileged Access Roles",
    "IAM-09": "Segregation of Privileged Access Roles",
    "IPY-03": "Secure Interoperability and Portability Management",
    "IPY-02": "Application Interface Availability",
}

_OF_RULE = {
    "aws_console_login_no_mfa": ("IAM-14", "IPY-03"),
    "aws_root_console_login": ("IAM-14", "IAM-10", "IAM-09"),
    "entra_risky_signin": ("IAM-16", "IAM-14"),
    "entra_anonymized_ip_signin": ("IAM-16", "IAM-14"),
    "entra_user_risk_detection": ("IAM-16", "IAM-14"),
    "entra_confirmed_compromised": ("IAM-16", "IAM-14"),
    "entra_undetermined_risk": ("IAM-16",),
    "endpoint_cloud_cli_auth": ("IPY-02",),
    "aws_federated_user_console_login": ("IAM-14", "IAM-11"),
    "aws_console_login_instance_role": ("IAM-16", "IAM-09"),
    "aws_console_login_unattributed_role": ("IAM-14", "IAM-11"),
    "aws_signin_token_unexpected_client": ("IAM-16", "IPY-02"),
    "aws_switch_role_cross_account": ("IAM-11", "IAM-09"),
    "aws_cli_login": ("IAM-16", "IPY-02"),
    "aws_console_mfa_failures": ("IAM-14",),
    "aws_console_success_after_failures": ("IAM-14",),
    "entra_risky_signin_blocked": ("IAM-16", "IAM-14"),
    "break_glass_signin": ("IAM-10", "IAM-09"),
    "xcloud_entra_risk_then_aws": ("IAM-16", "IAM-14", "IAM-09"),
    "xcloud_endpoint_then_cloud": ("IAM-16", "IPY-02"),
}


def controls_of(rule_id: str) -> tuple[str, ...]:
    """The controls that a rule gives evidence about; a rule of your own gives evidence about authorization (IAM-16)."""
    return _OF_RULE.get(rule_id, ("IAM-16",))
