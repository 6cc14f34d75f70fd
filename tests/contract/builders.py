"""Small typed samples for the store contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gatewatch import evidence as ev
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
    Evidence,
    Fact,
    Family,
    GroupKey,
    HistoryFacts,
    Kind,
    Outcome,
    Place,
    RiskDetection,
    Subject,
)
from gatewatch.model.tokens import principal_token

NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
DAY = "2026-03-14"
PRINCIPAL = principal_token


def minutes(count: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(minutes=count)


def login(number: int = 1, *, at: datetime = NOON, **changes: Any) -> Event:
    """An AWS console login."""
    fields: dict[str, Any] = {
        "kind": Kind.AWS,
        "vendor_id": f"aws|{number:08d}",
        "time": at,
        "action": "ConsoleLogin",
        "outcome": Outcome.SUCCESS,
        "subject": Subject.IAM_USER,
        "account": "111122223333",
        "principal": "111122223333/alice",
        "person": "alice",
        "names": ("arn:aws:iam::111122223333:user/alice", "alice"),
        "user_name": "alice",
        "place": Place(address="89.160.20.156", ip="89.160.20.156", country="SE", asn=29518, latitude=58.4, longitude=15.6),
        "user_agent": "Mozilla/5.0",
        "client": "chrome/windows",
        "aws": AwsSignIn(event_name="ConsoleLogin", event_id=f"{number:08d}", mfa_used=Fact.ABSENT, region="us-east-1"),
    }
    return Event(**{**fields, **changes})


def sign_in(request: str = "R-1", *, at: datetime = NOON, user: str = "U-1", correlation: str | None = "C-1", **changes: Any) -> Event:
    """An Entra sign-in."""
    fields: dict[str, Any] = {
        "kind": Kind.SIGN_IN,
        "vendor_id": f"entra|{request.lower()}",
        "time": at,
        "action": "Sign-in activity",
        "outcome": Outcome.SUCCESS,
        "subject": Subject.ENTRA_USER,
        "account": "tenant",
        "principal": user,
        "person": f"{user}@contoso.example".casefold(),
        "place": Place(address="198.51.100.7", ip="198.51.100.7", country="DE"),
        "client": "azure-portal",
        "entra": EntraSignIn(sign_in_id=request, correlation_id=correlation, user_id=user, error_code=0, level_during="medium"),
    }
    return Event(**{**fields, **changes})


def detection(number: int = 1, *, request: str | None = "R-1", at: datetime = NOON, user: str = "U-1", **changes: Any) -> Event:
    """A risk detection."""
    fields: dict[str, Any] = {
        "kind": Kind.RISK_DETECTION,
        "vendor_id": f"entra-risk|D-{number}",
        "time": at,
        "action": "User Risk Detection",
        "outcome": Outcome.UNKNOWN,
        "subject": Subject.ENTRA_USER,
        "account": "tenant",
        "principal": user,
        "person": f"{user}@contoso.example".casefold(),
        "risk": RiskDetection(
            detection_id=f"D-{number}", request_id=request, correlation_id="C-1", user_id=user, risk_type="anonymizedIPAddress"
        ),
        "updated": at,
    }
    return Event(**{**fields, **changes})


def stored(
    event: Event, *, ingested: datetime | None = None, fetched: datetime | None = None, facts: HistoryFacts | None = None
) -> Evidence:
    """The evidence of an event."""
    made = ev.make(event, fetched=fetched, now=ingested or minutes(30))
    return made if facts is None else Evidence(id=made.id, event=made.event, ingested=made.ingested, fetched=made.fetched, facts=facts)


def many(count: int, *, first: int = 1, **changes: Any) -> list[Evidence]:
    """Logins a second apart, from noon on."""
    return [stored(login(number, at=NOON + timedelta(seconds=number), **changes)) for number in range(first, first + count)]


def key(principal: str = "111122223333/alice", *, day: str = DAY, family: Family = Family.AWS, account: str = "111122223333") -> GroupKey:
    """A group key."""
    return GroupKey(family, account, principal, day)


def alert(group: GroupKey | None = None, **changes: Any) -> Alert:
    """An open alert of one login."""
    group = group or key()
    event = login(principal=group.principal)
    fields: dict[str, Any] = {
        "id": ev.digest(group),
        "key": group,
        "status": AlertStatus.OPEN,
        "rule": "aws_console_login_no_mfa",
        "rules": ("aws_console_login_no_mfa",),
        "score": 40,
        "band": Band.MEDIUM,
        "addends": (Addend(kind="base", name="aws_console_login_no_mfa", points=40, reason="no MFA"),),
        "reason": "alice signed in to the console without MFA",
        "first_seen": NOON,
        "last_seen": minutes(5),
        "event_count": 1,
        "event_ids": (event.vendor_id,),
        "events": (AlertEvent(id=event.vendor_id, time=NOON, rule="aws_console_login_no_mfa", score=40),),
        "addresses": ("89.160.20.156",),
        "countries": ("SE",),
        "lead": Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,)),
        "person": "alice",
        "created": minutes(31),
        "updated": minutes(31),
    }
    return Alert(**{**fields, **changes})


def ids(evidence: Sequence[Evidence]) -> list[str]:
    """The ids, sorted."""
    return sorted(item.id for item in evidence)


@dataclass
class Hostile:
    """A string somebody may put into a name."""

    text: str


HOSTILE = {
    "quotes": "\"' OR 1=1 --",
    "query-string": '*:* AND (gatewatch.owed:"teams") \\"',
    "wildcards": "a*?%_b",
    "regexp": "/.*/ ~[a-z]{3}",
    "json": '"},{"index":{"_index":"other"}}\n{"a":"b"}',
    "newlines": "line one\nline two\r\u2028\u2029",
    "controls": "nul\x00 bell\x07 escape\x1b[31m",
    "markup": "<script>alert(1)</script> [x](http://e.example) =cmd|' /C calc'!A0",
    "bidi": "\u202egnp.exe \u200b zero",
    "astral": "\U0001f4a5" * 40,
    "path": "../../_all/_delete_by_query?q=*",
    "empty-looking": "   ",
    "long": "x" * 513,
    "longer": "\u00e9" * 5_000,
    "unnormalised": "e\u0301 vs \u00e9",
}
