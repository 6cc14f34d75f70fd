"""Reads the tuning file, TOML or JSON, into a typed ``Tuning`` and its problems. A wrong part is reported and left out; the rest is used."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from .allowlist import allowlist
from .lines import locate
from .parts import Part, Problem, ProblemLevel, settings
from .schema import schema
from .tuning import Tuning

__all__ = ["Examined", "Problem", "ProblemLevel", "examine", "from_mapping", "load", "schema"]

LARGEST_BYTES = 4 * 1024 * 1024  # enough for thousands of entries; far more than SSM (8 KB) or a setting can hold


class Examined(Struct, frozen=True, kw_only=True):
    """The tuning in a file, and every problem of the file."""

    tuning: Tuning
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems whose part was left out."""
        return tuple(problem for problem in self.problems if problem.level is ProblemLevel.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems whose part is used but should be checked."""
        return tuple(problem for problem in self.problems if problem.level is ProblemLevel.WARNING)


def load(source: str | bytes | Path, name: str = "", *, rules: Collection[str]) -> tuple[Tuning, tuple[str, ...]]:
    """The tuning, and its errors as texts. ``source`` is a path, bytes, or the text itself (``str`` is not a path).

    It raises no error for bad content or an unreadable file.
    """
    found = examine(source, name, rules=rules)
    return found.tuning, tuple(str(problem) for problem in found.errors)


def examine(source: str | bytes | Path, name: str = "", now: datetime | None = None, *, rules: Collection[str]) -> Examined:
    """The tuning and all its problems, each with its line where the line is known.

    ``rules`` are the rule ids that an allowlist entry may list. With ``now`` there are also warnings about expiry dates.
    """
    text = _text(source)
    if isinstance(text, Problem):
        return _nothing(text, name)
    data = _parsed(text)
    if isinstance(data, Problem):
        return _nothing(data, name)
    found = from_mapping(data, now=now, rules=rules)
    placed = (_placed(problem, text, name) for problem in found.problems)
    return Examined(tuning=found.tuning, problems=tuple(placed))


def from_mapping(data: Mapping[str, Any], ignoring: Iterable[str] = (), now: datetime | None = None, *, rules: Collection[str]) -> Examined:
    """The tuning in a decoded object. ``ignoring`` names keys of other tools, which are skipped."""
    ours = {key: value for key, value in data.items() if key not in set(ignoring)}
    parts: dict[str, object] = {}
    problems: list[Problem] = []
    for part in (*settings(ours), allowlist(ours.get("allowlist"), rules, now)):
        problems.extend(part.problems)
        if part.value is not Part.LEFT_OUT:
            parts[part.name] = part.value
    return Examined(tuning=msgspec.convert(parts, Tuning), problems=tuple(problems))


def _text(source: str | bytes | Path) -> str | Problem:
    try:
        raw = source.read_bytes() if isinstance(source, Path) else source.encode() if isinstance(source, str) else source
        if len(raw) > LARGEST_BYTES:
            return Problem(message=f"the file is larger than {LARGEST_BYTES} bytes", fix="remove content that belongs to other tools")
        return raw.decode("utf-8-sig")
    except OSError as error:
        return Problem(message=f"the file cannot be read: {error.strerror or type(error).__name__}", fix="check its path and permissions")
    except UnicodeError:
        return Problem(message="the file is not UTF-8", fix="save it as UTF-8")


def _parsed(text: str) -> dict[str, Any] | Problem:
    """The content as JSON when the text begins with a brace, else as TOML."""
    try:
        return _json(text) if text.lstrip().startswith("{") else _toml(text)
    except RecursionError:
        return Problem(message="the file is nested too deeply", fix="a tuning file is flat; see the schema")


def _json(text: str) -> dict[str, Any] | Problem:
    import json  # noqa: PLC0415 - only JSON files need it; its errors contain the line

    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        return Problem(
            line=line,
            message=f"the JSON is broken: {getattr(error, 'msg', 'not a number')}",
            fix="correct it; no setting of this file is used",
        )
    return found


def _toml(text: str) -> dict[str, Any] | Problem:
    import tomllib  # noqa: PLC0415 - a cold start without a TOML file does not import it

    try:
        return tomllib.loads(text)
    except ValueError as error:
        return Problem(line=_line_of(str(error)), message=f"the TOML is broken: {error}", fix="correct it; no setting of this file is used")


def _line_of(message: str) -> int | None:
    _, _, rest = message.partition("at line ")
    digits = rest.partition(",")[0].strip()
    return int(digits) if digits.isdecimal() else None


def _placed(problem: Problem, text: str, name: str) -> Problem:
    return msgspec.structs.replace(problem, file=name, line=problem.line or locate(text, problem.where))


def _nothing(problem: Problem, name: str) -> Examined:
    return Examined(tuning=Tuning(), problems=(msgspec.structs.replace(problem, file=name),))
