"""Records in chunks: nothing that the pipeline would keep or learn is left out, and reading goes on where it stopped."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from gatewatch.flow import pipeline
from gatewatch.flow.probed import chunks
from gatewatch.flow.probing import Prober
from gatewatch.model import RawRecord, Refused
from gatewatch.ports import Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.aws import user_record

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def raw(record: dict, origin: str = "o") -> RawRecord:
    return RawRecord(data=msgspec.Raw(json.dumps(record).encode()), origin=origin)


def call(number: int, day: int = 20, hour: int = 9) -> dict:
    """An API call of an instance's role, which no rule asks about."""
    record = user_record("alice", eventID=f"call-{number}", eventTime=f"2026-11-{day}T{hour:02d}:00:{number % 60:02d}Z")
    return {**record, "eventName": "RunInstances", "eventSource": "ec2.amazonaws.com", "eventType": "AwsApiCall", "responseElements": None}


def records() -> list[RawRecord | Refused]:
    logins = [user_record("alice", eventID=f"login-{n}", eventTime=f"2026-11-{20 + n}T10:00:00Z") for n in range(4)]
    return [raw(one) for one in [*(call(n) for n in range(30)), *logins, *(call(n, 22) for n in range(30, 60))]]


def stage() -> Ports:
    return Ports(store=MemoryStore(), clock=lambda: NOW, seeds=False)


def stored(bundle: Ports) -> set[str]:
    return {item.id for day in bundle.store.days() for page in bundle.store.evidence_on(day) for item in page}


def test_what_is_left_changes_nothing():
    whole, part = stage(), stage()
    pipeline.process([one for one in records() if isinstance(one, RawRecord)], whole)
    left = 0
    for chunk in chunks(records(), Prober(Tuning()), size=7):
        pipeline.process(chunk.records, part)
        left += sum(chunk.ignored.values())
    assert left > 40
    assert stored(part) == stored(whole) != set()


@pytest.mark.parametrize("stop", range(1, 64, 9))
def test_reading_goes_on_behind_what_was_processed(stop: int):
    given = records()
    first = next(chunks(given[:stop], Prober(Tuning()), size=1_000))
    rest = list(chunks(given, Prober(Tuning()), size=1_000, skip=first.read))
    assert [chunk.read for chunk in rest] == [64]
    counted = len(first.records) + sum(first.ignored.values()) + sum(len(chunk.records) + sum(chunk.ignored.values()) for chunk in rest)
    assert counted == 64


def test_a_clock_can_be_looked_at_although_nothing_is_kept():
    given = [raw(call(n)) for n in range(35)]
    assert [chunk.read for chunk in chunks(given, Prober(Tuning()), look_every=10)] == [10, 20, 30, 35]


def test_what_cannot_be_read_is_named():
    broken = Refused(origin="o:1", reason="file_truncated_or_corrupt")
    (chunk,) = chunks([broken], Prober(Tuning()))
    assert chunk.refused == (broken,)


def test_nothing_gives_nothing():
    assert list(chunks([], Prober(Tuning()))) == []
