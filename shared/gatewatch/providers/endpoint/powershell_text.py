"""Constant expressions of PowerShell, evaluated in the text: joined, formatted, replaced and encoded strings, constant variables.

Only constants: no loops, no functions, no values from outside. The number of rounds and the size of what is made are bounded.
"""

import re

from msgspec import Struct

from .powershell_rules import Rules, inflate
from .powershell_strings import CONSTANT, ONE, Strings
from .tools.cmdlets import by_wildcard

_ROUNDS = 12
_LONGEST = 262_144
_VARIABLES = 64
_B = r"\s{0,16}"
_SCOPE = "(?:script:|global:|local:|private:)?"
_ASSIGNED = re.compile(rf"(?<![\w:$])\$\{{?{_SCOPE}(\w{{1,60}})\}}?{_B}\+?={_B}({ONE}){_B}(?=[;\r\n}})|]|$)", re.IGNORECASE)
_SET_VARIABLE = re.compile(
    rf"\b(?:set-variable|sv)\s{{1,16}}(?:-name\s{{1,16}})?(\w{{1,60}})\s{{1,16}}(?:-value\s{{1,16}})?({ONE})", re.IGNORECASE
)
_USED = re.compile(rf"\$(?:\{{{_SCOPE}(\w{{1,60}})\}}|{_SCOPE}(\w{{1,60}}))(?!{_B}\+?=(?!=))", re.IGNORECASE)
_NAME = rf"(?:-name\s{{1,16}})?({ONE}|[\w*?\[\]-]{{1,80}})"
_LOOKED_UP = re.compile(
    rf"(?<=[&.])({_B})\({_B}(?:get-command|gcm|get-alias|gal)\s{{1,16}}{_NAME}[^()|;\n]{{0,80}}\)(?:\.\w{{1,20}})?", re.IGNORECASE
)
_LOOKED_UP_INTO = re.compile(rf"(={_B})\(?{_B}(?:get-command|gcm)\s{{1,16}}{_NAME}{_B}\)?(?={_B}(?:[;\r\n]|$))", re.IGNORECASE)
_LOOP = re.compile(rf"({ONE}(?:{_B},{_B}{ONE}){{0,63}}+){_B}\|{_B}(?:%|foreach-object|foreach){_B}\{{([^{{}}]{{1,400}})\}}", re.IGNORECASE)
_LOOP_VARIABLE = re.compile(r"\$(?:_|psitem)\b", re.IGNORECASE)
_LOOKED_UP_PIPED = re.compile(
    rf"(?<![\w-])(\(?)(?:get-command|gcm)\s{{1,16}}{_NAME}{_B}\)?(?:\.name)?{_B}\|{_B}"
    rf"(?:iex|invoke-expression|(?:%|foreach-object|foreach){_B}\{{{_B}[&.]{_B}\$_{_B}\}})",
    re.IGNORECASE,
)
_DOT_CALLED = re.compile(r"(?<![\w)\]}\ue102\ue104.])\.(?=[\ue101\ue103])")
_INDEX = r"\[[\d,\s]{1,20}\]"
_IEX = re.compile(
    rf"\$env:\w{{1,20}}{_INDEX}{_B}-join{_B}{ONE}"
    rf"|\$(?:pshome|shellid|env:\w{{1,20}}){_INDEX}{_B}\+{_B}\$(?:pshome|shellid|env:\w{{1,20}}){_INDEX}{_B}\+{_B}{ONE}"
    rf"|\(\(?{_B}(?:gv|get-variable|variable|ls|dir|gci)\s{{1,16}}(?:{ONE}|[\w*:]{{1,40}}){_B}\)?\)?\.name{_INDEX}{_B}-join{_B}{ONE}"
    rf"|\(?{_B}(?:\[string\])?\$verbosepreference(?:\.tostring\({_B}\))?\)?{_INDEX}{_B}\+{_B}{ONE}{_B}-join{_B}{ONE}",
    re.IGNORECASE,
)


class Folded(Struct, frozen=True):
    """The script after evaluation. ``hidden``: constants were put together; ``decoded``: texts that were encoded."""

    text: str
    hidden: bool = False
    decoded: tuple[str, ...] = ()


def folded(script: str) -> Folded:
    """The script with its constant expressions evaluated, and without comments."""
    strings = Strings()
    rules = Rules(strings)
    text = _DOT_CALLED.sub(". ", strings.masked(script[:_LONGEST]))
    text, spelled = _IEX.subn(lambda _: strings.mark("iex") or "", text) if "[" in text else (text, 0)
    looked_up = 0
    for _ in range(_ROUNDS):
        changed = rules.applied(_with_variables(strings, text))
        changed = _LOOP.sub(lambda match: _each(strings, match), changed)
        for pattern in (_LOOKED_UP, _LOOKED_UP_INTO, _LOOKED_UP_PIPED):
            changed, count = pattern.subn(lambda match: _cmdlet(strings, match), changed)
            looked_up += count
        if changed == text or len(changed) > _LONGEST:
            break
        text = changed
    inflate(rules, text)
    return Folded(strings.rendered(text), hidden=rules.joined or bool(spelled) or bool(looked_up), decoded=tuple(rules.decoded))


def _with_variables(strings: Strings, text: str) -> str:
    """Constants that are assigned once, put in place of their variables."""
    if "$" not in text and "\ue103" not in text:
        return text
    found: dict[str, str | None] = {}
    for pattern in (_ASSIGNED, _SET_VARIABLE):
        for match in pattern.finditer(text):
            name = match.group(1).casefold()
            before = found.get(name)
            found[name] = match.group(2) if name not in found else _appended(strings, before, match)
            if len(found) > _VARIABLES:
                break
    known = {name: mark for name, mark in found.items() if mark is not None}
    if not known and "\ue103" not in text:
        return text
    return strings.filled(_USED.sub(lambda match: known.get((match.group(1) or match.group(2)).casefold(), match.group()), text), known)


def _appended(strings: Strings, before: str | None, match: re.Match[str]) -> str | None:
    """The mark of a variable after ``+=``; None when it is assigned a second time."""
    if before is None or "+=" not in match.group():
        return None
    return strings.mark("".join(strings.all(before + match.group(2))))


def _each(strings: Strings, match: re.Match[str]) -> str:
    """The body of a loop over constants, once for each."""
    marks = re.findall(ONE, match.group(1))[:8]
    return ";".join(strings.filled(_LOOP_VARIABLE.sub(mark, match.group(2)), {"_": mark, "psitem": mark}) for mark in marks)


def _cmdlet(strings: Strings, match: re.Match[str]) -> str:
    """``(Get-Command Con*AzAcc*)`` replaced by the cmdlet of the table that it finds."""
    written = match.group(2)
    constant = re.fullmatch(CONSTANT, written)
    name = by_wildcard(strings.value(constant.group(1)) if constant else written)
    mark = strings.mark(name) if name is not None else None
    if mark is None:
        return match.group()
    return f"& {mark}" if "|" in match.group() else f"{match.group(1)}{mark}"
