"""The alerts that a replay wrote: whole if they are compared with others, by name if they are told of, else only how many stand."""

from collections.abc import Iterable

from ..model import Alert, AlertStatus, GroupKey
from .numbered import HashNumbers

_STANDING = frozenset({AlertStatus.OPEN, AlertStatus.CLOSED})


class Changed:
    """Alerts by their group; of one that is written twice the last counts."""

    def __init__(self, *, whole: bool, named: bool = True) -> None:
        """``whole``: keep the alerts themselves, in memory. ``named``: keep their groups; otherwise a hash of each."""
        self._whole, self._named = whole, whole or named
        self._found: dict[GroupKey, Alert | None] = {}
        self._standing = HashNumbers("b")  # by the hash of a group: 1 if its alert stands

    def add(self, alerts: Iterable[Alert]) -> None:
        """These were written."""
        for alert in alerts:
            self._standing.put(hash(alert.key), alert.status in _STANDING)
            if self._named:
                self._found[alert.key] = alert if self._whole else None

    def keys(self) -> list[GroupKey]:
        """The groups, ordered; none if they are not named."""
        return sorted(self._found)

    def alerts(self) -> tuple[Alert, ...]:
        """The alerts, ordered by group; none if they are not kept."""
        return tuple(alert for key in self.keys() if (alert := self._found[key]) is not None)

    @property
    def standing(self) -> int:
        """How many are neither retracted nor merged into another."""
        return sum(self._standing.values())
