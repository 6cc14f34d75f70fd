"""Checks each part of a tuning file on its own. Correct parts are used; every wrong part is reported with its fix."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, ClassVar

from msgspec import Struct

from ..model import Severity
from ..model.text import fold

# A wider network is a mistake: it would suppress or trust a large part of the internet.
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WIDEST_V4, _WIDEST_V6 = 8, 16


class ProblemLevel(StrEnum):
    """The part with an error is left out of the tuning. The part with a warning is used."""

    ERROR = "error"
    WARNING = "warning"


class Problem(Struct, frozen=True, kw_only=True):
    """One problem of a tuning file: the message, the fix and the place."""

    message: str
    fix: str
    where: str = ""
    line: int | None = None
    file: str = ""
    level: ProblemLevel = ProblemLevel.ERROR

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, f"line {self.line}" if self.line else "", self.where) if part)
        return f"{place}: {self.message}; {self.fix}" if place else f"{self.message}; {self.fix}"


class Part(Struct, frozen=True):
    """The correct part of one setting, and its problems. ``value`` is ``LEFT_OUT`` when the default is used."""

    LEFT_OUT: ClassVar[object] = object()

    name: str
    value: object
    problems: tuple[Problem, ...] = ()


class Wrong(Exception):  # noqa: N818 - never leaves the tuning modules
    """One value is wrong."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


def settings(data: Mapping[str, Any]) -> Iterator[Part]:
    """Check every setting except the allowlist. A key that is not a setting gives a problem."""
    for key, value in data.items():
        if key in _READERS:
            yield _READERS[key](key, value)
        elif key != "allowlist":
            problem = Problem(
                where=str(key), message="there is no such setting", fix=f"remove it, or use one of {', '.join(_READERS)}, allowlist"
            )
            yield Part(str(key), Part.LEFT_OUT, (problem,))


def _one(read: Callable[[object], object]) -> Callable[[str, object], Part]:
    def part(name: str, value: object) -> Part:
        try:
            return Part(name, read(value))
        except Wrong as wrong:
            return Part(name, Part.LEFT_OUT, (Problem(where=name, message=wrong.message, fix=wrong.fix),))

    return part


def _many(read: Callable[[object], object]) -> Callable[[str, object], Part]:
    """A list whose correct members are used."""

    def part(name: str, value: object) -> Part:
        if not isinstance(value, list):
            wrong = Problem(where=name, message="this is not a list", fix=f"write {name} = [...]")
            return Part(name, Part.LEFT_OUT, (wrong,))
        kept, problems = [], []
        for index, member in enumerate(value):
            try:
                kept.append(read(member))
            except Wrong as wrong_member:
                problems.append(Problem(where=f"{name}[{index}]", message=wrong_member.message, fix=wrong_member.fix))
        return Part(name, tuple(dict.fromkeys(kept)), tuple(problems))

    return part


def _whole(read: Callable[[object], object]) -> Callable[[str, object], Part]:
    """A list that is used only when every member is correct: a part of it would notify people less than the default."""

    def part(name: str, value: object) -> Part:
        found = _many(read)(name, value)
        return Part(name, Part.LEFT_OUT, found.problems) if found.problems else found

    return part


def text(value: object) -> str:
    """A text without surrounding blanks.

    Raises:
        Wrong: the value is not a text, or is blank.
    """
    if not isinstance(value, str) or not value.strip():
        raise Wrong("this is empty or not a text", "write a text in quotes")
    return value.strip()


def whole(value: object) -> str:
    """A name that is compared as a whole.

    Raises:
        Wrong: the value is not a text, has a wildcard, or lists several names.
    """
    found = text(value)
    if "*" in found or "?" in found:
        raise Wrong("this is compared as a whole; * and ? are no wildcards here", "write each name in full")
    if ";" in found or ", " in found:
        raise Wrong("this is several names in one text, which no name equals", "write each name in quotes of its own")
    return found


def identifier(value: object) -> str:
    """An id that vendors give: no wildcard, no blanks; raises ``Wrong`` like ``whole``."""
    found = whole(value)
    if len(found.split()) > 1:
        raise Wrong("this is a name, and ids are compared here", "write the id: the account's number, or the tenant's id")
    return found


def app_id(value: object) -> str:
    """An application id in lower case; raises ``Wrong`` for anything that is no GUID."""
    found = text(value).casefold()
    if not _GUID.fullmatch(found):
        raise Wrong("this is no application id", "write the application (client) id, a GUID such as 00000002-0000-0000-c000-000000000000")
    return found


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong("this is neither true nor false", "write true or false without quotes")
    return value


def _choice(*names: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        folded = text(value).casefold()
        if folded not in names:
            raise Wrong("there is no such choice", f"use one of {', '.join(names)}")
        return folded

    return read


def network(value: object) -> str:
    """A network in CIDR notation.

    Raises:
        Wrong: the value is not a network, or is wider than /8 (IPv6: /16).
    """
    written = text(value)
    try:
        found = ipaddress.ip_network(written)
    except ValueError:
        raise Wrong("this is not a network in CIDR notation", _network_fix(written)) from None
    widest = _WIDEST_V4 if found.version == 4 else _WIDEST_V6
    if found.prefixlen < widest:
        raise Wrong(f"/{found.prefixlen} covers a large part of the internet", f"use networks of /{widest} or narrower")
    return str(found)


def _network_fix(written: str) -> str:
    try:
        return f"write {ipaddress.ip_network(written, strict=False)}"
    except ValueError:
        return "write an address and a length, such as 198.51.100.0/24"


def misplaced_setting(key: str, section: str) -> Problem | None:
    """The problem of a setting that stands below the header of a section: TOML takes it for a part of the section."""
    if key not in _READERS:
        return None
    return Problem(where=key, message=f"{key} stands under [{section}]", fix="move it above the first [section]")


def _aliases(name: str, value: object) -> Part:
    if not isinstance(value, dict):
        return Part(name, Part.LEFT_OUT, (Problem(where=name, message="this is not a table", fix='write "other name" = "person"'),))
    kept: dict[str, str] = {}
    problems = []
    for other, person in value.items():
        misplaced = misplaced_setting(str(other), name)
        if misplaced is not None:
            problems.append(misplaced)
            continue
        try:
            kept[fold(whole(other))] = fold(whole(person))
        except Wrong as wrong:
            problems.append(Problem(where=f"{name}.{other}", message=wrong.message, fix=wrong.fix))
    return Part(name, kept, tuple(problems))


_READERS: dict[str, Callable[[str, object], Part]] = {
    "profile": _one(_choice("balanced", "published")),
    "privileged_principals": _many(whole),
    "break_glass": _many(whole),
    "known_networks": _many(network),
    "aliases": _aliases,
    "federated_no_mfa": _one(_choice("correlate", "alert")),
    "remediated_closes": _one(_switch),
    "notify_from": _one(_choice(*(severity.value for severity in Severity))),
    "renotify_on": _whole(_choice("severity", "reopen", "address")),
    "aws_app_ids": _many(app_id),
    "entra_saml_providers": _many(whole),
    "sync_accounts": _many(whole),
    "endpoint_mode": _one(_choice("precise", "wildcard")),
}
