"""One alert of each kind, as people would get it."""

from datetime import UTC, datetime, timedelta

import pytest

from gatewatch.model import Alert, Event, Fact, GroupKey, Outcome, ScoreComponent, Severity
from gatewatch.ports import Notice
from gatewatch.providers.aws.detail import AwsSubject
from tests.builders import alerts, aws, endpoint, entra
from tests.builders.common import activity, at

NOON = datetime(2026, 3, 14, 12, 0, 0, tzinfo=UTC)
TOR = at("185.220.101.4", country="DE", city="Brandenburg", asn=60729, as_organization="Stiftung Erneuerbare")
TENANT = "5611623b-9128-461e-9d7f-a0d9c270ead2"
JOE = {"person": "joe@contoso.example", "user_name": "joe@contoso.example"}
JOES_ID = "51e26eae-d07b-44e5-bb0b-249f49569a8c"


def root_login() -> Event:
    return aws.plain_login(
        vendor_id="aws|d5a7b1f0-1111-2222-3333-444455556666",
        event_id="d5a7b1f0-1111-2222-3333-444455556666",
        time=NOON,
        subject=AwsSubject.ROOT,
        principal=aws.ACCOUNT,
        person=None,
        user_name=None,
        place=TOR,
        user_agent="Mozilla/5.0 (X11; Linux x86_64)",
        region="us-east-1",
        arn="arn:aws:iam::111122223333:root",
    )


def federated_login() -> Event:
    return aws.plain_login(
        vendor_id="aws|b0b0b0b0-1111-2222-3333-444455556666",
        event_id="b0b0b0b0-1111-2222-3333-444455556666",
        event_source=None,
        time=NOON + timedelta(minutes=20),
        subject=AwsSubject.SAML_ROLE,
        principal="arn:aws:iam::111122223333:role/Admin/joe@contoso.example",
        place=at("203.0.113.9", country="US"),
        region="us-east-1",
        role_name="Admin",
        mfa_used=Fact.UNKNOWN,
        **JOE,
    )


def sign_in() -> Event:
    return entra.sign_in(
        "933f20c0-efdf-477f-9586-e5cc566d2e00",
        at=NOON,
        user=JOES_ID,
        correlation=None,
        account=TENANT,
        display_name="Joe Danger",
        place=TOR,
        client=None,
        upn="joe@contoso.example",
        app_id="04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        app_name="Microsoft Azure CLI",
        resource_name="Windows Azure Service Management API",
        risk_state="atrisk",
        risk_types=("anonymizedIPAddress",),
        mfa=Fact.PRESENT,
        **JOE,
    )


def detection() -> Event:
    return entra.detection(
        vendor_id="entra-risk|a71f4c0d",
        detection_id="a71f4c0d",
        request=None,
        correlation_id=None,
        at=NOON,
        user=JOES_ID,
        account=TENANT,
        risk_type="leakedCredentials",
        level="high",
        state="atrisk",
        **JOE,
    )


def command_line() -> Event:
    return endpoint.typed(
        vendor_id="endpoint|42",
        time=NOON,
        outcome=Outcome.SUCCESS,
        principal="host-1/joe",
        person=None,
        names=(),
        user_name="joe",
        host_id="host-1",
        host_name="LAPTOP-7",
        command_line="az login --use-device-code",
    )


EVENTS = {"aws": root_login, "entra": sign_in, "endpoint": command_line, "xcloud": federated_login}
RULES = {
    "aws": "aws_root_console_login",
    "entra": "entra_risky_signin",
    "endpoint": "endpoint_cloud_cli_auth",
    "xcloud": "xcloud_entra_risk_then_aws",
}


def make_alert(family: str = "aws", **changes) -> Alert:
    event = changes.pop("event", None) or EVENTS[family]()
    rule = RULES[family]
    fields = {
        "id": "0f" * 32,
        "rule": rule,
        "score": 87,
        "severity": Severity.CRITICAL,
        "components": (
            ScoreComponent(kind="base", name=rule, points=47, reason="the account's root user signed in to the console"),
            ScoreComponent(kind="modifier", name="no_mfa_on_root", points=40, reason="no MFA on root"),
        ),
        "reason": "root of 111122223333 signed in to the console from 185.220.101.4 (DE) without MFA",
        "first_seen": event.time,
        "last_seen": event.time,
        "addresses": ("185.220.101.4",),
        "countries": ("DE",),
        "partner": activity(sign_in()) if family == "xcloud" else None,
        "created": event.time + timedelta(minutes=3, seconds=20),
        "updated": event.time + timedelta(minutes=3, seconds=20),
    }
    key = GroupKey(family, event.account or "", event.principal, "2026-03-14")
    return alerts.alert(key, event=event, **{**fields, **changes})


@pytest.fixture
def alert():
    return make_alert


@pytest.fixture
def notice():
    def make(family: str = "aws", *, why: str = "new", index_unavailable: bool = False, **changes) -> Notice:
        return Notice(alert=make_alert(family, **changes), why=why, index_unavailable=index_unavailable)

    return make


@pytest.fixture
def events():
    return {"root": root_login(), "federated": federated_login(), "sign_in": sign_in(), "detection": detection(), "process": command_line()}


@pytest.fixture
def acted():
    return activity
