"""Decides whether a process start or a script authenticates a cloud command line.

Precise mode: the program is one that is looked into, and one of its commands, split as its shell splits it, is a row of the tool table.
Wildcard mode: one of the published patterns occurs anywhere in the text.
"""

import re

from msgspec import Struct

from . import invocation, powershell
from .programs import is_known, stem
from .shell_lexer import Word
from .tools.row import Tool

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
_BLANKS = re.compile(r"\s+")
_SDK_SCRIPT = re.compile(r"\s*\$ErrorActionPreference = 'Stop'.{0,400}Az\.Accounts", re.DOTALL)
_FIRST = re.compile(r"\s*(?:\"[^\"]*\"|\S+)")


class Verdict(Struct, frozen=True, kw_only=True):
    """What was found: the row of the table or a listing call (precise mode), the published pattern (wildcard mode), and obfuscation."""

    found: Tool | None = None
    listing: str | None = None
    pattern: str | None = None
    obfuscated: bool = False
    sdk: bool = False  # the script is the one that azure-identity encodes to ask Az PowerShell for a token

    @property
    def tool(self) -> str | None:
        """The name of the row, for people."""
        return self.found.name if self.found is not None else None


def verdict_of(name: str | None, line: str | None, args: list[str], original: str | None = None) -> Verdict:
    """Evaluate one process start by its name, its command line, and its arguments if the agent records them.

    ``original`` is the name that the file itself carries: a renamed shell is still a shell.
    """
    found = invocation.Finder()
    if name is not None and original is not None and stem(original) != stem(name) and is_candidate(original):
        name, found.obfuscated = stem(original), True
        args = [name, *args[1:]] if args else []
        line = _FIRST.sub(lambda _: name, line, count=1) if line else line
    if name is None or is_candidate(name):
        if args:
            found.command([Word(arg, quoted=" " in arg) for arg in args])
        if line and found.tool is None:
            found.line(line, name)
    return _verdict(found, line or " ".join(args))


def script_verdict(text: str, *, loaded: bool) -> Verdict:
    """Evaluate a PowerShell script block. With ``loaded`` it is the file of a module, of which only attack tools count."""
    found = invocation.Finder()
    powershell.script(found, text, 0, loaded=loaded)
    return _verdict(found, text)


def cmdlet_verdict(name: str, arguments: list[str]) -> Verdict:
    """Evaluate a cmdlet that ran, with its parameters and their values."""
    found = invocation.Finder()
    powershell.ran(found, name, arguments)
    return _verdict(found, " ".join((name, *arguments)))


def is_candidate(name: str) -> bool:
    """Whether precise mode looks at processes of this name."""
    return is_known(stem(name))


def wildcard(text: str) -> str | None:
    """The first published pattern that occurs in this text, or None."""
    folded = _BLANKS.sub(" ", text).casefold()
    return next((pattern for pattern in PATTERNS if pattern in folded), None)


def _verdict(found: invocation.Finder, text: str) -> Verdict:
    pattern = wildcard(text) or next((hit for hit in map(wildcard, found.decoded) if hit), None)
    sdk = found.tool is not None and found.tool.name == "Get-AzAccessToken" and any(map(_SDK_SCRIPT.match, found.decoded))
    return Verdict(
        found=found.tool,
        listing=found.listing if found.tool is None else None,
        pattern=pattern,
        obfuscated=found.obfuscated and not sdk,
        sdk=sdk,
    )
