"""Which polled records are processed again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gatewatch.flow.decoding import decoded
from gatewatch.flow.pipeline import process
from gatewatch.model import Event, RawRecord
from gatewatch.polling.skip_unchanged import Remaining, skip_unchanged
from gatewatch.ports import Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in, sign_in

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


def raw(data: Any, fetched: datetime = AT, **changes: Any) -> RawRecord:
    return RawRecord(data=data, fetched=fetched, tenant="tenant-1", **changes)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def keep(store: MemoryStore, *records: RawRecord) -> None:
    process(records, Ports(store=store, clock=lambda: AT))


def skip(records: list[RawRecord], store: MemoryStore, settled: datetime | None) -> Remaining:
    found = [decoded(record) for record in records]
    ids = {one.vendor_id for record in found for one in record.found if isinstance(one, Event)}
    return skip_unchanged(found, store.evidence_of(ids), Tuning(), settled)


SEEN = [
    pytest.param(risky_sign_in(AT), id="sign-in"),
    pytest.param(risk_detection(AT), id="detection with an update time"),
    pytest.param({k: v for k, v in risk_detection(AT).items() if k != "lastUpdatedDateTime"}, id="detection without"),
]


@pytest.mark.parametrize("record", SEEN)
def test_what_is_settled_is_skipped(store: MemoryStore, record: dict[str, Any]):
    keep(store, raw(record))
    assert skip([raw(record, LATER)], store, AT) == Remaining((), 1)


@pytest.mark.parametrize("record", SEEN)
@pytest.mark.parametrize("settled", [None, AT - timedelta(seconds=1)], ids=["never settled", "settled before"])
def test_what_is_not_settled_goes_on_and_is_the_same_version(store: MemoryStore, record: dict[str, Any], settled: datetime | None):
    keep(store, raw(record))
    (again,) = skip([raw(record, LATER)], store, settled).records
    assert process([again], Ports(store=store, clock=lambda: LATER)).counts() == {"duplicate": 1}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(risky_sign_in(AT, id="a"), risky_sign_in(AT, id="a", riskState="dismissed"), id="state"),
        pytest.param(risky_sign_in(AT, id="a"), risky_sign_in(AT, id="a", riskLevelAggregated="high"), id="level"),
        pytest.param(risky_sign_in(AT, id="a"), risky_sign_in(AT, id="a", riskEventTypes_v2=["generic"]), id="types"),
        pytest.param(risky_sign_in(AT, id="a"), risky_sign_in(AT, id="a", riskDetail="adminConfirmedSigninSafe"), id="detail"),
        pytest.param(
            risk_detection(AT, id="a"), risk_detection(AT, id="a", riskState="remediated", detected=LATER), id="detection's update"
        ),
    ],
)
def test_what_changed_goes_on_as_a_new_version(store: MemoryStore, before: dict[str, Any], after: dict[str, Any]):
    keep(store, raw(before))
    assert skip([raw(after, LATER)], store, AT).records == (decoded(raw(after, LATER)),)


def test_a_change_back_is_a_change(store: MemoryStore):
    first, second = risky_sign_in(AT, id="a"), risky_sign_in(AT, id="a", riskState="dismissed")
    keep(store, raw(first))
    keep(store, raw(second, LATER))
    assert len(skip([raw(first, LATER + timedelta(minutes=5))], store, LATER).records) == 1


def test_what_was_announced_goes_on_for_the_ledger(store: MemoryStore):
    keep(store, raw(SEEN[0].values[0]))
    assert len(skip([raw(SEEN[0].values[0], LATER, announced=("teams",))], store, AT).records) == 1


@pytest.mark.parametrize("record", [sign_in(AT), "text", None, {"value": [risky_sign_in(AT), risky_sign_in(AT)]}, {"strange": 1}])
def test_what_is_no_evidence_of_its_own_goes_on_untouched(store: MemoryStore, record: Any):
    assert skip([raw(record, LATER)], store, AT).records == (decoded(raw(record, LATER)),)
