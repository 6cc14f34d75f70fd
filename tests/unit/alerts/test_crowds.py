"""What is kept of addresses where many failed, and of records, from one computation to the next changes no answer."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from gatewatch.alerts.compute import compute
from gatewatch.alerts.crowds import CROWD, Crowds
from gatewatch.alerts.kept import KeptWork
from gatewatch.alerts.reading import Reading
from gatewatch.evidence import distinct
from gatewatch.familiarity import key_of
from gatewatch.flow.pipeline import process
from gatewatch.model import Alert, Evidence, GroupKey, Outcome, RawRecord
from gatewatch.model.familiarity import Familiarity, Run, Start
from gatewatch.ports import AlertQuery
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.aws import ACCOUNT, login
from tests.builders.common import DAY, NOON, minutes, stored
from tests.builders.entra import detection, raw_detection, raw_sign_in, sign_in
from tests.support.channels import bundle

LATER = NOON + timedelta(days=1)
TUNING = Tuning()


def tried(number: int, minute: float) -> Evidence:
    return stored(
        sign_in(f"F-{number}", at=minutes(minute), user=f"U-{number}", outcome=Outcome.FAILURE, error_code=50126, correlation=None)
    )


def entered(number: int, minute: float, **changes: object) -> Evidence:
    return stored(sign_in(f"S-{number}", at=minutes(minute), user=f"U-{number}", correlation=None, **changes))  # type: ignore[arg-type] # a table


def risk(number: int, minute: float, request: str | None, **changes: object) -> Evidence:
    fields = {"correlation_id": None, "place": sign_in().place, **changes}
    return stored(detection(number, request=request, at=minutes(minute), user=f"U-{number}", **fields))  # type: ignore[arg-type] # a table


def console(number: int, minute: float, outcome: Outcome = Outcome.FAILURE) -> Evidence:
    user = f"user{number % 12}"
    names = {"principal": f"{ACCOUNT}/{user}", "person": user, "user_name": user}
    return stored(login(number, at=minutes(minute), outcome=outcome, **names))


WITHOUT_A_TIME = stored(sign_in("S-9", at=None, user="U-9", correlation=None))
CALM = {"level_during": "none", "risk_state": "dismissed", "updated": minutes(80)}
EVERYTHING = [
    *(tried(number, number % 7 * 9) for number in range(2, 19)),
    *(entered(number, minute) for number, minute in enumerate((5, 20, 36, 61, 36.001, 64, 130))),
    entered(1, 20, **CALM),
    risk(1, 21, "S-1"),
    risk(2, 30, None),
    risk(3, 40, None),
    *(structs.replace(WITHOUT_A_TIME, ingested=minutes(minute)) for minute in (30, 45)),  # one record, stored twice
    risk(5, 50, "S-unknown"),
    *(console(number, number % 5 * 4) for number in range(15)),
    *(console(number, minute, Outcome.SUCCESS) for number, minute in ((20, 3), (21, 16), (22, 40))),
]
KEYS = sorted({key_of(item.event) for item in EVERYTHING})


def familiar(item: Evidence) -> Familiarity:
    """Known for a month, with one record that is the first in its country."""
    start = Start(item.event.time or NOON, item.event.vendor_id)
    country = item.event.place.country or ""
    return Familiarity(beginning=Start(NOON - timedelta(days=30), "old"), runs={"country": {country: (Run(start, DAY),)}})


KNOWN = {key_of(item.event): familiar(item) for item in EVERYTHING if item.event.outcome is Outcome.SUCCESS}
ALL = range(len(EVERYTHING))
STEPS = st.lists(st.tuples(st.sets(st.sampled_from(ALL), max_size=4), st.sets(st.sampled_from(KEYS), max_size=2)), min_size=1, max_size=5)
type Step = tuple[set[int], set[str]]
"""The numbers of evidence that comes or goes (a chunk may read other days), and the keys of what becomes usual or unknown."""


def differing(kept: KeptWork, steps: list[Step]) -> list[int]:
    """The steps whose answer is not the one that they have without what earlier ones left."""
    numbers, keys, found = set(ALL), set[str](), []
    for step, (moved, learned) in enumerate(steps):
        numbers, keys = numbers ^ moved, keys ^ learned
        evidence = tuple(EVERYTHING[number] for number in sorted(numbers))
        reading = Reading(
            evidence=tuple(distinct(evidence).values()),
            of_addresses=evidence,
            familiar={key: known for key, known in KNOWN.items() if key in keys},
        )
        if answer(reading, kept) != answer(reading):
            found.append(step)
    return found


@settings(max_examples=30, deadline=None)  # the table below has each record alone
@given(late=st.sets(st.sampled_from(ALL), max_size=12), steps=STEPS, at_most=st.sampled_from([0, 20, 10_000]))
def test_what_is_kept_of_addresses_changes_no_answer(late: set[int], steps: list[Step], at_most: int) -> None:
    kept = KeptWork()
    kept.crowds = Crowds(at_most)
    assert differing(kept, [(late, set()), *steps, (late, set())]) == []


@pytest.mark.parametrize("number", ALL, ids=lambda number: EVERYTHING[number].event.vendor_id)
def test_one_record_comes_late_goes_and_is_there_again(number: int) -> None:
    kept, nothing = KeptWork(), set[int]()
    assert differing(kept, [({number}, set())] * 4) == []
    key = {key_of(EVERYTHING[number].event)}
    assert differing(kept, [(nothing, set()), (nothing, key)]) == []
    assert differing(kept, [(nothing, set()), ({number}, set()), (nothing, key)]) == []


WRONG = [tried(100 + number, number) for number in range(1, 13)]
LONG_AGO = tried(120, -100)
LATE = [
    pytest.param([*WRONG, entered(30, 13)], [LONG_AGO, entered(31, 14)], id="one before all others, one after them"),
    pytest.param([*WRONG, entered(30, 20)], [entered(31, 15)], id="between the last two"),
    pytest.param([*WRONG[:9], entered(30, 13)], [WRONG[9]], id="the one that makes it a spray"),
]


@pytest.mark.parametrize(("first", "later"), LATE)
def test_what_comes_late_stands_in_order(first: list[Evidence], later: list[Evidence]) -> None:
    kept = KeptWork()
    answer(Reading(evidence=(), of_addresses=tuple(first)), kept)
    everything = Reading(evidence=(), of_addresses=(*first, *later))
    assert answer(everything, kept) == answer(everything)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Tuning(known_networks=("198.51.100.0/24",)), id="the points"),
        pytest.param(Tuning(break_glass=("U-50",)), id="what rules may see"),
    ],
)
def test_another_policy_is_another_answer(other: Tuning) -> None:
    ordinary = {
        "user": "U-50",
        "person": None,
        "level_during": "none",
        "risk_state": "none",
        "app_id": "4765445b-32c6-49b0-83e6-1d93765276ca",
    }
    everything = (*distinct(EVERYTHING).values(), stored(sign_in("S-50", at=minutes(7), correlation=None, **ordinary)))
    kept, reading = KeptWork(), Reading(evidence=everything, of_addresses=everything, familiar={})
    policies = (TUNING, other, TUNING)
    assert [answer(reading, kept, tuning) for tuning in policies] == [answer(reading, None, tuning) for tuning in policies]
    assert answer(reading, kept, TUNING) != answer(reading, kept, other)


def test_of_ten_thousand_records_the_oldest_go_first() -> None:
    kept = KeptWork()
    compute(Reading(evidence=(EVERYTHING[0],)), TUNING, LATER, kept)
    [one] = kept.records.values()
    kept.records = {str(number): one for number in range(10_003)}
    for _ in range(2):
        kept.forget()
        assert list(kept.records) == [str(number) for number in range(3, 10_003)]
    kept.records = {"1": one, "2": one, "3": one}
    kept.forget()
    assert list(kept.records) == ["1", "2", "3"]


def answer(reading: Reading, kept: KeptWork | None = None, tuning: Tuning = TUNING) -> dict[GroupKey, tuple[object, ...]]:
    groups = compute(reading, tuning, LATER, kept)
    return {
        key: (
            found.snapshot,
            found.members,
            found.open_event_ids,
            [structs.replace(row, related=None, context=None) for row in found.matches],
        )
        for key, found in groups.items()
    }


def test_the_crowds_of_the_table_match() -> None:
    names = {(key.family, found[0].event_count) for key, found in answer(Reading(evidence=(), of_addresses=tuple(EVERYTHING))).items()}
    assert {family for family, _ in names} == {"aws", "entra"}


ADDRESS = "203.0.113.77"
FAILED = {"errorCode": 50126, "failureReason": "Other.", "additionalDetails": None}
CROWDED = [raw_sign_in(f"f-{number}", number, "none", f"user{number}", status=FAILED) for number in range(CROWD)]
SUCCESS = raw_sign_in("s-1", 20)
ANOTHER_FAILURE = raw_sign_in("f-99", 21, "none", "zed", status=FAILED)
NAMES_IT = RawRecord(data={**raw_detection(1, "s-1", 20).data, "ipAddress": "198.51.100.99"}, tenant=SUCCESS.tenant)


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([[NAMES_IT], [ANOTHER_FAILURE]], id="detection-first"),
        pytest.param([[ANOTHER_FAILURE], [NAMES_IT]], id="detection-last"),
        pytest.param([[ANOTHER_FAILURE, NAMES_IT]], id="together"),
    ],
)
def test_a_detection_from_elsewhere_says_nothing_of_the_address(chunks: list[list[RawRecord]]) -> None:
    alert = of_the_address([[*CROWDED, SUCCESS], *chunks])
    assert [row.members for row in alert.snapshot.events] == [("entra|s-1",)]


def of_the_address(chunks: list[list[RawRecord]]) -> Alert:
    store = MemoryStore()
    for chunk in chunks:
        process(chunk, bundle(store))
    [alert] = [one for one in store.search(AlertQuery(limit=100)) if one.key.principal.endswith(ADDRESS)]
    return alert
