"""A report says the same of every store."""

import json
from datetime import UTC, datetime

from msgspec import structs

from gatewatch.flow.replay import replay
from gatewatch.model import RawRecord
from gatewatch.ports import Ports
from gatewatch.report.build import ReportRequest, build
from gatewatch.report.exports import json_lines
from gatewatch.report.page import html
from gatewatch.stores.memory import MemoryStore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def reported(store, repository) -> tuple[list[dict], str]:
    """The report of a store after the demo's records, as lines and as a page."""
    text = (repository / "examples/records.jsonl").read_text("utf-8")
    records = [RawRecord(data=json.loads(line), origin=f"records:{number}") for number, line in enumerate(text.splitlines())]
    ports = Ports(store=store, clock=lambda: NOW)
    replay(lambda: records, ports)
    built = build(ports, ReportRequest(source="records", store="it"))
    assert structs.asdict(built.report.numbers)["alerts"] == 4
    return [json.loads(line) for line in json_lines(built).splitlines()], html(built, store)


def test_a_report_says_the_same_of_every_store(store, repository):
    assert reported(store, repository) == reported(MemoryStore(), repository)
