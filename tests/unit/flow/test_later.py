"""A login that nothing explains is an alert once the grace is over, and a sign-in that arrives late takes it back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.flow.days import waiting
from gatewatch.flow.later import LATER
from gatewatch.flow.pipeline import process, sweep
from gatewatch.model import AlertStatus, RawRecord
from gatewatch.ports import AlertQuery, Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.aws import SAML_PROVIDER, federated_record
from tests.builders.common import MORNING, written
from tests.builders.entra import TENANT, sign_in_record

CARLA = "carla@contoso.example"
NAMED = Tuning(entra_saml_providers=(SAML_PROVIDER,), aws_app_ids=("aws-1",))


class Host:
    """A host and its clock."""

    def __init__(self, tuning: Tuning = NAMED) -> None:
        self.now = MORNING + timedelta(minutes=1)
        self.ports = Ports(store=MemoryStore(), clock=self._clock, tuning=tuning)

    def _clock(self) -> datetime:
        return self.now

    def logs_in(self) -> None:
        process([RawRecord(data=federated_record(CARLA, eventTime=written(0)))], self.ports)

    def signs_in(self, minute: float, **changes: Any) -> None:
        fields = {"id": f"s-{minute}", "createdDateTime": written(minute), "userPrincipalName": CARLA, "appId": "aws-1", **CALM, **changes}
        process([RawRecord(data=sign_in_record(**fields), tenant=TENANT)], self.ports)

    def after(self, **passed: float) -> list[tuple[str, str]]:
        """The alerts after a sweep at this time."""
        self.now = MORNING + timedelta(**passed)
        sweep(self.ports)
        return [
            (alert.snapshot.rule, alert.status)
            for alert in self.ports.store.search(AlertQuery())
            if alert.status is not AlertStatus.RETRACTED
        ]


CALM = {"riskLevelDuringSignIn": "none", "riskLevelAggregated": "none", "riskState": "none"}
FOUND = [("xcloud_saml_without_signin", AlertStatus.OPEN)]


@pytest.fixture
def host() -> Host:
    found = Host()
    found.logs_in()
    return found


def test_it_is_an_alert_after_the_grace(host: Host) -> None:
    assert [host.after(hours=2.9), host.after(hours=3.5)] == [[], FOUND]
    assert waiting(host.ports.store, LATER) == {}


@pytest.mark.parametrize("minute", [-60, -1, 0, 10])
def test_a_sign_in_explains_it(host: Host, minute: float) -> None:
    host.signs_in(minute)
    assert host.after(hours=4) == []


@pytest.mark.parametrize(
    ("minute", "changes"),
    [
        pytest.param(-61, {}, id="too early"),
        pytest.param(11, {}, id="too late"),
        pytest.param(0, {"userPrincipalName": "bob@contoso.example", "userId": "b"}, id="another person"),
        pytest.param(0, {"status": {"errorCode": 53003}}, id="a failure"),
    ],
)
def test_another_does_not(host: Host, minute: float, changes: dict[str, Any]) -> None:
    host.signs_in(minute, **changes)
    assert host.after(hours=4) == FOUND


def test_a_late_sign_in_takes_it_back(host: Host) -> None:
    assert host.after(hours=4) == FOUND
    host.signs_in(0)
    assert host.after(hours=5) == []


def test_without_a_named_provider_nothing_waits() -> None:
    host = Host(Tuning())
    host.logs_in()
    assert (waiting(host.ports.store, LATER), host.after(hours=4)) == ({}, [])


def test_the_sweep_of_another_host_goes_on(host: Host) -> None:
    other = structs.replace(host.ports, worker="other", clock=lambda: MORNING + timedelta(hours=4))
    sweep(other)
    assert [alert.snapshot.rule for alert in other.store.search(AlertQuery())] == ["xcloud_saml_without_signin"]


def test_the_end_of_a_grace_is_rounded_up(host: Host) -> None:
    assert waiting(host.ports.store, LATER) == {"2026-11-20T12:00:00+00:00|2026-11-20": 1}
