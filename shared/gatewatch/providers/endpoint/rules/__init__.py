"""The endpoint detections, a module each."""

from ...rule import Rule
from . import endpoint_cloud_cli_auth

RULES: tuple[Rule, ...] = (endpoint_cloud_cli_auth.RULE,)
