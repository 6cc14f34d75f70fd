"""The endpoint detections, a module each."""

from ...rule import Rule
from . import endpoint_attack_tool, endpoint_cloud_cli_auth, endpoint_login_connection

RULES: tuple[Rule, ...] = (endpoint_cloud_cli_auth.RULE, endpoint_attack_tool.RULE, endpoint_login_connection.RULE)
