"""What goes through the live matrix: every behaviour, and the entry events of the published attacks, moved to today."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from gatewatch.cli.simulate.behaviour import Simulated, behaviour, names, simulated
from gatewatch.flow import decoding
from gatewatch.model import Event, RawRecord

from .. import attacks, table

DAYS = 12  # seven establish a principal; Graph shows thirty
AGO = timedelta(hours=4)
STORIES = 10  # the first behaviours are stories, the others rules


class Case(NamedTuple):
    """One row of the matrix: what it is, its records, and the tuning that it needs as text."""

    label: str
    what: str  # story, rule or attack
    found: Simulated
    tuning: str = ""

    @property
    def rule(self) -> str:
        """The rule that must be among those of the alert; empty where any will do."""
        return self.label if self.what == "rule" else ""


def cases(data: Path | None) -> Iterator[Case]:
    """Every behaviour, then the entry events of the published attacks, moved to today."""
    start = (datetime.now(UTC) - AGO).replace(microsecond=0)
    for number, name in enumerate(names()):
        found = behaviour(name)
        what = "story" if number < STORIES else "rule"
        yield Case(name, what, simulated(name, start, DAYS), json.dumps(found.tuning) if found.tuning else "")
    if data is not None:
        yield from _entries(data, start)


def _entries(data: Path, start: datetime) -> Iterator[Case]:
    wanted = [row for row in table.load(attacks.NAME) if row["must"] or "own agent" in row["step"]]
    for name in dict.fromkeys(row["data"] for row in wanted):
        chosen = [
            record
            for record in attacks.records(data, name)
            if any(attacks.fits(record, row["where"], attacks.techniques(data)) for row in wanted if row["data"] == name)
        ]
        for row in wanted:
            if row["data"] != name or not row["must"]:
                continue
            ids = {record["eventID"] for record in chosen if attacks.fits(record, row["where"], attacks.techniques(data))}
            raw = tuple(RawRecord(data=record, origin=name) for record in _moved(chosen, start))
            yield Case(f"{name}: {row['step']}", "attack", Simulated(records=raw, attack=frozenset(_vendor_ids(raw, ids))))


def _vendor_ids(raw: tuple[RawRecord, ...], ids: set[str]) -> Iterator[str]:
    for record in raw:
        found = decoding.decode(record)
        yield from (one.vendor_id for one in found if isinstance(one, Event) and record.data["eventID"] in ids)


def _moved(records: list[dict[str, Any]], start: datetime) -> list[dict[str, Any]]:
    """The same records with every time moved, so that the last one is at the start."""
    last = max(datetime.fromisoformat(record["eventTime"]) for record in records)

    def later(found: re.Match[str]) -> str:
        return f"{datetime.fromisoformat(found[0]) + (start - last):%Y-%m-%dT%H:%M:%SZ}"

    moved: list[dict[str, Any]] = json.loads(re.sub(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", later, json.dumps(records)))
    return sorted(moved, key=lambda record: str(record["eventTime"]))
