"""What goes wrong in a simulated tenant: calls that fail before or after they took effect, processes that die, and parts that are away for hours."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from azure.core.exceptions import ServiceRequestError

from gatewatch.errors import NotifyUnavailable, StoreUnavailable

_ERRORS: dict[str, type[Exception]] = {
    "store": StoreUnavailable,
    "table": ServiceRequestError,
    "queue": StoreUnavailable,
    "channel": NotifyUnavailable,
}
AFTER = 0.5
"""The part of the faults that come after the effect."""


def error_of(part: str) -> Exception:
    """What the adapter of this part raises when it is away."""
    return _ERRORS[part]("away")


class Crash(BaseException):
    """The process dies here; nothing after this line runs, not even a release of its lease."""


@dataclass
class Outage:
    """A part is away for a while."""

    part: str
    start: datetime
    end: datetime


@dataclass
class Odds:
    """How likely a call fails, and how likely the process dies in one. ``until`` ends all of it."""

    fail: float = 0.0
    crash: float = 0.0
    until: datetime | None = None


@dataclass
class Trouble:
    """Decides, by a seed alone, what happens to each call. ``nth`` instead kills the process at one call of the world, before or after it."""

    chance: random.Random
    clock: Callable[[], datetime]
    odds: Odds = field(default_factory=Odds)
    outages: list[Outage] = field(default_factory=list)
    nth: int = 0
    after: bool = False
    of: str = ""  # only calls of this name are counted then
    met: Counter[str] = field(default_factory=Counter)
    calls: int = 0

    def what(self, part: str, name: str = "") -> str:
        """One of: nothing, away, fail, fail after, crash, crash after."""
        self.calls += name == self.of or not self.of
        if self.nth:
            return ("crash after" if self.after else "crash") if self.calls == self.nth and (name == self.of or not self.of) else ""
        if self.is_away(part):
            return self._met(part, "away")
        if self.odds.until is not None and self.clock() >= self.odds.until:
            return ""
        drawn = self.chance.random()
        if drawn < self.odds.crash:
            return self._met(part, "crash" if self.chance.random() < AFTER else "crash after")
        if drawn < self.odds.crash + self.odds.fail:
            return self._met(part, "fail" if self.chance.random() < AFTER else "fail after")
        return ""

    def is_away(self, part: str) -> bool:
        """Whether it is away now."""
        now = self.clock()
        return any(one.part == part and one.start <= now < one.end for one in self.outages)

    def _met(self, part: str, what: str) -> str:
        self.met[f"{part} {what}"] += 1
        return what


@dataclass
class Worker:
    """One life of the function app's worker: its name, how wrong its clock is, and whether it died."""

    name: str
    skew: timedelta
    dead: bool = False
    shaken: bool = False  # whether a fault may have come between a message and what remembers it

    def die(self) -> None:
        """See ``Crash``."""
        self.dead = True
        raise Crash


class Exposed:
    """An object of the world as one process reaches it: every call may fail."""

    def __init__(self, inner: Any, part: str, process: Worker, trouble: Trouble, turn: Callable[[], None]) -> None:
        self._inner, self._part, self._process, self._trouble, self._turn = inner, part, process, trouble, turn

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found) or name == "close":
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            return self._called(found, name, arguments, named)

        return call

    def _called(self, method: Callable[..., Any], name: str, arguments: Any, named: Any) -> Any:
        self._turn()
        process, part = self._process, self._part
        if process.dead:
            raise Crash
        what = self._trouble.what(part, name)
        if what == "crash":
            process.die()
        if what in {"away", "fail"}:
            process.shaken |= part == "table"
            raise error_of(part)
        done = method(*arguments, **named)
        if what == "crash after":
            process.die()
        if what == "fail after":
            process.shaken |= part in {"table", "channel"}
            raise error_of(part)
        return done
