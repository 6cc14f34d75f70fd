"""What PowerShell makes of nested values: objects as text, wrapped lists, and names of types in place of values.

``ConvertTo-Json`` writes objects below its depth (2 by default) as text, and ``Export-Csv`` writes every nested value so. Text of the
forms ``@{ErrorCode=0; FailureReason=Other.}`` and ``class Status { ErrorCode: 0 }`` (one line each) still holds the values; the name of a type
(``System.Object[]``, ``Microsoft.Graph.PowerShell.Models.MicrosoftGraphSignInStatus``) holds none. PowerShell 5 wraps lists as
``{"value": [...], "Count": 2}``.
"""

import re

from .late_pattern import LatePattern

_LIMIT_CHARS = 65_536
_PAIR = LatePattern(r"(?:^|; )([A-Za-z_][\w@.]{0,127})=")
_LINE = LatePattern(r"^[ \t]*([A-Za-z_]\w{0,127}):[ \t]?([^\r\n]*)\r?$", re.MULTILINE)
_TYPE_NAME = LatePattern(r"(?:System|Microsoft|Newtonsoft|Azure)(?:\.[A-Za-z_]\w*)+(?:`\d+)?(?:\[[\w.,`\[\] ]*\])?")


def is_type_name(value: object) -> bool:
    """Whether this is the name of a .NET type where a value should be: the value was lost when the file was written."""
    return isinstance(value, str) and "." in value and len(value) <= 512 and _TYPE_NAME.fullmatch(value.strip()) is not None


def object_in(text: str) -> dict[str, object] | None:
    """The object that PowerShell wrote as this text; None if the text is no such object or if a name stands in it twice.

    A value may hold what looks like a further pair, and only the vendor's names are known to be there once, so a double name is refused.
    """
    if not text.lstrip().startswith(("@{", "class ")) or len(text) > _LIMIT_CHARS:
        return None
    text = text.strip()
    if text.startswith("@{") and text.endswith("}"):
        body = text[2:-1]
        found = list(_PAIR.finditer(body))
        ends = [*(match.start() for match in found[1:]), len(body)]
        pairs = [(match.group(1), body[match.end() : end]) for match, end in zip(found, ends, strict=False)]
    else:
        pairs = [(match.group(1), match.group(2)) for match in _LINE.finditer(text)]
    values: dict[str, object] = {name: value.strip() or None for name, value in pairs}
    folded = {name.casefold() for name in values}
    return values if values and len(folded) == len(pairs) else None


def list_in(value: object) -> list[object] | None:
    """This list, or the list that PowerShell 5 wrapped into an object (``{"value": [...], "Count": 2}``); None for anything else."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and len(value) == 2 and "Count" in value and isinstance(inner := value.get("value"), list):
        return inner
    return None
