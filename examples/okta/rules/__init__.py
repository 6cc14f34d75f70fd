"""The Okta detections."""

from ...rule import Rule
from . import okta_risky_signin

RULES: tuple[Rule, ...] = (okta_risky_signin.RULE,)
