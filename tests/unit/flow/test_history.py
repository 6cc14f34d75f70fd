"""History facts: looked up once, when an event enters, among earlier activity of its principal only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from msgspec import structs

from gatewatch.evidence import make
from gatewatch.flow.history import with_facts
from gatewatch.model import Event, HistoryFacts, Outcome, Place
from gatewatch.ports import PastActivity, Ports
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import login
from tests.builders.common import NOON, minutes
from tests.builders.endpoint import typed
from tests.builders.entra import detection, sign_in

NOTHING, COUNTRY, ASN, CLIENT = HistoryFacts(), HistoryFacts(new_country=True), HistoryFacts(new_asn=True), HistoryFacts(new_client=True)


def visit(number: int, minute: float, country: str | None = "SE", *, asn: int | None = 1, client: str | None = "c", **more: Any) -> Event:
    return login(number, at=minutes(minute), place=Place(country=country, asn=asn), client=client, **more)


def ports(store: MemoryStore | None = None, **changes: Any) -> Ports:
    return Ports(store=store or MemoryStore(), clock=lambda: minutes(600), **changes)


def facts(*events: Event, bundle: Ports | None = None) -> list[HistoryFacts | None]:
    given = [make(event, fetched=None, now=minutes(600)) for event in events]
    found = with_facts(given, bundle or ports())
    assert [structs.replace(item, facts=None) for item in found] == given
    return [item.facts for item in found]


TABLE = [
    pytest.param([visit(1, 0)], [NOTHING], id="no-history-means-not-new"),
    pytest.param([visit(1, 0), visit(2, 1, "DE")], [NOTHING, COUNTRY], id="another-country"),
    pytest.param([visit(1, 0), visit(2, 1, asn=2)], [NOTHING, ASN], id="another-network"),
    pytest.param([visit(1, 0), visit(2, 1, client="d")], [NOTHING, CLIENT], id="another-client"),
    pytest.param([visit(1, 0), visit(2, 1)], [NOTHING, NOTHING], id="the-same-again"),
    pytest.param([visit(1, 0), visit(2, 1, None, asn=None, client=None)], [NOTHING, NOTHING], id="the-unknown-is-never-new"),
    pytest.param([visit(1, 0, None, asn=None, client=None), visit(2, 1)], [NOTHING, NOTHING], id="the-unknown-teaches-nothing"),
    pytest.param([visit(2, 1, "DE"), visit(1, 0)], [COUNTRY, NOTHING], id="time-counts-not-order"),
    pytest.param([visit(1, 0), visit(2, 1, "DE"), visit(3, 2, "DE")], [NOTHING, COUNTRY, NOTHING], id="new-once"),
    pytest.param([visit(1, 0), visit(2, 1, "DE"), visit(3, 1, "DE")], [NOTHING, COUNTRY, COUNTRY], id="one-moment-does-not-know-itself"),
    pytest.param([visit(1, 0), visit(2, 0, "DE")], [NOTHING, NOTHING], id="nor-each-other"),
    pytest.param(
        [visit(1, 0), visit(2, 1, "DE", outcome=Outcome.FAILURE), visit(3, 2, "DE")],
        [NOTHING, COUNTRY, COUNTRY],
        id="failures-teach-nothing",
    ),
    pytest.param(
        [visit(1, 0), visit(2, 1, "DE", outcome=Outcome.UNKNOWN), visit(3, 2, "DE")],
        [NOTHING, COUNTRY, COUNTRY],
        id="the-unknown-outcome-teaches-nothing",
    ),
    pytest.param([visit(1, 0), visit(2, 1, "DE", principal="other")], [NOTHING, NOTHING], id="of-another-principal"),
    pytest.param([visit(1, 0), visit(2, 1, "DE", account="other")], [NOTHING, NOTHING], id="of-another-account"),
    pytest.param(
        [sign_in("R-1"), detection(1, at=minutes(1), place=Place(country="FR")), sign_in("R-2", at=minutes(2), place=Place(country="FR"))],
        [NOTHING, COUNTRY, COUNTRY],
        id="detections-teach-nothing",
    ),
]


@pytest.mark.parametrize(("events", "expected"), TABLE)
def test_facts(events: list[Event], expected: list[HistoryFacts]) -> None:
    assert facts(*events) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_the_size_of_chunks_decides_nothing(size: int) -> None:
    events = [visit(n, n, country) for n, country in enumerate(("SE", "DE", "SE", "FR", "DE", "FR", "US"))]
    bundle, found = ports(), list[HistoryFacts | None]()
    for start in range(0, len(events), size):
        chunk = with_facts([make(event, fetched=None, now=minutes(600)) for event in events[start : start + size]], bundle)
        bundle.store.append(chunk)
        found += [item.facts for item in chunk]
    assert found == facts(*events) == [NOTHING, COUNTRY, NOTHING, COUNTRY, NOTHING, NOTHING, COUNTRY]


def test_only_earlier_activity_of_the_store_counts() -> None:
    store = MemoryStore()
    store.append([make(visit(n, minute, country), fetched=None, now=NOON) for n, minute, country in ((1, 0, "SE"), (2, 60, "DE"))])
    assert facts(visit(3, 30, "DE"), bundle=ports(store)) == [COUNTRY]
    assert facts(visit(4, 60, "DE"), bundle=ports(store)) == [COUNTRY]
    assert facts(visit(5, 61, "DE"), bundle=ports(store)) == [NOTHING]


def test_the_first_version_decides_and_later_ones_change_nothing() -> None:
    store = MemoryStore()
    bundle = ports(store)
    for fetched, country in ((0, "SE"), (1, "DE")):
        first = make(sign_in("R-1", place=Place(country=country)), fetched=minutes(fetched), now=minutes(fetched))
        store.append(with_facts([first], bundle))
    assert {item.facts for item in store.evidence_of(["entra|r-1"])} == {NOTHING}


def test_a_process_has_no_history_and_costs_no_call() -> None:
    class NoPast(MemoryStore):
        def past(self, before: Mapping[str, datetime]) -> dict[str, PastActivity]:
            raise AssertionError(f"{len(before)} asked for")

    assert facts(typed(), bundle=ports(NoPast())) == [None]
    assert facts(bundle=ports(NoPast())) == []


def test_history_from_elsewhere_adds_to_the_store() -> None:
    bundle = ports(known=lambda event: PastActivity(countries=frozenset({"SE", "DE"})) if event.vendor_id != "aws|00000003" else None)
    assert facts(visit(1, 0), visit(2, 1, "DE"), visit(4, 1, "FR"), visit(3, 2, "DE"), bundle=bundle) == [
        NOTHING,
        NOTHING,
        COUNTRY,
        NOTHING,
    ]


def test_an_event_without_a_time_enters_when_it_is_stored() -> None:
    late = structs.replace(visit(2, 0, "DE"), time=None)
    assert facts(late, visit(1, 0)) == [COUNTRY, NOTHING]
