"""How long a call of the store may take, how often it tries, and how it waits in between."""

import random
import time
from collections.abc import Callable

from msgspec import Struct

from ...errors import StoreUnavailable


class RequestLimits(Struct, frozen=True, kw_only=True):
    """Seconds and counts; facts/elastic.md, section 5."""

    connect_seconds: float = 3.0
    read_seconds: float = 10.0
    budget_seconds: float = 45.0  # for one call of the store, retries and waits included, when no deadline is nearer
    retries: int = 3
    first_wait_seconds: float = 0.25
    longest_wait_seconds: float = 5.0
    connections: int = 4
    answer_bytes: int = 512 << 20


class Timing(Struct, frozen=True, kw_only=True):
    """What tests replace: a monotonic clock in seconds, a sleep, and a uniform random number in [0, 1)."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[], float] = random.random


class Budget:
    """What is left of one call's time, and how its retries wait."""

    def __init__(self, timing: Timing, limits: RequestLimits, seconds: float) -> None:
        self._timing, self._limits = timing, limits
        self._until = timing.clock() + seconds

    def left(self) -> float:
        """Seconds; never negative."""
        return max(0.0, self._until - self._timing.clock())

    def wait(self, attempt: int, at_least: float, problem: str) -> None:
        """Full jitter before the next attempt; raises ``StoreUnavailable`` when attempts or time are used up."""
        ceiling = min(self._limits.longest_wait_seconds, self._limits.first_wait_seconds * 2**attempt)
        seconds = at_least + ceiling * self._timing.uniform()
        if attempt >= self._limits.retries or seconds >= self.left():
            raise StoreUnavailable(f"Elasticsearch is not available: {problem} ({attempt + 1} tries)")
        self._timing.sleep(seconds)
