"""Of what is shown beside a login, so many a principal and day become evidence; the rest is counted."""

from datetime import timedelta

import pytest

from gatewatch.flow.limits import BEYOND, LIMIT, DayLimits
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.stores.memory import MemoryStore
from tests.builders import endpoint
from tests.builders.common import NOON
from tests.support.channels import bundle


def listing(number, at=NOON, user="ana"):
    record = endpoint.started(f"p-{number}-{user}", at + timedelta(seconds=number), "aws s3 ls", name="aws", user={"name": user})
    return RawRecord(data=record)


def run(records, store):
    result = process(records, bundle(store=store))
    return result.counts()


@pytest.mark.parametrize("size", [50, 500])
def test_two_hundred_a_day_are_stored_whatever_the_batch(size):
    store = MemoryStore()
    records = [listing(number) for number in range(LIMIT + 60)]
    counts = [run(records[at : at + size], store) for at in range(0, len(records), size)]

    assert sum(each.get("stored", 0) for each in counts) == LIMIT
    assert sum(each.get(f"ignored:{BEYOND}", 0) for each in counts) == 60


def test_other_people_and_days_have_their_own_limit():
    store = MemoryStore()
    run([listing(number) for number in range(LIMIT)], store)

    assert run([listing(1, user="bea"), listing(2, at=NOON + timedelta(days=1))], store) == {"stored": 2}


def test_what_is_stored_stays_what_it_is():
    store = MemoryStore()
    records = [listing(number) for number in range(LIMIT)]
    run(records, store)

    assert run(records[:5], store) == {"duplicate": 5}


def test_a_login_beyond_the_limit_is_kept():
    store = MemoryStore()
    run([listing(number) for number in range(LIMIT + 1)], store)

    assert run([RawRecord(data=endpoint.started("login", NOON, "az login"))], store) == {"stored": 1}


def test_events_without_a_limit_are_not_counted():
    assert DayLimits().beyond([endpoint.typed(number=number) for number in range(LIMIT + 5)]) == frozenset()
