"""Old findings in one message: what a backfill finds is sent without a flood.

What is urgent is sent at once, as the first law of telling says, and so is what is recent. The rest is collected and told together at the
end; the logs of the alerts hold that their channel was notified, so that no sweep sends them one by one.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from ..model import AlertStatus, Severity
from ..ports import Notice, Notifier, PlainNotice

RECENT = timedelta(hours=24)
"""Activity of the last day is news, whoever reads it."""
LISTED = 20
"""How many alerts the message lists; the others are counted."""


class CollectedAlert(Struct, frozen=True, kw_only=True):
    """One alert that the message will tell of."""

    id: str
    severity: Severity
    rule: str
    reason: str
    last_seen: datetime

    def encoded(self) -> bytes:
        """As it is kept."""
        return msgspec.json.encode(self)


_COLLECTED = msgspec.json.Decoder(CollectedAlert)


def decoded(bodies: Iterable[bytes]) -> list[CollectedAlert]:
    """What ``encoded`` wrote, each alert once as it was collected last."""
    return list({one.id: one for one in map(_COLLECTED.decode, bodies)}.values())


class DigestNotifier:
    """A channel that sends what is urgent or recent, and collects the rest. ``collect`` keeps one durably before ``send`` returns."""

    def __init__(self, inner: Notifier, urgent_from: Severity, now: datetime, collect: Callable[[CollectedAlert], None]) -> None:
        self.name = inner.name
        self.sent = self.collected = 0
        self._inner, self._urgent_from, self._recent, self._collect = inner, urgent_from, now - RECENT, collect

    def send(self, notice: Notice) -> None:
        """See ``Notifier``; raises as the channel does."""
        alerts = (notice.alert, *notice.together)
        urgent = any(alert.severity >= self._urgent_from for alert in alerts)
        recent = any(alert.snapshot.last_seen >= self._recent for alert in alerts)
        if urgent or recent or notice.index_unavailable:
            self._inner.send(notice)
            self.sent += 1
            return
        for alert in alerts:
            if alert.status is AlertStatus.OPEN:
                snapshot = alert.snapshot
                self._collect(
                    CollectedAlert(
                        id=alert.id, severity=alert.severity, rule=alert.rule, reason=snapshot.reason, last_seen=snapshot.last_seen
                    )
                )
                self.collected += 1


def message(collected: Sequence[CollectedAlert], at: datetime, subject: str) -> PlainNotice:
    """The one message, the highest and newest alerts first; equal for equal alerts, so that a channel can tell a repetition."""
    ordered = sorted(collected, key=lambda one: (-one.severity.lowest, -one.last_seen.timestamp(), one.id))
    counts = Counter(one.severity for one in ordered)
    said = ", ".join(f"{counts[severity]} {severity}" for severity in sorted(counts, reverse=True))
    lines = [f"{one.severity.upper()} {one.last_seen:%Y-%m-%d %H:%M} UTC {one.rule}: {one.reason}" for one in ordered[:LISTED]]
    more = [f"and {len(ordered) - LISTED} more"] if len(ordered) > LISTED else []
    oldest = min(one.last_seen for one in ordered)
    return PlainNotice(
        id=hashlib.sha256("|".join(sorted(one.id for one in ordered)).encode()).hexdigest(),
        at=at,
        subject=f"{subject}: {len(ordered)} alerts of the past ({said})",
        lines=(*lines, *more, f"gatewatch alerts list --since {oldest:%Y-%m-%d} --limit {max(len(ordered), 1)}"),
    )
