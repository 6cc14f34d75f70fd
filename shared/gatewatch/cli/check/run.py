"""Runs one case through the real pipeline with a memory store, a fixed clock and a recording channel. One step is one batch."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from ...familiarity import key_of
from ...flow import decoding, pipeline
from ...flow.familiarity import write
from ...flow.intake import Disposition, RecordResult
from ...model import Alert, AlertStatus, Event, Evidence, RawRecord
from ...ports import AlertQuery, Notice, Ports, State
from ...providers.catalogue import BY_ID
from ...stores.memory import MemoryStore
from ...tuning import Tuning
from ...tuning import file as tuning_file
from .cases import CaseStep, WorkedCase
from .fakes import EarlierRecords, FixedClock, GeoTable, HistoryTable, RecordingChannel

SETTLE = timedelta(minutes=5)  # a single record is evaluated this long after its activity
COUNTED = frozenset({AlertStatus.OPEN, AlertStatus.CLOSED})
EVERYTHING = 10_000
FOREVER = timedelta(days=365 * 100)


class RunResult(Struct, frozen=True, kw_only=True):
    """What the pipeline made of a case."""

    tuning: Tuning
    problems: tuple[str, ...]
    items: tuple[RecordResult, ...]
    alerts: tuple[Alert, ...]
    evidence: tuple[Evidence, ...]
    notices: tuple[Notice, ...]
    now: datetime

    @property
    def counted(self) -> tuple[Alert, ...]:
        """The alerts that count: open and closed ones."""
        return tuple(alert for alert in self.alerts if alert.status in COUNTED)

    @property
    def highest(self) -> Alert | None:
        """The alert that the expectations are about: the one with the highest score, closed and suppressed ones included."""
        return max(self.counted, key=lambda a: (a.score, a.id), default=None)


def run(case: WorkedCase) -> RunResult:
    """Every step of the case, in order of arrival."""
    tuning, problems = tuning_file.load(json.dumps(case.tuning), rules=BY_ID)
    store, channel, earlier = MemoryStore(), RecordingChannel(), EarlierRecords()
    clock = FixedClock(_start(case))
    ports = Ports(
        store=store,
        clock=clock,
        tuning=tuning,
        channels=(channel.name,),
        notifiers={channel.name: channel},
        geo=GeoTable(case.geo),
        lookup=earlier,
        retention=FOREVER,
    )
    _remember(case, store, clock.at)
    items: list[RecordResult] = []
    for number, step in enumerate(case.steps):
        clock.at = case.now or max(clock.at, step.at or clock.at)
        raw = RawRecord(data=step.record, fetched=step.at or clock.at, origin=f"step {number + 1}")
        earlier.remember(raw)
        items += pipeline.process([raw], ports).items
        pipeline.sweep(ports)  # as in production, every few minutes: a record that an earlier one names may have arrived
    vendor_ids = {item.vendor_id for item in items if item.disposition in {Disposition.STORED, Disposition.DUPLICATE}}
    alerts = tuple(store.search(AlertQuery(limit=EVERYTHING)))
    vendor_ids |= {member for alert in alerts for member in alert.lead.members}
    return RunResult(
        tuning=tuning,
        problems=problems,
        items=tuple(items),
        alerts=alerts,
        evidence=tuple(store.evidence_of(vendor_ids)),
        notices=tuple(channel.notices),
        now=clock.at,
    )


def _remember(case: WorkedCase, store: MemoryStore, now: datetime) -> None:
    """What is usual for the principals of the case, as its history table says."""
    table = HistoryTable(case.history)
    usual = {key_of(event): known for event in _events(case.steps) if (known := table.familiar(event, now)) is not None}
    write(usual, State({}, {}), store)


def _start(case: WorkedCase) -> datetime:
    """``now`` when the case fixes it, else the first arrival, else a little after the activity."""
    if case.now is not None:
        return case.now
    arrivals = [step.at for step in case.steps if step.at is not None]
    if arrivals:
        return arrivals[0]
    times = [event.time for event in _events(case.steps) if event.time is not None]
    return max(times) + SETTLE if times else datetime.now(UTC)


def _events(steps: Sequence[CaseStep]) -> list[Event]:
    found: list[Any] = [decoded for step in steps for decoded in decoding.decode(RawRecord(data=step.record))]
    return [event for event in found if isinstance(event, Event)]
