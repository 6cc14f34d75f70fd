"""Code of interpreters on a command line: what it starts, and which cloud library it logs in with."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from .programs import CODE_OPTIONS, INLINE, MODULES, NODE_SCRIPTS, is_python, stem
from .shell_lexer import Word
from .tools import environment
from .tools.code import library_of
from .tools.requests import request_of
from .tools.row import Tool
from .tools.table import PROGRAMS

if TYPE_CHECKING:
    from .invocation import Finder

_LIMIT = 16
_LONGEST = 65_536
_CALL = re.compile(
    r"(?:system|popen\w{0,4}|run|call|check_call|check_output|Popen|getoutput|getstatusoutput|shell_exec|passthru|proc_open|invoke|main)\s{0,8}\(([^)]{1,4096})"
    r"|(?:exec\w{0,8}|spawn\w{0,8})\s{0,8}\(([^)]{1,4096})"
    r"|\b(?:system|exec|spawn|qx|qw|do shell script)\s{0,8}(?=[\"'{`\[(])([^)};\n]{1,4096})"
    r"|(?i:\.(?:run|exec|shellexecute))\s{0,8}\(?\s{0,8}[\"']{1,4}([^\"']{1,4096})"
    r"|\bspawn\s{1,8}([^;\n\"']{1,4096})",
    re.DOTALL,
)
_BACKTICKS = re.compile(r"`([^`]{1,4096})`|%x\{([^}]{1,4096})\}")
_CONCATENATION = re.compile(r"'\s{0,8}[+.]\s{0,8}'|\"\s{0,8}[+.]\s{0,8}\"")
_ENVIRONMENT = re.compile(r"(?:environ|env|ENV)(?:\[['\"](\w{2,63})['\"]\]|\.(\w{2,63}))\s{0,8}=\s{0,8}['\"]([^'\"]{1,4096})['\"]")
_CONSTANT = re.compile(r"\b([A-Za-z_]\w{0,40})\s{0,8}=\s{0,8}(?:'([^'\n]{1,4096})'|\"([^\"\n]{1,4096})\")")
_PUNCTUATION = re.compile(r"[\[\]'\"`,{}]+")
_MODE = re.compile(r"^\s*(?:os\.)?P_\w+\s+")
_AZURE_CLI = re.compile(r"\bazure\.cli\b")
_AWS_CLI = re.compile(r"\bawscli\b")


def tools_of(code: str) -> Iterator[Tool]:
    """The rows of the libraries, requests and environment variables that this code uses to log in."""
    code = code[:_LONGEST]
    found = [library_of(code), request_of(code)]
    assigned = ((match.group(1) or match.group(2), match.group(3)) for match in islice(_ENVIRONMENT.finditer(code), _LIMIT))
    found.extend(environment.TOOL for name, value in assigned if environment.sets(name, value))
    yield from (tool for tool in found if tool is not None)


def commands_of(code: str) -> Iterator[str]:
    """The command lines that this code starts."""
    code = _CONCATENATION.sub("", code[:_LONGEST])
    constants = {match.group(1): match.group(2) or match.group(3) for match in islice(_CONSTANT.finditer(code), _LIMIT)}
    prefix = "az " if _AZURE_CLI.search(code) else "aws " if _AWS_CLI.search(code) else ""
    for match in islice(_CALL.finditer(code), _LIMIT):
        written = next(group for group in match.groups() if group is not None)
        yield prefix + _plain(constants.get(written.strip(), written))
    for match in islice(_BACKTICKS.finditer(code), _LIMIT):
        yield match.group(1) or match.group(2)


def _plain(written: str) -> str:
    """The arguments of a call as one line; a program that is named twice (``execvp('az', ['az', 'login'])``) once."""
    text = _MODE.sub("", _PUNCTUATION.sub(" ", written).strip())
    first, _, tail = text.partition(" ")
    second = tail.lstrip().partition(" ")[0]
    return tail.lstrip() if first and first.rpartition("/")[2] == second.rpartition("/")[2] else text


def from_options(finder: "Finder", program: str, rest: list[Word], depth: int) -> None:
    """Search code on the command line, ``-m module``, or a script file that is a program of the table."""
    for at, word in enumerate(rest):
        text = word.text
        joined = re.fullmatch(r"-[A-Za-z]*?(m|c)(.*)", text, re.DOTALL) if is_python(program) and not text.startswith("--") else None
        if joined:
            value, tail = (
                (joined.group(2), rest[at + 1 :]) if joined.group(2) else (rest[at + 1].text if rest[at + 1 :] else "", rest[at + 2 :])
            )
            if joined.group(1) == "m":
                finder.command([Word(MODULES.get(value.casefold(), "")), *tail], depth + 1)
            else:
                code(finder, value, depth)
            return
        if text.startswith("<<<"):
            code(finder, text[3:] or " ".join(part.text for part in rest[at + 1 :]), depth)
            return
        if text in CODE_OPTIONS.get(program, ()) or (program in INLINE and not text.startswith("-")):
            code(finder, text if program in INLINE else " ".join(part.text for part in rest[at + 1 : at + 2]), depth)
        elif not text.startswith("-") and not (at and rest[at - 1].text in {"-X", "-W", "-r", "--require"}):
            _script_file(finder, program, rest[at:], depth)
            return


def _script_file(finder: "Finder", program: str, found: list[Word], depth: int) -> None:
    """A script that is a program of the table: any for Python, a few for Node."""
    path = found[0].text.replace("\\", "/").casefold()
    script = stem(path)
    if program in {"node", "nodejs", "bun", "deno"}:
        packaged = next(
            (
                name
                for package, name in (("cli-microsoft365/", "m365"), ("aws-azure-login/", "aws-azure-login"), ("leapp-cli/", "leapp"))
                if package in path
            ),
            "",
        )
        script = packaged or NODE_SCRIPTS.get(script, "")
        if script:
            finder.command([Word(script), *found[1:]], depth + 1)
    elif is_python(program) and script in PROGRAMS:
        finder.command([Word(script), *found[1:]], depth + 1)


def code(finder: "Finder", text: str, depth: int) -> None:
    """Search code: what it logs in with, and what it starts."""
    if not finder.enter(text, depth):
        return
    for tool in tools_of(text):
        finder.match(tool)
    for started in commands_of(text):
        finder.posix(started, depth + 1)
    if "b64decode" in text or "atob(" in text or ("Buffer.from" in text and "base64" in text):
        finder.hidden(text, "utf-8", depth)
