"""Case files: one JSON object a line, each a record (or a sequence of them), a configuration and what is expected of it.

A malformed line is a case of its own that fails with its line number: a typo never passes.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from ...errors import ConfigError
from ...model import Kind

SEQUENCE = "sequence"
KINDS = frozenset(kind.value for kind in Kind)
DOUBLES = frozenset({"geo", "history"})  # test doubles of the world that ride in ``config`` beside the tuning keys
MAX_EXPANSION = 64 * 1024 * 1024  # bytes a field may be blown up to


class Step(Struct, frozen=True):
    """One batch of a case: what arrives, and when."""

    kind: str
    record: object
    at: datetime | None = None


class Case(Struct, frozen=True, kw_only=True):
    """One line, understood. ``problem`` is set when it could not be."""

    name: str
    title: str = ""
    steps: tuple[Step, ...] = ()
    tuning: dict[str, Any] = {}
    geo: dict[str, Any] = {}
    history: dict[str, Any] = {}
    now: datetime | None = None
    expect: dict[str, Any] = {}
    problem: str = ""

    @property
    def unsupported(self) -> tuple[str, ...]:
        """Kinds of record that this version cannot run."""
        return tuple(sorted({step.kind for step in self.steps} - KINDS))


def read(path: Path) -> Iterator[Case]:
    """The cases of a file, in order; blank lines are skipped.

    Raises:
        ConfigError: the file cannot be read as text.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text ({error.reason} at byte {error.start})") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield parse(line, f"{path.name}:{number}")


def parse(line: str, origin: str) -> Case:
    """One line of a case file."""
    try:
        body = json.loads(line)
        return _case(body, origin)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Case(name=origin, problem=f"{origin}: not a case: {type(error).__name__}: {error}")


def _case(body: dict[str, Any], origin: str) -> Case:
    config, expect = body.get("config") or {}, body["expect"]
    kind, given = body["kind"], body["input"]
    sequence = [Step(item["kind"], item["event"], _time(item["at"])) for item in given] if kind == SEQUENCE else []
    steps = sequence or [Step(kind, given)]
    expand = body.get("expand") or expect.get("expand")
    if expand:
        steps = [Step(step.kind, expanded(step.record, expand), step.at) for step in steps]
    now = body.get("now") or config.get("now")
    return Case(
        name=str(body.get("case") or origin),
        title=str(body.get("title") or ""),
        steps=tuple(steps),
        tuning={key: value for key, value in config.items() if key not in DOUBLES | {"now"}},
        geo=config.get("geo") or {},
        history=config.get("history") or {},
        now=_time(now) if now else None,
        expect=expect,
    )


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def expanded(record: object, how: dict[str, Any]) -> object:
    """The record with the field at ``path`` repeated ``repeat`` times, or given ``keys`` fields, or nested ``depth`` deep."""
    copied: Any = json.loads(json.dumps(record))
    *parents, last = str(how["path"]).split(".")
    home = copied
    for name in parents:
        home = home[int(name)] if isinstance(home, list) else home.setdefault(name, {})
    slot: Any = int(last) if isinstance(home, list) else last
    current = home[slot] if isinstance(home, list) or slot in home else None
    home[slot] = _blown_up(current, how)
    return copied


def _blown_up(value: object, how: dict[str, Any]) -> object:
    if "keys" in how:
        base = value if isinstance(value, dict) else {}
        return base | {f"key_{n}": f"value {n}" for n in range(int(how["keys"]))}
    if "depth" in how:
        nested: object = value
        for _ in range(int(how["depth"])):
            nested = {"nested": nested}
        return nested
    times = int(how["repeat"])
    if isinstance(value, list):
        return value * times
    text = value if isinstance(value, str) and value else "A"
    if len(text) * times > MAX_EXPANSION:
        text = text[: max(1, MAX_EXPANSION // times)]
    return text * times
