"""The ids of AWS access keys on a command line. An id is no secret: CloudTrail writes it into every record of the key (userIdentity.accessKeyId).

What stands where a secret is expected is never taken for an id, whatever it looks like: ids are searched in what redaction leaves.
Source of the form: IAM API reference, AccessKey (16 to 128 characters); IAM user guide, "IAM identifiers" (AKIA long-term, ASIA temporary).
"""

import re
from collections.abc import Sequence

from .redact import decoded, redact, redact_args

MOST = 8
"""Ids kept of one event."""

_ID = re.compile(r"(?<![A-Za-z0-9_])(?:AKIA|ASIA)[A-Z0-9]{12,124}(?![A-Za-z0-9_+=~-])", re.ASCII)


def access_keys(line: str | None, args: Sequence[str]) -> tuple[str, ...]:
    """The ids of access keys that this command line or script and these arguments name, in their order, each once."""
    texts = [redact(line, _ID)] if line and _may_name(line) else []
    if _may_name(" ".join(args)):
        texts += redact_args(list(args), _ID)
    return tuple(dict.fromkeys(found for text in texts for found in _ID.findall(text)))


def _may_name(text: str) -> bool:
    """Whether redacting the text could leave an id; nearly all texts are done with this."""
    shown = decoded(text)
    return "AKIA" in shown or "ASIA" in shown
