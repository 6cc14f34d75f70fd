"""The alerts that a replay wrote: whole if they are compared with others, else only their groups and states."""

from collections.abc import Iterable

from ..model import Alert, AlertStatus, GroupKey

_STANDING = frozenset({AlertStatus.OPEN, AlertStatus.CLOSED})


class Changed:
    """Alerts by their group; of one that is written twice the last counts."""

    def __init__(self, *, whole: bool) -> None:
        """``whole``: keep the alerts themselves, in memory."""
        self._whole = whole
        self._found: dict[GroupKey, Alert | AlertStatus] = {}

    def add(self, alerts: Iterable[Alert]) -> None:
        """These were written."""
        self._found.update((alert.key, alert if self._whole else alert.status) for alert in alerts)

    def keys(self) -> list[GroupKey]:
        """The groups, ordered."""
        return sorted(self._found)

    def alerts(self) -> tuple[Alert, ...]:
        """The alerts, ordered by group; none if they are not kept."""
        return tuple(alert for key in self.keys() if isinstance(alert := self._found[key], Alert))

    @property
    def standing(self) -> int:
        """How many are neither retracted nor merged into another."""
        statuses = (one.status if isinstance(one, Alert) else one for one in self._found.values())
        return sum(status in _STANDING for status in statuses)
