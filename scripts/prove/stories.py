"""The stories of the technique: the ten given ones (through CONFORMANCE_DATA) and those of `gatewatch simulate`.

Each is played twice: by the default policy after 30 ordinary days, and by the profile "published" without any history.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from gatewatch.cli.simulate.behaviour import NAMED_FIRST, RecordTemplate, Simulated, filled, simulated
from gatewatch.cli.simulate.run import SimulatedOutcome, run
from gatewatch.flow import decoding
from gatewatch.model import Event, RawRecord
from gatewatch.providers.catalogue import BY_ID
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from gatewatch.tuning import file as tuning_file

from . import table

NAME = "stories"
DAYS = 30
START = datetime(2026, 11, 20, 10, tzinfo=UTC)
LATER = timedelta(hours=4)
BALANCED, PUBLISHED = "balanced, after 30 days", "published, without history"
KEYS, VALUES = ("story", "profile"), ("seen", "verdict", "context")
TENANT = "11111111-0000-4000-8000-000000000001"
FILES = {
    "t1": "t1_az_login",
    "t1b": "t1b_az_login_devicecode",
    "t2": "t2_connect_azaccount",
    "t3": "t3_aws_configure",
    "t4": "t4_list_resources",
}
WHO = {
    "t3": ("megan", "ci-deploy"),
    "t4": ("megan", "ci-deploy"),
    "sync_account": ("Sync_DC01",),
    "aws_consoler": ("dana",),
    "identity_center": ("dana of Identity Center",),
    "golden_saml": ("carla",),
}
"""Whose ordinary days come before a given story (`tables/ordinary.json`); megan's before the others."""

RECORDED_ONLY = {
    "t4": "Reads after a login: context of the alert on that login.",
    "golden_saml": "Recorded; notified where the non-interactive stream is read and holds no sign-in of that person.",
}
"""Stories that notify nobody by default settings, and why."""


def run_all(data: Path | None) -> list[table.Row]:
    """Every story under both profiles; the given ones only where the data is."""
    committed = {tuple(row[key] for key in KEYS): row for row in table.load(NAME)}
    rows = []
    for label, played, profile in _cases(data):
        outcome = run(played, MemoryStore(), _tuning(profile), played.records[-1].fetched + LATER)
        key = (label, profile)
        rows.append(_row(label, profile, outcome, committed.get(key, {})) | {"context": _context(outcome, played)})
    return rows


def _cases(data: Path | None) -> Iterator[tuple[str, Simulated, str]]:
    for name in NAMED_FIRST:
        yield name, simulated(name, START, DAYS), BALANCED
        yield name, simulated(name, START, 0), PUBLISHED
    if data is None:
        return
    for name in NAMED_FIRST:
        who = WHO.get(name, ("megan",))
        yield f"given {name}", _given(given_records(data, name), who, DAYS), BALANCED
        yield f"given {name}", _given(given_records(data, name), who, 0), PUBLISHED
    both = [*given_records(data, "t1"), *_after(given_records(data, "t4"), minutes=5)]
    yield "given t1, then t4", _given(both, WHO["t4"], DAYS), BALANCED


def given_records(data: Path, name: str) -> list[dict[str, Any]]:
    """The records of one given story."""
    text = (data / NAME / f"{FILES.get(name, name)}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _after(records: Sequence[dict[str, Any]], *, minutes: int) -> list[dict[str, Any]]:
    """The same records this much later."""
    text = json.dumps(list(records)).replace("2026-11-20T10:00", f"2026-11-20T10:{minutes:02d}")
    later: list[dict[str, Any]] = json.loads(text)
    return later


def _given(records: Sequence[dict[str, Any]], who: Sequence[str], days: int) -> Simulated:
    raw = tuple(RawRecord(data=record, fetched=START + LATER, tenant=TENANT, origin="story") for record in records)
    ordinary = table.load("ordinary")
    templates = msgspec.convert([template for name in who for template in ordinary[name]], tuple[RecordTemplate, ...])
    before = [
        msgspec.structs.replace(record, tenant=TENANT)
        for day in range(days, 0, -1)
        for record in filled("ordinary", templates, START - timedelta(days=day, minutes=day * 37 % 90), f"day {day}")
    ]
    ids = frozenset(event.vendor_id for record in raw for event in decoding.decode(record) if isinstance(event, Event))
    return Simulated(records=(*before, *raw), attack=ids)


def _tuning(profile: str) -> Tuning:
    if profile == BALANCED:
        return Tuning()
    tuning, _ = tuning_file.load(json.dumps({"profile": "published"}), rules=BY_ID)
    return tuning


def _row(label: str, profile: str, outcome: SimulatedOutcome, known: table.Row) -> table.Row:
    alerts = outcome.notified or outcome.alerts
    seen = table.NOTIFIED if outcome.notified else table.RECORDED if outcome.kept else table.UNSEEN
    rule = f"{alerts[0].severity.value} {alerts[0].score} {alerts[0].rule}" if alerts else ""
    name = label.removeprefix("given ")
    quiet = {"verdict": table.RECORDED, "why": RECORDED_ONLY[name]} if name in RECORDED_ONLY else {"why": ""}
    row = {"story": label, "step": f"{label} ({profile})", "profile": profile, "must": name not in RECORDED_ONLY, **quiet, **known}
    return {**table.verdict(row, seen), "rule": rule, "others": len(outcome.others)}


def _context(outcome: SimulatedOutcome, played: Simulated) -> int:
    """How many of its records the alerts show beside their events."""
    shown = {vendor_id for alert in outcome.alerts for vendor_id in alert.snapshot.related_ids}
    return len(shown & played.attack)


def check(data: Path | None) -> Iterator[str]:
    """What differs from the table; given stories are compared only where the data is."""
    actual = run_all(data)
    committed = [row for row in table.load(NAME) if data is not None or not row["story"].startswith("given ")]
    yield from table.differences(NAME, committed, actual, KEYS, VALUES)
    yield from table.unexplained(NAME, committed)
