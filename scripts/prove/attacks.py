"""The published attacks, step by step: who would have been notified by default settings.

The data is of others and stays outside the repository: CONFORMANCE_DATA names its folder, `tables/attacks.json` the steps.
"""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from gatewatch.cli.simulate.run import Played, play
from gatewatch.flow import decoding
from gatewatch.model import Event, RawRecord, Severity, severity_of
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning

from . import table

NAME = "attacks"
NOW = datetime(2026, 11, 28, tzinfo=UTC)
KEYS, VALUES = ("data", "step"), ("seen", "records", "verdict")
TECHNIQUES = "stratus_event_ids.csv"


def records(data: Path, name: str) -> list[dict[str, Any]]:
    """The records of one data set."""
    with gzip.open(data / NAME / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@cache
def techniques(data: Path) -> dict[str, str]:
    """The published technique of each record, by its event id."""
    with (data / NAME / TECHNIQUES).open(encoding="utf-8") as file:
        return {row["event_id"]: row["technique"] for row in csv.DictReader(file)}


def run(data: Path) -> list[table.Row]:
    """Every step of the table with what is seen of it now."""
    committed = table.load(NAME)
    named = techniques(data)
    rows: list[table.Row] = []
    for name in dict.fromkeys(row["data"] for row in committed):
        raw = [RawRecord(data=record, tenant=None, origin=name) for record in records(data, name)]
        store = MemoryStore()
        played = play(raw, store, Tuning(), NOW)
        rows += [_seen(row, raw, store, played, named) for row in committed if row["data"] == name]
    return rows


def _seen(row: table.Row, raw: list[RawRecord], store: MemoryStore, played: Played, named: Mapping[str, str]) -> table.Row:
    """A step is notified when one of its records (with ``every``: each) scores by itself what a notified alert needs."""
    chosen = [record for record in raw if fits(record.data, row["where"], named)]
    ids = {event.vendor_id for record in chosen for event in decoding.decode(record) if isinstance(event, Event)}
    loud = played.notified()
    found = [(alert.id in loud, event) for alert in played.alerts for event in alert.snapshot.events if event.id in ids]
    heard = [event for notified, event in found if notified and severity_of(event.score) >= Severity.MEDIUM]
    events = sorted(heard or [event for _, event in found], key=lambda event: -event.score)
    if heard and (not row.get("every") or ids == {event.id for event in heard}):
        seen = table.NOTIFIED
    else:
        seen = table.RECORDED if found or store.evidence_of(ids) else table.UNSEEN
    rule = f"{severity_of(events[0].score).value} {events[0].score} {events[0].rule}" if events else ""
    return table.verdict({**row, "records": len(chosen), "rule": rule}, seen) | {"rule": rule}


def fits(record: Any, where: Mapping[str, Any], named: Mapping[str, str]) -> bool:
    """``technique`` is the published name of a record; ``error`` whether the call failed; all else are dotted paths and their values."""
    for path, wanted in where.items():
        if path == "technique":
            found: Any = named.get(record.get("eventID", ""))
        elif path == "error":
            found = bool(record.get("errorCode"))
        else:
            found = _at(record, path.split("."))
        allowed = wanted if isinstance(wanted, list) else [wanted]
        if found not in allowed:
            return False
    return True


def _at(value: Any, path: list[str]) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def check(data: Path) -> Iterator[str]:
    """What differs from the table."""
    committed, actual = table.load(NAME), run(data)
    yield from table.differences(NAME, committed, actual, KEYS, VALUES)
    yield from table.unexplained(NAME, committed)
