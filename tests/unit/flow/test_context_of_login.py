"""What a person does beside a login is shown in the alert of the login, in every order of arrival."""

from datetime import timedelta
from itertools import permutations

import pytest

from gatewatch.documents import alert_document
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.ports import AlertQuery
from gatewatch.stores.memory import MemoryStore
from tests.builders import endpoint
from tests.builders.common import NOON
from tests.support.channels import bundle

LOGIN = endpoint.started("login", NOON, "az login")
LISTS = [endpoint.started(f"l{n}", NOON + timedelta(seconds=n), line) for n, line in enumerate(("az account list", "az keyvault list"), 2)]
LATE = endpoint.started("late", NOON + timedelta(minutes=16), "az vm list")


@pytest.mark.parametrize("order", list(permutations((LOGIN, *LISTS, LATE))))
def test_listing_calls_after_a_login_are_named_in_its_alert(order):
    store = MemoryStore()
    for record in order:
        process([RawRecord(data=record)], bundle(store=store))

    (alert,) = store.search(AlertQuery())

    document = alert_document(alert)
    assert alert.snapshot.related_ids == ("endpoint|l2", "endpoint|l3")
    assert (alert.snapshot.event_count, alert.snapshot.score) == (1, 21)
    assert document["gatewatch"]["process"]["beside"] == ["az account list", "az keyvault list"]


def test_listing_calls_alone_make_no_alert():
    store = MemoryStore()
    process([RawRecord(data=record) for record in LISTS], bundle(store=store))

    assert store.search(AlertQuery()) == []
