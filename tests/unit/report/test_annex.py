"""The annex: durations of a live store, gaps in sentences, uses of accounts that have every right."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from gatewatch.alerts.responses import make_response
from gatewatch.flow.pipeline import process
from gatewatch.flow.responses import apply_to
from gatewatch.model import RawRecord, ResponseKind, ResponseVerdict
from gatewatch.ports import AlertQuery, Ports
from gatewatch.report.build import ReportRequest, build
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.support.channels import Channel

LEARNT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TUNING = Tuning(break_glass=("ci-release",))


def records(examples, *, day: int = 20) -> list[RawRecord]:
    text = (examples / "records.jsonl").read_text("utf-8").replace("2026-11-20", f"2026-11-{day:02}")
    return [RawRecord(data=json.loads(line)) for line in text.splitlines()]


@pytest.fixture
def live(examples):
    """The report of a store that read its records live; its alerts were acknowledged after 5 minutes and closed after an hour."""
    channel = Channel("teams")
    ports = Ports(store=MemoryStore(), clock=lambda: LEARNT, tuning=TUNING, channels=(channel.name,), notifiers={channel.name: channel})
    process(records(examples), ports)
    found = ports.store.search(AlertQuery(limit=100))
    for alert in found:
        taken = make_response(alert, ResponseKind.ACKNOWLEDGE, at=LEARNT + timedelta(minutes=5), claimed_by="noor")
        closed = make_response(
            alert,
            ResponseKind.CLOSE,
            at=LEARNT + timedelta(hours=1),
            claimed_by="noor",
            verdict=ResponseVerdict.MALICIOUS,
            reason="a drill",
        )
        ports.store.append_responses([taken, closed])
    apply_to({alert.key for alert in found}, ports)
    return build(ports, ReportRequest(source="it"))


def test_durations_are_those_of_the_alerts(live):
    whole = live.report.annex.all_alerts

    assert (whole.acknowledge.count, whole.acknowledge.median) == (live.report.numbers.alerts, 300)
    assert (whole.close.median, whole.close.longest) == (3600, 3600)
    assert (whole.notify.median, whole.notify.count > 0) == (0, True)
    assert 0 < whole.detect.median <= whole.detect.longest < 3600


def test_precision_counts_every_rule_that_matched(live):
    assert {one.precision for one in live.report.annex.precision} == {1.0}


def test_each_control_says_what_was_observed(live):
    (strong,) = [one for one in live.report.annex.controls if one.control == "IAM-14"]

    assert sum(strong.observed.values()) >= strong.alerts > 0
    assert set(strong.observed) <= set(strong.rules)


def test_uses_of_root_and_break_glass_accounts_are_listed(live):
    assert {(one.use, one.mfa) for one in live.report.uses} == {("root", "without"), ("break-glass", "without")}


def test_days_without_evidence_are_a_gap(examples):
    ports = Ports(store=MemoryStore(), clock=lambda: LEARNT + timedelta(days=9))
    for day in (18, 20, 28):
        process(records(examples, day=day), ports)

    report = build(ports, ReportRequest(source="it")).report

    assert len(report.read.silent_days) == 8
    assert any("8 of the days in between: 2026-11-19, 2026-11-21" in gap and "3 more" in gap for gap in report.annex.gaps)
    assert any("Made more than 7 days after the event" in gap for gap in report.annex.gaps)
