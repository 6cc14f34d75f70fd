"""The allowlist of a tuning file. An entry with any mistake is left out as a whole, so that a mistake never suppresses too much."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from .entries import EVERY_RULE, AllowlistEntry, AllowlistMatch
from .parts import Part, Problem, ProblemLevel, Wrong, app_id, identifier, misplaced_setting, network, text, whole

LONGEST = timedelta(days=366)
_LARGEST_ASN = 4294967295
_NEEDED = ("id", "match", "rules", "expires", "reason", "owner")


def allowlist(value: object, rules: Collection[str], now: datetime | None = None) -> Part:
    """Every correct entry, in order, and the problems of the others.

    ``rules`` are the rule ids that an entry may list. With ``now`` there are also warnings about expiry dates.
    """
    if value is None:
        return Part("allowlist", Part.LEFT_OUT)
    if not isinstance(value, list):
        wrong = Problem(where="allowlist", message="this is not a list of entries", fix="write [[allowlist]] above each entry")
        return Part("allowlist", Part.LEFT_OUT, (wrong,))
    kept: dict[str, AllowlistEntry] = {}
    problems: list[Problem] = []
    for index, raw in enumerate(value):
        where = f"allowlist[{index}]"
        entry, wrongs = _entry(where, raw, rules)
        if entry is not None and entry.id in kept:
            wrongs = (Problem(where=f"{where}.id", message=f"another entry has the id {entry.id!r}", fix="give every entry its own id"),)
        elif entry is not None:
            kept[entry.id] = entry
            wrongs = tuple(_lifetime(where, entry, now))
        problems.extend(wrongs)
    return Part("allowlist", tuple(kept.values()), tuple(problems))


def _entry(where: str, raw: object, rules: Collection[str]) -> tuple[AllowlistEntry | None, tuple[Problem, ...]]:
    if not isinstance(raw, dict):
        return None, (Problem(where=where, message="this is not an entry", fix=f"write an entry with {', '.join(_NEEDED)}"),)
    problems = [
        misplaced_setting(str(key), "[allowlist]")
        or Problem(where=f"{where}.{key}", message="an entry has no such key", fix=f"remove it, or use one of {', '.join(_NEEDED)}")
        for key in raw
        if key not in _NEEDED
    ]
    parts: dict[str, Any] = {}
    readers: dict[str, Callable[[object], object]] = {**_READERS, "rules": partial(_rules, known=rules)}
    for key, fix in _MISSING.items():
        if key not in raw:
            problems.append(Problem(where=f"{where}.{key}", message="this is missing", fix=fix))
            continue
        try:
            parts[key] = readers[key](raw[key])
        except Wrong as wrong:
            problems.append(Problem(where=f"{where}.{key}", message=wrong.message, fix=wrong.fix))
    match, wrongs = _match(where, raw.get("match"))
    problems.extend(wrongs)
    if problems or match is None:
        return None, tuple(problems)
    return AllowlistEntry(match=match, **parts), ()


def _match(where: str, raw: object) -> tuple[AllowlistMatch | None, tuple[Problem, ...]]:
    names = ", ".join(_TESTS)
    if not isinstance(raw, Mapping) or not raw:
        return None, (Problem(where=f"{where}.match", message="the match has no condition", fix=f"set one or more of {names}"),)
    if set(raw) == {"user_agent"}:
        message, fix = (
            "a user agent alone is what a visitor says, and anybody can say it",
            "add a principal, an account, a network or an application",
        )
        return None, (Problem(where=f"{where}.match.user_agent", message=message, fix=fix),)
    parts: dict[str, Any] = {}
    problems = []
    for key, value in raw.items():
        if key not in _TESTS:
            problems.append(
                misplaced_setting(str(key), "allowlist.match")
                or Problem(where=f"{where}.match.{key}", message="a match has no such key", fix=f"remove it, or use one of {names}")
            )
            continue
        try:
            parts[key] = _TESTS[key](value)
        except Wrong as wrong:
            problems.append(Problem(where=f"{where}.match.{key}", message=wrong.message, fix=wrong.fix))
    return (None if problems else AllowlistMatch(**parts)), tuple(problems)


def _rules(value: object, known: Collection[str]) -> tuple[str, ...]:
    if value in (EVERY_RULE, [EVERY_RULE]):
        return (EVERY_RULE,)
    if not isinstance(value, list) or not value:
        raise Wrong("this does not list any rule", 'write a list of rule ids, or "*"')
    names = tuple(dict.fromkeys(text(name) for name in value))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Wrong(f"there is no rule {', '.join(map(repr, unknown))}", "run gatewatch rules to list the rule ids")
    return names


def _expires(value: object) -> datetime:
    """A date (midnight UTC), a date and time, or either as text. Without an offset the time is UTC."""
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError:
        raise Wrong("this is not a date", "write a date such as 2027-01-31, or 2027-01-31T12:00:00Z") from None
    if not isinstance(found, date):
        raise Wrong("this is not a date", "write a date such as 2027-01-31, or 2027-01-31T12:00:00Z")
    moment = found if isinstance(found, datetime) else datetime(found.year, found.month, found.day, tzinfo=UTC)
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        raise Wrong("this date is outside the years 1 to 9999 in UTC", "write a date within a year from now") from None


def _asn(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST_ASN:
        raise Wrong("this is not the number of an autonomous system", "write only the number, such as asn = 64500")
    return value


def _user_agent(value: object) -> str:
    found = text(value)
    if not found.strip("*"):
        raise Wrong("this matches every user agent", "write a part of the user agent")
    return found


def _lifetime(where: str, entry: AllowlistEntry, now: datetime | None) -> Iterator[Problem]:
    if now is None:
        return
    said = Problem(where=f"{where}.expires", message="", fix="", level=ProblemLevel.WARNING)
    if entry.expires <= now:
        fix = "remove the entry, or renew it with its owner"
        yield msgspec.structs.replace(said, message=f"the entry {entry.id!r} has expired and suppresses nothing", fix=fix)
    elif entry.expires > now + LONGEST:
        fix = "choose an expiry date within a year, so that the entry is reviewed"
        yield msgspec.structs.replace(said, message=f"the entry {entry.id!r} expires more than a year from now", fix=fix)


_READERS: dict[str, Callable[[object], object]] = {"id": text, "expires": _expires, "reason": text, "owner": text}
_MISSING = {
    "id": "give the entry a unique name",
    "rules": 'list the rules that it suppresses, or "*"',
    "expires": "write when it ends, such as expires = 2027-01-31",
    "reason": "write the reason, with the ticket",
    "owner": "write who is responsible for it",
}
_TESTS: dict[str, Callable[[object], object]] = {
    "principal": whole,
    "cidr": network,
    "asn": _asn,
    "user_agent": _user_agent,
    "app_id": app_id,
    "account": identifier,
    "parent_process": whole,
}
