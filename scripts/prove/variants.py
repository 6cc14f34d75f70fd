"""What a careful attacker does instead: variants of the stories, by default settings after 30 ordinary days of the behaviour they name.

`tables/variant_records.json` holds their records and, where nobody is notified, the reason. Each ends as `tables/variants.json` says.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from gatewatch.cli.simulate.behaviour import RecordTemplate, Simulated, behaviour, filled
from gatewatch.cli.simulate.run import SimulatedOutcome, run
from gatewatch.flow import decoding
from gatewatch.model import Event, RawRecord
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning

from . import table

NAME = "variants"
DAYS = 30
START = datetime(2026, 11, 20, 10, tzinfo=UTC)
LATER = timedelta(hours=4)
KEYS, VALUES = ("step",), ("seen", "verdict", "rule", "why")


class Variant(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One variant. ``ordinary`` names the behaviour whose ordinary days come before; "" means that its people are new."""

    step: str
    attack: str  # ATT&CK technique
    ordinary: str = ""
    records: tuple[RecordTemplate, ...]
    why: str = ""  # the reason, where nobody is notified


def variants() -> list[Variant]:
    """Every variant, in the order of the page."""
    return msgspec.convert(table.load("variant_records"), list[Variant])


def run_all() -> list[table.Row]:
    """Every variant as it ends now."""
    return [_row(one, played(one)) for one in variants()]


def played(one: Variant) -> SimulatedOutcome:
    """What became of one variant."""
    ordinary = behaviour(one.ordinary).ordinary if one.ordinary else ()
    before = [
        record
        for day in range(DAYS, 0, -1)
        for record in filled(one.step, ordinary, START - timedelta(days=day, minutes=day * 37 % 90), f"day {day}")
    ]
    attack = list(filled(one.step, one.records, START, "attack"))
    found = Simulated(records=(*before, *attack), attack=frozenset(_vendor_ids(attack)))
    return run(found, MemoryStore(), Tuning(), max(record.fetched or START for record in attack) + LATER)


def _vendor_ids(records: list[RawRecord]) -> Iterator[str]:
    yield from (event.vendor_id for record in records for event in decoding.decode(record) if isinstance(event, Event))


def _row(one: Variant, outcome: SimulatedOutcome) -> table.Row:
    """The variant's row: it has a reason only if the variant is missed."""
    seen = table.NOTIFIED if outcome.notified else table.RECORDED if outcome.kept else table.UNSEEN
    alerts = outcome.notified or outcome.alerts
    rule = f"{alerts[0].severity.value} {alerts[0].score} {alerts[0].rule}" if alerts else ""
    verdict = table.NOTIFIED if outcome.notified else table.MISSED
    made: dict[str, Any] = {"step": one.step, "attack": one.attack, "seen": seen, "verdict": verdict, "rule": rule}
    return {**made, "why": "" if outcome.notified else one.why}


def check() -> Iterator[str]:
    """What differs from the table, and what is wrong with the reasons."""
    rows = run_all()
    yield from table.differences(NAME, table.load(NAME), rows, KEYS, VALUES)
    yield from problems(variants(), rows)


def problems(found: Iterable[Variant], rows: Sequence[table.Row]) -> Iterator[str]:
    """Misses without a reason, and reasons of what is notified."""
    yield from table.unexplained(NAME, rows)
    notified = {row["step"] for row in rows if row["verdict"] == table.NOTIFIED}
    yield from (f"{NAME}: {one.step}: is notified, its reason is stale" for one in found if one.why and one.step in notified)
