"""One alert of each kind, as people would get it."""

from datetime import UTC, datetime, timedelta

import pytest

from gatewatch.model import (
    Activity,
    Addend,
    Alert,
    AlertEvent,
    AlertStatus,
    AwsSignIn,
    Band,
    EntraSignIn,
    Event,
    Fact,
    Family,
    GroupKey,
    Kind,
    Outcome,
    Place,
    Process,
    RiskDetection,
    Subject,
)
from gatewatch.ports import Notice

NOON = datetime(2026, 3, 14, 12, 0, 0, tzinfo=UTC)
TOR = Place(
    address="185.220.101.4", ip="185.220.101.4", country="DE", city="Brandenburg", asn=60729, as_organization="Stiftung Erneuerbare"
)


def root_login() -> Event:
    return Event(
        kind=Kind.AWS,
        vendor_id="aws|d5a7b1f0-1111-2222-3333-444455556666",
        time=NOON,
        action="ConsoleLogin",
        outcome=Outcome.SUCCESS,
        subject=Subject.ROOT,
        account="111122223333",
        principal="111122223333",
        place=TOR,
        user_agent="Mozilla/5.0 (X11; Linux x86_64)",
        aws=AwsSignIn(
            event_name="ConsoleLogin",
            event_id="d5a7b1f0-1111-2222-3333-444455556666",
            event_source="signin.amazonaws.com",
            region="us-east-1",
            arn="arn:aws:iam::111122223333:root",
            mfa_used=Fact.ABSENT,
        ),
    )


def federated_login() -> Event:
    return Event(
        kind=Kind.AWS,
        vendor_id="aws|b0b0b0b0-1111-2222-3333-444455556666",
        time=NOON + timedelta(minutes=20),
        action="ConsoleLogin",
        outcome=Outcome.SUCCESS,
        subject=Subject.SAML_ROLE,
        account="111122223333",
        principal="arn:aws:iam::111122223333:role/Admin/joe@contoso.example",
        person="joe@contoso.example",
        user_name="joe@contoso.example",
        place=Place(address="203.0.113.9", ip="203.0.113.9", country="US"),
        aws=AwsSignIn(event_name="ConsoleLogin", event_id="b0b0b0b0-1111-2222-3333-444455556666", region="us-east-1", role_name="Admin"),
    )


def sign_in() -> Event:
    return Event(
        kind=Kind.SIGN_IN,
        vendor_id="entra|933f20c0-efdf-477f-9586-e5cc566d2e00",
        time=NOON,
        action="Sign-in activity",
        outcome=Outcome.SUCCESS,
        subject=Subject.ENTRA_USER,
        account="5611623b-9128-461e-9d7f-a0d9c270ead2",
        principal="51e26eae-d07b-44e5-bb0b-249f49569a8c",
        person="joe@contoso.example",
        user_name="joe@contoso.example",
        display_name="Joe Danger",
        place=TOR,
        entra=EntraSignIn(
            sign_in_id="933f20c0-efdf-477f-9586-e5cc566d2e00",
            user_id="51e26eae-d07b-44e5-bb0b-249f49569a8c",
            upn="joe@contoso.example",
            app_id="04b07795-8ddb-461a-bbee-02f9e1bf7b46",
            app_name="Microsoft Azure CLI",
            resource_name="Windows Azure Service Management API",
            error_code=0,
            level_during="medium",
            risk_state="atrisk",
            risk_types=("anonymizedIPAddress",),
            mfa=Fact.PRESENT,
        ),
    )


def detection() -> Event:
    return Event(
        kind=Kind.RISK_DETECTION,
        vendor_id="entra-risk|a71f4c0d",
        time=NOON,
        action="User Risk Detection",
        outcome=Outcome.UNKNOWN,
        subject=Subject.ENTRA_USER,
        account="5611623b-9128-461e-9d7f-a0d9c270ead2",
        principal="51e26eae-d07b-44e5-bb0b-249f49569a8c",
        person="joe@contoso.example",
        user_name="joe@contoso.example",
        risk=RiskDetection(detection_id="a71f4c0d", risk_type="leakedCredentials", level="high", state="atrisk"),
    )


def command_line() -> Event:
    return Event(
        kind=Kind.PROCESS,
        vendor_id="endpoint|42",
        time=NOON,
        action="start",
        outcome=Outcome.SUCCESS,
        subject=Subject.ENDPOINT_USER,
        principal="host-1/joe",
        user_name="joe",
        process=Process(host_id="host-1", host_name="LAPTOP-7", name="az", command_line="az login --use-device-code", tool="az login"),
    )


EVENTS = {Family.AWS: root_login, Family.ENTRA: sign_in, Family.ENDPOINT: command_line, Family.XCLOUD: federated_login}
RULES = {
    Family.AWS: "aws_root_console_login",
    Family.ENTRA: "entra_risky_signin",
    Family.ENDPOINT: "endpoint_cloud_cli_auth",
    Family.XCLOUD: "xcloud_entra_risk_then_aws",
}


def activity(event: Event, **changes) -> Activity:
    return Activity(**{"id": event.vendor_id, "time": event.time, "event": event, "members": (event.vendor_id,), **changes})


def make_alert(family: Family = Family.AWS, **changes) -> Alert:
    event = changes.pop("event", None) or EVENTS[family]()
    rule = RULES[family]
    partner = activity(sign_in()) if family == Family.XCLOUD else None
    fields = {
        "id": "0f" * 32,
        "key": GroupKey(family, event.account or "", event.principal, "2026-03-14"),
        "status": AlertStatus.OPEN,
        "rule": rule,
        "rules": (rule,),
        "score": 87,
        "band": Band.CRITICAL,
        "addends": (
            Addend(kind="base", name=rule, points=47, reason="the account's root user signed in to the console"),
            Addend(kind="modifier", name="no_mfa_on_root", points=40, reason="no MFA on root"),
        ),
        "reason": "root of 111122223333 signed in to the console from 185.220.101.4 (DE) without MFA",
        "first_seen": event.time,
        "last_seen": event.time,
        "event_count": 1,
        "event_ids": (event.vendor_id,),
        "events": (AlertEvent(id=event.vendor_id, time=event.time, rule=rule, score=87),),
        "addresses": ("185.220.101.4",),
        "countries": ("DE",),
        "lead": activity(event),
        "partner": partner,
        "person": event.person,
        "created": event.time + timedelta(minutes=3, seconds=20),
        "updated": event.time + timedelta(minutes=3, seconds=20),
    }
    return Alert(**{**fields, **changes})


@pytest.fixture
def alert():
    return make_alert


@pytest.fixture
def notice():
    def make(family: Family = Family.AWS, *, why: str = "new", index_unavailable: bool = False, **changes) -> Notice:
        return Notice(alert=make_alert(family, **changes), why=why, index_unavailable=index_unavailable)

    return make


@pytest.fixture
def events():
    return {"root": root_login(), "federated": federated_login(), "sign_in": sign_in(), "detection": detection(), "process": command_line()}


@pytest.fixture
def acted():
    return activity
