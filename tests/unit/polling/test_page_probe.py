"""Which records of a page are left out before they are decoded: only those of which nothing is kept and that teach nothing more."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from gatewatch.errors import StoreUnavailable
from gatewatch.flow.announced import Announcements
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.hand_over import HandOver
from gatewatch.polling.page_probe import KEPT_FOR, PageProbe
from gatewatch.polling.ports import Dependencies
from gatewatch.ports import AlertQuery, Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from scripts.local_cloud.fake_cloud.records import beta_sign_in, risky_sign_in
from tests.support.azure_memory import Clock, MemoryCheckpoint, MemoryDeadLetters
from tests.support.azure_stage import SIGN_INS, Store

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LEFT = "ignored:sign_in_without_risk"


def raw(record: dict[str, Any], fetched: datetime = AT) -> RawRecord:
    return RawRecord(data=Raw(msgspec.json.encode(record)), fetched=fetched, tenant="tenant-1", origin="graph:signIns")


def ordinary(minute: int, **changes: Any) -> RawRecord:
    return raw(beta_sign_in(AT + timedelta(minutes=minute), **changes))


class Taken:
    """A process that takes pages, and how many of a page's records were decoded."""

    def __init__(self, tuning: Tuning | None = None) -> None:
        self.clock = Clock(AT + timedelta(minutes=30))
        self.store = Store(MemoryStore())
        self.ports = Ports(store=self.store, clock=self.clock, tuning=tuning or Tuning())
        deadline = Deadline(self.clock, self.clock() + timedelta(hours=1))
        self.needs = Dependencies(None, MemoryCheckpoint(), MemoryDeadLetters(), self.ports, deadline)

    def take(self, *page: RawRecord) -> dict[str, int]:
        hand_over = HandOver(SIGN_INS, self.needs, None)
        hand_over.take(page)
        if hand_over.away is not None:
            raise hand_over.away
        return {name: number for name, number in hand_over.counts.items() if number and name != "read"}

    def slow(self, *page: RawRecord) -> Sequence[RawRecord]:
        probe: PageProbe = self.needs.probes.of(SIGN_INS.name)
        return [record.raw for record in probe.sort(page, self.ports, Announcements()).records]


def warm(**changes: Any) -> Taken:
    taken = Taken(**changes)
    for minute in (0, 1, 2):
        taken.take(ordinary(minute))
    return taken


def test_what_equal_records_taught_before_is_counted_and_not_decoded():
    taken = warm()
    page = [ordinary(minute) for minute in (3, 4, 5)]
    assert taken.slow(*page) == []
    assert taken.take(*page) == {LEFT: 3}


def test_the_same_is_stored_with_and_without_probes():
    pages = [
        [ordinary(minute, upn=f"p{minute % 3}@contoso.example", appId=f"app-{minute % 2}") for minute in range(start, start + 8)]
        for start in (0, 8, 16)
    ]
    pages[1].append(raw(risky_sign_in(AT + timedelta(minutes=9), "p1@contoso.example")))
    quick, plain = Taken(), MemoryStore()
    for page in pages:
        quick.take(*page)
        process(
            [RawRecord(data=msgspec.json.decode(bytes(one.data)), fetched=AT, tenant=one.tenant) for one in page],
            Ports(store=plain, clock=quick.clock),
        )
    stores = (quick.store.inner, plain)
    assert len({frozenset(item.id for day in store.days() for some in store.evidence_on(day) for item in some) for store in stores}) == 1
    assert len({tuple(alert.id for alert in store.search(AlertQuery())) for store in stores}) == 1


def test_what_is_before_everything_that_was_taught_is_decoded():
    taken = warm()
    earlier = ordinary(-60)
    assert taken.slow(earlier) == [earlier]


def test_a_stored_record_that_lost_its_risk_is_processed():
    taken = warm()
    risky = beta_sign_in(AT + timedelta(minutes=1), id="a-1", riskState="atRisk", riskLevelDuringSignIn="high")
    taken.take(raw(risky))
    safe = raw(beta_sign_in(AT + timedelta(minutes=1), id="a-1"), fetched=taken.clock())
    assert taken.take(safe, ordinary(2)) == {"stored": 1, LEFT: 1, "alerts_written": 1}


def test_a_record_beside_a_version_of_it_that_is_kept_is_processed():
    taken = warm()
    counts = taken.take(ordinary(1, id="a-1"), raw(risky_sign_in(AT + timedelta(minutes=1), id="a-1")))
    assert (counts["stored"], counts.get(LEFT)) == (2, None)


@pytest.mark.parametrize("reason", ["time", "policy", "fault"])
def test_what_was_learnt_is_forgotten(reason: str):
    taken = warm()
    record = ordinary(3)
    match reason:
        case "time":
            taken.clock.advance(seconds=KEPT_FOR.total_seconds())
        case "policy":
            taken.ports = Ports(store=taken.store, clock=taken.clock, tuning=Tuning(privileged_principals=("ana@contoso.example",)))
        case "fault":
            taken.store.calls, taken.store.plan = 0, {3: StoreUnavailable("away")}
            with pytest.raises(StoreUnavailable):
                taken.take(ordinary(4, upn="new@contoso.example"))
    assert taken.slow(record) == [record]


def test_what_was_announced_is_processed_for_the_notification_log():
    taken = warm()
    record = ordinary(3, id="a-9")

    class Known(Announcements):
        def names(self, vendor_id: str) -> bool:
            return vendor_id.endswith("a-9")

    probe = taken.needs.probes.of(SIGN_INS.name)
    assert [one.raw for one in probe.sort([record], taken.ports, Known()).records] == [record]
