"""The tuning in force: read from SSM or a file, again every five minutes. A broken one never stops detection."""

from collections.abc import Callable
from datetime import datetime, timedelta

from gatewatch.tuning import Tuning

FRESH_FOR = timedelta(minutes=5)
Read = Callable[[], tuple[Tuning, tuple[str, ...]]]


class TuningSource:
    """Keeps the last tuning that could be read; before the first, the defaults, which silence nothing."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._tuning = Tuning()
        self._problems: tuple[str, ...] = ()
        self._until: datetime | None = None

    def current(self, now: datetime) -> tuple[Tuning, tuple[str, ...]]:
        """The tuning, and what is wrong with it (low-cardinality names of entries and fields)."""
        if self._until is None or now >= self._until:
            self._until = now + FRESH_FOR
            try:
                self._tuning, self._problems = self._read()
            except Exception as error:  # noqa: BLE001 - whatever the SDK raises, detection goes on
                self._problems = (f"the tuning could not be read: {type(error).__name__}",)
        return self._tuning, self._problems
