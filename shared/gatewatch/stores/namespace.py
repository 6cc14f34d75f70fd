"""What names an installation: everything that it stores carries this name."""

import re

NAMESPACE_FORM = "1 to 64 of a-z, 0-9 and _"
NAMESPACE_PATTERN = r"[a-z0-9_]{1,64}"


def is_namespace(text: str) -> bool:
    """Whether a text names an installation. No hyphen: it separates the namespace from what comes before and after it."""
    return re.fullmatch(NAMESPACE_PATTERN, text) is not None
