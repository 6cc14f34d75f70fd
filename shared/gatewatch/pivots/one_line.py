"""A filled block as lines to paste: each is one whole command or query on one line, so that a paste runs nothing by halves."""

import re

from .render import Filled

_JOINED = frozenset({"kql", "esql", "spl"})
"""Languages in which the end of a line is a blank; no block of theirs holds a comment that would swallow the rest."""
_CONTINUED = re.compile(r"\\\n[ \t]*")


def one_line(filled: Filled) -> tuple[str, ...]:
    """The lines, in their order. A query is one line; each command of a shell is one, a loop together with what is in it."""
    if filled.block.language in _JOINED:
        return (" ".join(filled.text.split("\n")),)
    lines = [line.strip() for line in _CONTINUED.sub("", filled.text).splitlines() if line.strip()]
    found: list[str] = []
    loop: list[str] = []
    for line in lines:
        if line.endswith("; do") or loop:
            loop.append(line)
        else:
            found.append(line)
        if line == "done":
            found.append("; ".join(loop).replace("; do; ", "; do "))
            loop = []
    return (*found, *loop)
