"""So many events of a kind become evidence: what is shown beside a login a principal and day, failures an address and minute. The rest is counted."""

from datetime import timedelta

import pytest

from gatewatch.flow.limits import BEYOND, Limits
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.stores.memory import MemoryStore
from tests.builders import endpoint
from tests.builders.common import NOON
from tests.builders.entra import raw_sign_in
from tests.support.channels import bundle

LIMIT = 200
FAILURES = 60


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
    assert Limits().beyond([endpoint.typed(number=number) for number in range(LIMIT + 5)]) == frozenset()


def wrong_password(number, minute=0.0, address="203.0.113.77"):
    return raw_sign_in(f"f-{number}", minute, level="none", user=f"user{number}", status={"errorCode": 50126}, ipAddress=address)


def test_an_address_stores_so_many_failures_a_minute():
    store = MemoryStore()
    counts = run([wrong_password(number) for number in range(FAILURES + 20)], store)
    assert (counts["stored"], counts[f"ignored:{BEYOND}"]) == (FAILURES, 20)
    assert run([wrong_password(900 + number) for number in range(FAILURES // 4)], store) == {f"ignored:{BEYOND}": FAILURES // 4}


def test_another_minute_and_another_address_have_their_own_limit():
    store = MemoryStore()
    run([wrong_password(number) for number in range(FAILURES)], store)
    assert run([wrong_password(501, 1.0), wrong_password(502, address="203.0.113.78")], store) == {"stored": 2}


def test_a_success_and_a_risky_failure_are_kept_beyond_the_limit():
    store = MemoryStore()
    run([wrong_password(number) for number in range(FAILURES + 1)], store)
    risky = raw_sign_in("r-1", level="high", user="user1", status={"errorCode": 50126})
    assert run([risky, raw_sign_in("s-1", level="medium", user="user2")], store) == {"stored": 2}
