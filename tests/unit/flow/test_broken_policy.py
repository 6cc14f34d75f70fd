"""A stored policy that cannot be read stops nothing: the last good one is used, and the log says so once."""

import logging

import pytest

from gatewatch.flow.policy import POLICY, begin, current, write_policy
from gatewatch.model import Severity
from gatewatch.ports import Ports, StateWrite
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from gatewatch.tuning.policy import Policy
from tests.support.channels import NOW

BROKEN = [
    pytest.param(b'{"schema":99,"version":3}', id="of a newer schema"),
    pytest.param(b'{"tuning":7}', id="of another form"),
]


def ports(store: MemoryStore) -> Ports:
    return Ports(store=store, clock=lambda: NOW, channels=("sns",))


def overwrite(store: MemoryStore, body: bytes) -> None:
    version = store.read_state((), [POLICY]).documents[POLICY].version
    store.write_state([StateWrite(POLICY, body, version)])


@pytest.mark.parametrize("body", BROKEN)
def test_the_last_good_policy_stays_in_use_and_the_log_says_so_once(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()
    host = ports(store)
    begin(host)
    write_policy(Policy(tuning=Tuning(notify_from=Severity.HIGH), channels=("teams",)), 1, host)
    current(host)
    overwrite(store, body)

    with caplog.at_level(logging.ERROR):
        found = [current(host) for _ in range(3)]

    assert {(one.policy_version, one.channels, one.tuning.notify_from) for one in found} == {(2, ("teams",), Severity.HIGH)}
    assert [record.getMessage().count("version 2") for record in caplog.records] == [1]


@pytest.mark.parametrize("body", BROKEN)
def test_a_host_that_never_read_a_good_one_uses_its_own_settings(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()
    begin(ports(store))
    overwrite(store, body)

    with caplog.at_level(logging.ERROR):
        found = begin(ports(store))

    assert (found.policy_version, found.channels) == (0, ("sns",))
    assert [record.getMessage().count("own settings") for record in caplog.records] == [1]
