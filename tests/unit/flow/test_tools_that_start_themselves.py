"""What an SDK starts by itself teaches that its user works with the tool on the host: silent and usual, but its first use is heard."""

from datetime import timedelta
from itertools import permutations

import pytest

from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.ports import AlertQuery
from gatewatch.stores.memory import MemoryStore
from tests.builders import endpoint
from tests.builders.common import NOON
from tests.support.channels import bundle

AZ_SDK = "az account get-access-token --output json --resource https://management.azure.com"
PYTHON = {"parent": {"name": "python3", "command_line": "python3 app.py"}}


def of_sdk(number, day, minute=0.0, **changes):
    at = NOON + timedelta(days=day, minutes=minute)
    process = {"name": "az", "command_line": AZ_SDK, "args": AZ_SDK.split(), **PYTHON}
    return endpoint.started(f"sdk{number}", at, AZ_SDK, process=process, **changes)


def ordinary(day):
    return endpoint.started(f"git{day}", NOON + timedelta(days=day), "git status", "git")


def login(day, minute=1.0):
    return endpoint.started("login", NOON + timedelta(days=day, minutes=minute), "az login")


def found(records):
    store = MemoryStore()
    for record in records:
        process([RawRecord(data=record)], bundle(store=store))
    return [(alert.rule, alert.score, alert.snapshot.event_count) for alert in store.search(AlertQuery())]


@pytest.mark.parametrize("order", list(permutations((of_sdk(1, 0), of_sdk(2, 9), ordinary(1), login(9)))))
def test_a_login_after_days_of_an_sdk_is_daily_work(order):
    assert found(order) == [("endpoint_cloud_cli_auth", 21, 1)]


@pytest.mark.parametrize("order", list(permutations((ordinary(0), of_sdk(1, 9), of_sdk(2, 9, 5), login(9, 3)))))
def test_the_first_use_is_heard_once_whoever_starts_it(order):
    """So nobody makes a login familiar with a command that looks like an SDK's."""
    assert found(order) == [("endpoint_cloud_cli_auth", 36, 2)]


def test_the_first_use_alone_is_heard_and_the_next_is_not():
    assert found([ordinary(0), of_sdk(1, 9)]) == [("endpoint_cloud_cli_auth", 36, 1)]
    assert found([of_sdk(0, 0), of_sdk(1, 9)]) == []


def test_two_agents_that_see_one_first_use_are_one_finding():
    other = {"id": "another agent's id", "name": "ws-17"}
    streams = [ordinary(0), endpoint.started("git", NOON, "git status", "git", host=other)]

    assert found([*streams, of_sdk(1, 9), of_sdk(2, 9, host=other)]) == [("endpoint_cloud_cli_auth", 36, 1)]
