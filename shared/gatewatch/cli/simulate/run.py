"""Runs simulated behaviours through the pipeline and says who is notified."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from ...flow.replay import replay
from ...model import Alert, RawRecord
from ...ports import AlertQuery, Notice, Ports, Store
from ...tuning import Tuning
from .behaviour import Behaviour, Simulated

CHANNEL = "simulated"
LONG = timedelta(days=365 * 100)
SHOWN = 10_000


class Recorder:
    """A channel that accepts and keeps every notice."""

    name = CHANNEL

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def send(self, notice: Notice) -> None:
        """Keep the notice."""
        self.notices.append(notice)


class Played(Struct, frozen=True, kw_only=True):
    """What a replay left behind: every alert that it changed, and the notices that were sent."""

    alerts: tuple[Alert, ...]
    notices: tuple[Notice, ...]
    counts: dict[str, int]  # records by disposition

    def notified(self) -> frozenset[str]:
        """The ids of the alerts about which somebody was notified."""
        return frozenset(notice.alert.id for notice in self.notices)


class SimulatedOutcome(Struct, frozen=True, kw_only=True):
    """What became of one behaviour."""

    records: int
    alerts: tuple[Alert, ...]  # those that hold one of its records, the highest first
    notified: tuple[Alert, ...]  # those of them about which somebody was notified
    others: tuple[Alert, ...]  # those that its ordinary days made
    counts: dict[str, int]  # records by disposition
    kept: int  # of its own records, those that are evidence

    def ends_as(self, wanted: Behaviour) -> bool:
        """Whether it ended as the behaviour says that it must: somebody was notified, or a record was kept."""
        return bool(self.notified) if wanted.expect == "notified" else self.kept > 0


def play(records: Iterable[RawRecord], store: Store, tuning: Tuning, now: datetime) -> Played:
    """Replay the records into the store and notify; ``now`` is the time at which everything is evaluated.

    Raises:
        StoreUnavailable: the store is away.
    """
    channel, held = Recorder(), list(records)
    ports = Ports(
        store=store,
        clock=lambda: now,
        tuning=tuning,
        channels=(channel.name,),
        notifiers={channel.name: channel},
        worker="simulate",
        retention=LONG,
    )
    done = replay(lambda: held, ports)
    changed = {alert.id for alert in done.alerts}
    alerts = [alert for alert in store.search(AlertQuery(limit=SHOWN)) if alert.id in changed]
    return Played(alerts=tuple(alerts), notices=tuple(channel.notices), counts=done.counts)


def run(found: Simulated, store: Store, tuning: Tuning, now: datetime) -> SimulatedOutcome:
    """Play one behaviour and sort its alerts."""
    played = play(found.records, store, tuning, now)
    ours = sorted((alert for alert in played.alerts if holds(alert, found.attack)), key=lambda alert: (-alert.score, alert.id))
    notified = played.notified()
    return SimulatedOutcome(
        records=len(found.records),
        alerts=tuple(ours),
        notified=tuple(alert for alert in ours if alert.id in notified),
        others=tuple(alert for alert in played.alerts if not holds(alert, found.attack)),
        counts=played.counts,
        kept=len({item.event.vendor_id for item in store.evidence_of(found.attack)}),
    )


def holds(alert: Alert, vendor_ids: frozenset[str]) -> bool:
    """Whether one of these records is among the events that made the alert."""
    return not vendor_ids.isdisjoint(alert.snapshot.event_ids)
