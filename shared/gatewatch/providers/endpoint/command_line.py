"""Whether a process start authenticates a cloud command line (design/rules.md, "Endpoint pattern").

Precise mode: a process out of the CLI, shell or Python set, and a command, tokenised the way its shell does, that logs in.
Wildcard mode: the published patterns, anywhere in the text.
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
    """What a command line does, as far as detection cares."""

    tool: str | None = None
    pattern: str | None = None
    obfuscated: bool = False


def verdict_of(name: str | None, line: str | None, args: list[str]) -> Verdict:
    """Judge one process start by its process name, its command line and, where the agent has them, its arguments."""
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
    """Whether a process of this name can authenticate a cloud command line in precise mode."""
    base = stem(name)
    return base in _CLIS or base in _SHELLS or _PYTHON.fullmatch(base) is not None


def wildcard(text: str) -> str | None:
    """The published pattern that occurs in this text."""
    folded = _BLANKS.sub(" ", text).casefold()
    return next((pattern for pattern in PATTERNS if pattern in folded), None)
