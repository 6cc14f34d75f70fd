"""Searches PowerShell scripts: their statements, the scripts inside them, and what they define."""

import re
from typing import TYPE_CHECKING

from . import definitions, shell_lexer
from .powershell_text import folded
from .programs import is_known, stem
from .shell_lexer import SimpleCommand, Word
from .tools import environment
from .tools.cmdlets import cmdlet_of
from .tools.code import library_of
from .tools.listing import cmdlet_listing
from .tools.requests import CMDLETS as REQUESTS
from .tools.requests import request_of
from .unwrap import strip

if TYPE_CHECKING:
    from .invocation import Finder

_VALUED = ("executionpolicy", "ep", "ex", "windowstyle", "version", "inputformat", "outputformat", "workingdirectory", "wd", "configurationname", "psconsolefile", "settingsfile", "custompipename")  # fmt: skip
_DASHES = str.maketrans("\u2013\u2014\u2015\u2011", "----")
_EVALUATES = frozenset({"iex", "invoke-expression"})
_ALIASES = frozenset({"set-alias", "new-alias", "sal", "nal"})
_CREATED = re.compile(
    r"(?:scriptblock\]::create|newscriptblock|invokescript|\.addscript|\.addcommand|process\]::start|\.run|\.exec|\.shellexecute|\bcommandline)\s*[(=]\s*('(?:[^']|'')*+'|\"(?:[^\"`]|`.)*+\")(?:\s*,\s*('(?:[^']|'')*+'|\"(?:[^\"`]|`.)*+\"))?",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(
    r"(?:\$env:|\$\{env:|setenvironmentvariable\(\s*['\"]|(?:set-item|si|new-item|ni)\s+(?:-path\s+)?['\"]?env:\\?)(\w{2,63})\}?(?:['\"]?\s*(?:=|,|-value)?\s*)(['\"][^'\"\n]{1,4096}['\"]|[^\s;'\"]{1,4096})",
    re.IGNORECASE,
)
_REQUESTS = re.compile(r"\b(?:invoke-restmethod|irm|invoke-webrequest|iwr|webclient|httpclient|webrequest)\b", re.IGNORECASE)
_ALIAS_DRIVE = re.compile(r"\balias:\\?([\w-]{1,60})\}?\s{0,8}(?:=|-value)?\s{0,8}['\"]?([\w.-]{2,80})", re.IGNORECASE)
_COMMAND_NAME = re.compile(r"[\w-]+")
_EXPORTED = re.compile(r"\bexport-modulemember\b[^\n;]*")
_GLUED_CALL = re.compile(r"\b(iex|invoke-expression|icm|&)\(", re.IGNORECASE)
_LIMIT = 32


def from_options(finder: "Finder", rest: list[Word], depth: int) -> None:
    """Search the arguments of powershell.exe or pwsh."""
    at = 0
    while at < len(rest):
        text = rest[at].text.translate(_DASHES)
        option, _, glued = text[1:].partition(":") if text[:1] in {"-", "/"} else ("", "", "")
        option = option.casefold()
        if not option or "command".startswith(option) or "commandwithargs".startswith(option) or option == "cwa":
            tail = rest[at + bool(option) :]
            script(finder, " ".join(([glued] if glued else []) + [_as_written(part, len(tail)) for part in tail]), depth + 1)
            return
        if "encodedcommand".startswith(option) or option == "ec":
            finder.encoded(glued or " ".join(part.text for part in rest[at + 1 :]), depth)
            return
        if "file".startswith(option):
            finder.command(rest[at + 1 :], depth + 1)
            return
        at += 2 if any(name.startswith(option) for name in _VALUED) else 1


def _as_written(part: Word, count: int) -> str:
    """A word that was quoted on the process's command line stays one word of the script."""
    return part.text if count == 1 or not part.quoted or " " not in part.text else f'"{part.text}"'


def script(finder: "Finder", text: str, depth: int, *, loaded: bool = False) -> None:
    """Search a script. With ``loaded`` (a module's file) only attack tools count, because its definitions are no calls."""
    if not finder.enter(text, depth):
        return
    found = folded(_GLUED_CALL.sub(r"\1 (", text))
    finder.decoded += found.decoded
    for decoded in found.decoded:
        finder.obfuscated = True
        script(finder, decoded, depth + 1)
    body, defined = definitions.split(found.text)
    was = finder.only_attacks
    finder.only_attacks = was or loaded
    _body(finder, body, depth, hidden=found.hidden)
    called = frozenset(_COMMAND_NAME.findall(_EXPORTED.sub("", body.casefold())))
    for each in defined:
        name = each.name.casefold()
        tool = cmdlet_of(name, [])
        if tool is not None:
            finder.defined(tool)
        finder.only_attacks = was or loaded or name not in called
        _body(finder, each.body, depth + 1, hidden=found.hidden)
    finder.only_attacks = was
    if "frombase64string" in text.casefold() and not found.decoded:
        finder.hidden(text, "utf-16-le", depth)


def _body(finder: "Finder", text: str, depth: int, *, hidden: bool) -> None:
    before = finder.tool
    for match, _ in zip(_CREATED.finditer(text), range(_LIMIT), strict=False):
        finder.text(" ".join(group[1:-1] for group in match.groups() if group), depth + 1)
        script(finder, match.group(1)[1:-1].replace("''", "'"), depth + 1)
    for match, _ in zip(_ENVIRONMENT.finditer(text), range(_LIMIT), strict=False):
        if environment.sets(match.group(1), match.group(2)):
            finder.match(environment.TOOL)
    for match, _ in zip(_ALIAS_DRIVE.finditer(text), range(_LIMIT), strict=False):
        _alias(finder, [Word(match.group(1)), Word(match.group(2))])
    finder.match(library_of(text))
    if _REQUESTS.search(text):
        finder.match(request_of(text))
    piped = ""
    for found in shell_lexer.powershell(text):
        piped = _statement(finder, found, depth, piped=piped, hidden=hidden)
    if finder.tool is not before and hidden:
        finder.obfuscated = True


def _statement(finder: "Finder", found: SimpleCommand, depth: int, *, piped: str, hidden: bool) -> str:
    """Search one statement; returns the constant text that it hands to the next command of its pipeline."""
    called = found.called or bool(found.words and found.words[0].text == ".")
    found.words = strip(found.words)
    if not found.words:
        return ""
    first, rest = found.words[0], found.words[1:]
    name = first.text.translate(_DASHES)
    if first.quoted and not called and not (hidden and not rest and not found.piped and not name.count(" ")):
        return first.text if found.piped else ""  # a string, not a command
    name = finder.aliases.get(name.casefold(), name)
    arguments = [word.text for word in rest]
    folded_name = name.rpartition("\\")[2].casefold()
    tool = cmdlet_of(name, arguments)
    if tool is not None:
        finder.match(tool, found.words)
    elif folded_name in _EVALUATES:
        text = " ".join(argument for argument in arguments if argument.casefold() != "-command") or piped
        finder.text(text, depth + 1)
        script(finder, text, depth + 1)
    elif folded_name in _ALIASES:
        _alias(finder, rest)
    elif folded_name in REQUESTS:
        finder.match(request_of(" ".join(arguments)))
    elif (listed := cmdlet_listing(name)) is not None:
        finder.listing = finder.listing or listed
    else:
        finder.command([Word(name, broken=first.broken), *rest], depth + 1, called=called)
    return ""


def _alias(finder: "Finder", rest: list[Word]) -> None:
    """``Set-Alias q Connect-AzAccount``: an alias of a login counts, used or not."""
    named: dict[str, str] = {}
    plain: list[str] = []
    at = 0
    while at < len(rest):
        text = rest[at].text.casefold()
        if (
            text.startswith("-")
            and at + 1 < len(rest)
            and text in {"-name", "-n", "-value", "-v", "-va", "-na", "-option", "-scope", "-description"}
        ):
            named[text[1:2]] = rest[at + 1].text
            at += 2
            continue
        if not text.startswith("-"):
            plain.append(rest[at].text)
        at += 1
    alias = named.get("n") or (plain.pop(0) if plain else "")
    target = named.get("v") or (plain.pop(0) if plain else "")
    if alias and target:
        finder.match(cmdlet_of(target, []), rest)
        if cmdlet_of(target, []) is not None or is_known(stem(target)):
            finder.aliases[alias.casefold()] = target


def ran(finder: "Finder", name: str, arguments: list[str]) -> None:
    """Search a cmdlet that ran. PowerShell resolved aliases and the call operator already."""
    _statement(finder, SimpleCommand([Word(name), *map(Word, arguments)], called=True), 0, piped="", hidden=False)
