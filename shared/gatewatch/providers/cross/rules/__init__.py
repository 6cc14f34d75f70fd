"""The detections that need two providers, or that any provider's sign-in can match."""

from ...rule import PairRule, Rule
from . import break_glass_signin, xcloud_endpoint_then_cloud, xcloud_entra_risk_then_aws, xcloud_saml_without_signin

RULES: tuple[Rule, ...] = (break_glass_signin.RULE, xcloud_saml_without_signin.RULE)

PAIR_RULES: tuple[PairRule, ...] = (
    xcloud_entra_risk_then_aws.RULE,
    xcloud_endpoint_then_cloud.RULE,
)
