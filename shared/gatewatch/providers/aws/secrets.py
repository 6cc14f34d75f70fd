"""Removes session tokens and authorization codes from the text of CloudTrail records that are kept as they came (dead letters)."""

import re

from ...reading.late_pattern import LatePattern

REMOVED = "removed"

# A property of JSON text, which may itself be quoted in JSON text (\"sessionToken\":\"...\"), and a parameter of an address.
_TOKEN = LatePattern(r'(?P<name>(?P<slash>\\*)"sessionToken(?P=slash)"\s*:\s*(?P=slash)")[^"]*?(?=(?P=slash)")', re.IGNORECASE)
_CODE = LatePattern(r"(?P<name>[?&;](?:auth_code|state|wdc_csrf_token)=)[^&\"\\\s]*", re.IGNORECASE)


def without_tokens(text: str) -> str:
    """The text with the value of every session token and authorization code replaced by ``removed``."""
    return _CODE.sub(rf"\g<name>{REMOVED}", _TOKEN.sub(rf"\g<name>{REMOVED}", text))
