"""Entra's rules on raw records through the whole flow."""

from datetime import timedelta
from typing import Any

from gatewatch.flow.pipeline import process
from gatewatch.model import Alert, RawRecord
from gatewatch.ports import AlertQuery, Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.aws import federated_record
from tests.builders.common import MORNING, written
from tests.builders.entra import TENANT, detection_record, sign_in_record

CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
CALM = {"riskLevelDuringSignIn": "none", "riskLevelAggregated": "none", "riskState": "none"}
REDEMPTION = {
    "appId": CLI,
    "isInteractive": False,
    "signInEventTypes": ["nonInteractiveUser"],
    "originalTransferMethod": "deviceCodeFlow",
    "incomingTokenType": "none",
    "userAgent": "curl/8.5.0",
    "ipAddress": "203.0.113.9",
    "sessionId": "s-1",
}


def record(number: int, minute: float, **changes: Any) -> RawRecord:
    fields = {"id": f"r-{number}", "createdDateTime": written(minute), **CALM, **changes}
    return RawRecord(data=sign_in_record(**fields), tenant=TENANT)


def alerts(*records: RawRecord, tuning: Tuning | None = None) -> list[Alert]:
    """The alerts after these records, the same in both orders."""
    found = []
    for given in (records, records[::-1]):
        ports = Ports(store=MemoryStore(), clock=lambda: MORNING + timedelta(hours=1), tuning=tuning or Tuning())
        for one in given:
            process([one], ports)
        found.append(sorted(ports.store.search(AlertQuery()), key=lambda alert: alert.id))
    assert [alert.snapshot for alert in found[0]] == [alert.snapshot for alert in found[1]]
    return found[0]


def points(alert: Alert) -> dict[str, int]:
    return {component.name: component.points for component in alert.snapshot.components}


def test_a_device_code_that_was_confirmed_elsewhere() -> None:
    """As a lab saw it: an interactive pair (65001, then 0), the redemption seconds later, and the session afterwards."""
    confirmed = {"appId": CLI, "correlationId": "c-1", "userAgent": "Mozilla/5.0"}
    [alert] = alerts(
        record(1, 0, status={"errorCode": 65001}, **confirmed),
        record(2, 0.1, **confirmed),
        record(3, 0.2, correlationId="c-1", **REDEMPTION),
        record(4, 40, correlationId="c-2", **{**REDEMPTION, "incomingTokenType": "refreshToken"}),
        record(5, 50, correlationId="c-3", **REDEMPTION),
    )
    assert points(alert) == {"entra_device_code_signin": 21, "redeemed elsewhere": 15}
    assert alert.snapshot.event_ids == ("entra|r-3",)


def failure(number: int) -> RawRecord:
    who = {"userPrincipalName": f"user{number}@contoso.example", "userId": f"u-{number}", "correlationId": f"f-{number}"}
    return record(100 + number, number, status={"errorCode": 50126}, **who)


def test_a_spray_is_an_alert_of_the_address() -> None:
    tried = [failure(number) for number in range(10)]
    [alert] = alerts(*tried, record(1, 30, appId=CLI))
    assert (alert.snapshot.rule, alert.key.principal) == ("entra_password_spray", "address|198.51.100.77")
    assert alerts(*tried[1:], record(1, 30, appId=CLI)) == []
    assert alerts(*tried, record(1, 30)) == []  # the success is to nothing that is kept


def test_a_risk_that_a_second_factor_does_not_disprove_pairs_with_the_login_to_aws() -> None:
    passed = {"riskState": "remediated", "riskDetail": "userPassedMFADrivenByRiskBasedPolicy"}
    who = {"userPrincipalName": "carla@contoso.example", "userId": "u-1"}
    token = detection_record(
        requestId="r-1", riskEventType="anomalousToken", riskLevel="medium", activityDateTime=written(0), **who, **passed
    )
    harmless = {**token, "riskEventType": "unfamiliarFeatures"}
    sign_in = record(1, 0, **who, **{**passed, "riskLevelDuringSignIn": "medium", "riskEventTypes_v2": ["unfamiliarFeatures"]})
    login = RawRecord(data=federated_record("carla@contoso.example", eventTime=written(20)))
    found = alerts(sign_in, RawRecord(data=token, tenant=TENANT), login)
    assert {alert.snapshot.rule for alert in found} == {"entra_risky_signin", "xcloud_entra_risk_then_aws"}
    assert alerts(sign_in, RawRecord(data=harmless, tenant=TENANT), login) == []
