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
from ...providers.catalogue import KINDS, provider_of_kind
from .expand import expanded

SEQUENCE = "sequence"
FAKES = frozenset({"geo", "history"})  # what stands in for the world; the other keys of ``config`` are the tuning file's


class CaseStep(Struct, frozen=True):
    """One batch of a case: what arrives, and when."""

    kind: str
    record: object
    at: datetime | None = None

    @property
    def provider(self) -> str:
        """The name of the provider that reads records of this kind; empty for an unknown kind."""
        found = provider_of_kind(self.kind)
        return found.name if found is not None else ""


class WorkedCase(Struct, frozen=True, kw_only=True):
    """One parsed line. ``problem`` is set when the line could not be parsed."""

    name: str
    title: str = ""
    steps: tuple[CaseStep, ...] = ()
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

    @property
    def crosses_providers(self) -> bool:
        """Whether the records come from more than one provider. Such a case is about what they show together."""
        return len({step.provider for step in self.steps}) > 1


def read(path: Path) -> Iterator[WorkedCase]:
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


def parse(line: str, origin: str) -> WorkedCase:
    """One line of a case file."""
    try:
        return _case(json.loads(line), origin)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return WorkedCase(name=origin, problem=f"{origin}: not a case: {type(error).__name__}: {error}")


def _case(body: dict[str, Any], origin: str) -> WorkedCase:
    config, expect = body.get("config") or {}, body["expect"]
    expand = body.get("expand") or expect.get("expand")
    steps = _steps(body["kind"], body["input"])
    if expand:
        steps = tuple(CaseStep(step.kind, expanded(step.record, expand), step.at) for step in steps)
    return WorkedCase(
        name=str(body.get("case") or origin),
        title=str(body.get("title") or ""),
        steps=steps,
        tuning={key: value for key, value in config.items() if key not in FAKES | {"now"}},
        geo=config.get("geo") or {},
        history=config.get("history") or {},
        now=_clock(body, config, expect),
        expect=expect,
    )


def _steps(kind: str, given: Any) -> tuple[CaseStep, ...]:  # noqa: ANN401 - JSON of any shape
    if kind != SEQUENCE:
        return (CaseStep(kind, given),)
    if not given:
        raise ValueError("the sequence is empty")
    return tuple(CaseStep(item["kind"], item["event"], _time(item["at"])) for item in given)


def _clock(*places: dict[str, Any]) -> datetime | None:
    """The time that ``now`` fixes, in the line, in its ``config`` or in its ``expect``. Two different times are a mistake."""
    times = {_time(place["now"]) for place in places if place.get("now")}
    if len(times) > 1:
        raise ValueError("now is given twice and differs")
    return times.pop() if times else None


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
