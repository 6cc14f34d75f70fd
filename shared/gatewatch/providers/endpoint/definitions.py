"""Function definitions in PowerShell: a definition is no call, and a module logs its definitions when it is loaded."""

import re

from msgspec import Struct

_FUNCTION = re.compile(
    r"\b(?:function|filter|workflow)\s+((?:global:|script:|local:)?[\w-]{1,120})\s*(?:\([^()]{0,2000}\)\s*)?\{", re.IGNORECASE
)
_TOKEN = re.compile(r"'(?:[^']|'')*+'?|\"(?:[^\"`]|`.)*+\"?|<#(?:[^#]|#(?!>))*+(?:#>)?|#[^\n]*|[{}]", re.DOTALL)
_LIMIT = 512


class Definition(Struct, frozen=True):
    """A function's name and the text between its braces."""

    name: str
    body: str


def split(script: str) -> tuple[str, list[Definition]]:
    """The script without its function definitions, and those. A definition that is never closed goes to the end."""
    if not _FUNCTION.search(script):
        return script, []
    kept: list[str] = []
    found: list[Definition] = []
    done = 0
    for match in _FUNCTION.finditer(script):
        if match.start() < done:
            continue
        if len(found) == _LIMIT:
            break
        end = _closing(script, match.end())
        found.append(Definition(match.group(1).rpartition(":")[2], script[match.end() : end]))
        kept.append(script[done : match.start()])
        done = end + 1
    return "\n".join((*kept, script[done:])), found


def _closing(script: str, at: int) -> int:
    """The place of the brace that closes a body which begins here."""
    depth = 1
    for token in _TOKEN.finditer(script, at):
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return token.start()
    return len(script)
