"""Decides whether a process start authenticates a cloud command line.

Precise mode: the process is a cloud CLI, a shell or Python, and one of its commands, split as its shell splits it, is a login.
Wildcard mode: one of the published patterns occurs anywhere in the text.
"""

import re

from msgspec import Struct

from . import invocation
from .shell_lexer import Word
from .unwrap import stem

PATTERNS = (
    "connect-azaccount",
    "connect-mggraph",
    "connect-exchangeonline",
    "az login",
    "az account set",
    "aws configure",
    "aws sts",
    "gcloud auth login",
    "gcloud auth print-access-token",
    "gcloud auth application-default",
)
_CLIS = frozenset({"az", "aws", "aws2", "gcloud"})
_SHELLS = frozenset({
    "sh", "bash", "zsh", "dash", "ash", "ksh", "mksh", "fish", "csh", "tcsh", "busybox", "wsl", "cmd", "powershell", "powershell_ise", "pwsh",
})  # fmt: skip
_PYTHON = re.compile(r"(?:python|pythonw|pypy|py)[0-9.]*")
_BLANKS = re.compile(r"\s+")


class Verdict(Struct, frozen=True, kw_only=True):
    """What was found in a command line: the login (precise mode), the published pattern (wildcard mode), and obfuscation."""

    tool: str | None = None
    pattern: str | None = None
    obfuscated: bool = False


def verdict_of(name: str | None, line: str | None, args: list[str]) -> Verdict:
    """Evaluate one process start by its process name, its command line, and its arguments if the agent records them."""
    found = invocation.Finder()
    if name is None or is_candidate(name):
        if args:
            found.command([Word(arg, quoted=" " in arg) for arg in args])
        if line and found.tool is None:
            found.line(line, name)
    text = line or " ".join(args)
    pattern = wildcard(text) or next((hit for hit in map(wildcard, found.decoded) if hit), None)
    return Verdict(tool=found.tool, pattern=pattern, obfuscated=found.obfuscated)


def is_candidate(name: str) -> bool:
    """Whether precise mode looks at processes of this name: cloud CLIs, shells and Python."""
    base = stem(name)
    return base in _CLIS or base in _SHELLS or _PYTHON.fullmatch(base) is not None


def wildcard(text: str) -> str | None:
    """The first published pattern that occurs in this text, or None."""
    folded = _BLANKS.sub(" ", text).casefold()
    return next((pattern for pattern in PATTERNS if pattern in folded), None)
