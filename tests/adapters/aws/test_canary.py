"""The canary: known by the source of its envelope, kept in the index, never told."""

import json
from copy import replace
from datetime import timedelta

import pytest

from aws_lambda import canary
from aws_lambda.batch import Invocation, sweep, take
from aws_lambda.messages import Message
from gatewatch.errors import StoreUnavailable
from gatewatch.ports import AlertQuery, StateWrite
from gatewatch.stores.memory import MemoryStore
from tests.adapters.aws.conftest import NOW
from tests.builders.aws import envelope, root_record


def body(minutes: float = 0, **changes: object) -> str:
    sent = (NOW + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
    return json.dumps({"version": "0", "source": canary.SOURCE, "detail-type": "Canary", "time": sent, "detail": {}, **changes})


def message(text: str, name: str = "m-1") -> Message:
    return Message(id=name, body=text, sent=NOW)


def test_a_canary_is_in_the_index_and_nobody_is_notified(invocation: Invocation, inbox, dead_lettered_at, counted: dict[str, int]) -> None:
    assert take([message(body(-5))], invocation) == frozenset()
    assert canary.age_seconds(invocation.ports.store, NOW) == 300
    assert (inbox.got, dead_lettered_at.take(), invocation.ports.store.search(AlertQuery())) == ([], [], [])
    sweep(invocation)
    assert counted["CanaryAgeSeconds"] == 300


def test_the_newest_counts_in_whatever_order_they_arrive(invocation: Invocation) -> None:
    take([message(body(-60), "m-1"), message(body(-2), "m-2"), message(body(-30), "m-3")], invocation)
    assert canary.age_seconds(invocation.ports.store, NOW) == 120


def test_one_from_the_future_proves_no_sight_to_come(invocation: Invocation) -> None:
    """Who puts an event onto the bus chooses its time: the alarm of canaries that stop must fire all the same."""
    take([message(body(60 * 24 * 365))], invocation)
    store = invocation.ports.store
    assert canary.age_seconds(store, NOW) == 0
    assert canary.age_seconds(store, NOW + timedelta(hours=2)) == 7200


IMPOSSIBLE = [b'{"sent":"9999-01-01T00:00:00Z"}', b'{"sent":"2026-11-21T12:00:00"}', b'{"sent":5}', b"no json"]


@pytest.mark.parametrize("written", IMPOSSIBLE)
def test_a_document_that_cannot_be_true_is_written_anew(written: bytes) -> None:
    store = MemoryStore()
    store.write_state([StateWrite(canary.KEY, written, None)])
    assert canary.age_seconds(store, NOW) == 0
    assert canary.age_seconds(store, NOW + timedelta(hours=2)) == 7200
    assert canary.note(NOW + timedelta(hours=1), store, NOW + timedelta(hours=2)) == NOW + timedelta(hours=1)


def test_without_any_canary_the_age_grows_from_the_first_look() -> None:
    store = MemoryStore()
    assert canary.age_seconds(store, NOW) == 0
    assert canary.age_seconds(store, NOW + timedelta(hours=2)) == 7200


class Away(MemoryStore):
    def read_state(self, *_: object) -> None:  # type: ignore[override]
        raise StoreUnavailable("away")


def test_while_the_store_is_away_it_comes_again(invocation: Invocation) -> None:
    away = replace(invocation, ports=replace(invocation.ports, store=Away()))
    assert take([message(body())], away) == {"m-1"}


FORGED = [
    pytest.param({**root_record(), "userAgent": canary.SOURCE}, id="a user agent"),
    pytest.param({**root_record(), "source": canary.SOURCE}, id="a field of a record"),
]


@pytest.mark.parametrize("record", FORGED)
def test_a_record_that_names_it_is_a_record(invocation: Invocation, inbox, record: dict) -> None:
    take([message(json.dumps(envelope(record)))], invocation)
    assert len(inbox.got) == 1


NONE = [
    "{",
    "[]",
    '"gatewatch.canary"',
    body(time="soon"),
    body(time=None),
    body(source=["gatewatch.canary"]),
    body(time="0001-01-01T00:00:00+23:59"),
    "[" * 100_000 + canary.SOURCE,
]


@pytest.mark.parametrize("text", NONE, ids=range(len(NONE)))
def test_what_is_no_canary_is_none(text: str) -> None:
    assert canary.sent_of(text) is None
