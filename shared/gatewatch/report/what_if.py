"""What a tuning change would have done: the alerts of two replays of the same records, side by side. Pure."""

from collections.abc import Iterable

from msgspec import Struct

from ..model import Alert, AlertStatus
from ..tuning import Tuning


class Difference(Struct, frozen=True, kw_only=True):
    """One alert that a tuning change adds, takes away or changes."""

    change: str  # added, removed, changed
    id: str
    principal: str
    day: str
    before: str | None
    after: str | None


class Comparison(Struct, frozen=True, kw_only=True):
    """How many alerts would be notified before and after, and every difference."""

    announced_before: int
    announced_after: int
    same: int
    differences: tuple[Difference, ...]

    def count(self, change: str) -> int:
        """How many differences are of this kind."""
        return sum(d.change == change for d in self.differences)


def differences(before: Iterable[Alert], after: Iterable[Alert], first: Tuning, second: Tuning) -> Comparison:
    """Alert by alert; an alert is the same when its score, rule, suppression and announcement are."""
    old, new = _standing(before), _standing(after)
    found = []
    for key in sorted(old.keys() | new.keys()):
        said = _say(old.get(key), first), _say(new.get(key), second)
        if said[0] != said[1]:
            alert = new.get(key) or old[key]
            change = "added" if said[0] is None else "removed" if said[1] is None else "changed"
            found.append(
                Difference(change=change, id=alert.id, principal=alert.key.principal, day=alert.key.day, before=said[0], after=said[1])
            )
    return Comparison(
        announced_before=sum(_announced(alert, first) for alert in old.values()),
        announced_after=sum(_announced(alert, second) for alert in new.values()),
        same=len(old.keys() | new.keys()) - len(found),
        differences=tuple(found),
    )


def _standing(alerts: Iterable[Alert]) -> dict[str, Alert]:
    return {alert.id: alert for alert in alerts if alert.status in {AlertStatus.OPEN, AlertStatus.CLOSED}}


def _announced(alert: Alert, tuning: Tuning) -> bool:
    return alert.status is AlertStatus.OPEN and not alert.snapshot.suppressed and alert.severity >= tuning.notify_from


def _say(alert: Alert | None, tuning: Tuning) -> str | None:
    if alert is None:
        return None
    state = (
        f"suppressed by {alert.snapshot.suppressed_by}"
        if alert.snapshot.suppressed
        else "announced"
        if _announced(alert, tuning)
        else "silent"
    )
    closed = ", closed" if alert.status is AlertStatus.CLOSED else ""
    return f"{alert.rule} {alert.score} {alert.severity.value}, {state}{closed}"
