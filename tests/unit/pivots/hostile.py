"""Values that an attacker would write, and templates filled in with them."""

import re

from gatewatch.pivots import Block, fill

HOSTILE = (
    "$(touch /tmp/x)", "`id`", "a'b", 'a"b', "a\\b", "a\nb", "a\r\n; rm -rf /", "\u202egnp.exe", "\u2028", "</script>", "{arn}", "*", "%27", "=1+1",
    "' or 1 eq 1 or '", '" | delete', "a\tb", "\x00", "\ud800", "${IFS}", "#", "; DROP", "\\' ; x", "ü", "😀",
)  # fmt: skip
"""One at a time."""

_WORST = "x' \" \\ `id` $(id) \u202e\n| delete */ ;"
NAMED = {
    "account", "access_key_id", "arn", "correlation_id", "event_id", "host", "identity_store_id", "instance_id", "request_id", "role",
    "service_principal_id", "signin_id", "source_ip", "trail", "upn", "user", "user_id", "user_or_session",
}  # fmt: skip
TIMES = {"now": "2026-11-20T12:00:00Z", "region": "eu-central-1", "regions": "us-east-1 eu-central-1"}


def _time(name: str) -> str:
    return "1795078920" if name.startswith("e_") else "2026-11-20T08:00:00Z"


def filled(block: Block) -> str:
    """The block with a hostile value for every name."""
    wanted = re.findall(r"\{([a-z][a-z0-9_]*)\}", block.text)
    times = {name: _time(name) for name in wanted if re.match(r"(?:t|e)(_|$)", name)}
    return fill(block, dict.fromkeys(NAMED, _WORST) | TIMES | times).text
