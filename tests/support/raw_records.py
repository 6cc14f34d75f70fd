"""Raw records of a small morning: logins, sign-ins, detections, and nonsense. Everything is named by its number or id, nothing is random."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.model import RawRecord
from gatewatch.ports import Notice, Ports
from gatewatch.stores.memory import MemoryStore
from tests.support.aws_records import login, root_login

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOW = MORNING + timedelta(hours=6)
TENANT = "tenant-1"


def text(minute: float) -> str:
    """A moment of the morning, as vendors write it."""
    return (MORNING + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def console(number: int, minute: float = 0, user: str = "alice", *, mfa: str = "No", success: bool = True, **changes: Any) -> RawRecord:
    """An IAM user's console login: 40 points without MFA, none with."""
    answer = {"ConsoleLogin": "Success" if success else "Failure"}
    return RawRecord(
        data=login(
            user,
            eventID=f"e-{number}",
            eventTime=text(minute),
            responseElements=answer,
            additionalEventData={"MFAUsed": mfa, "MobileVersion": "No"},
            **changes,
        )
    )


def root(number: int, minute: float = 0, address: str = "198.51.100.7") -> RawRecord:
    """Root without MFA: 87 points, urgent."""
    return RawRecord(data={**root_login(), "eventID": f"r-{number}", "eventTime": text(minute), "sourceIPAddress": address})


def entra(request: str, minute: float = 0, level: str = "medium", user: str = "bob", **changes: Any) -> RawRecord:
    """An Entra sign-in; with level none it says nothing by itself."""
    state = "none" if level == "none" else "atRisk"
    data = {
        "id": request,
        "createdDateTime": text(minute),
        "userPrincipalName": f"{user}@contoso.example",
        "userId": f"id-of-{user}",
        "appId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
        "ipAddress": "203.0.113.77",
        "clientAppUsed": "Browser",
        "riskLevelAggregated": level,
        "riskLevelDuringSignIn": level,
        "riskState": state,
        "riskEventTypes_v2": [],
        "status": {"errorCode": 0},
        "location": {"countryOrRegion": "DE"},
    }
    return RawRecord(data={**data, **changes}, tenant=TENANT)


def risk(number: int, request: str | None, minute: float = 0, level: str = "medium", user: str = "bob") -> RawRecord:
    """A risk detection that names a sign-in, or none."""
    data = {
        "id": f"d-{number}",
        "requestId": request,
        "riskEventType": "unfamiliarFeatures",
        "riskState": "atRisk",
        "riskLevel": level,
        "detectionTimingType": "realtime",
        "activity": "signin",
        "ipAddress": "203.0.113.77",
        "activityDateTime": text(minute),
        "detectedDateTime": text(minute + 1),
        "lastUpdatedDateTime": text(minute + 2),
        "userId": f"id-of-{user}",
        "userPrincipalName": f"{user}@contoso.example",
    }
    return RawRecord(data=data, tenant=TENANT)


def nonsense(number: int) -> RawRecord:
    """What no source recognises."""
    return RawRecord(data={"number": number}, origin=f"nonsense:{number}")


class Channel:
    """A channel that remembers, and is away while told so."""

    def __init__(self, name: str, *, away: bool = False) -> None:
        self.name, self.away = name, away
        self.notices: list[Notice] = []

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        if self.away:
            raise NotifyUnavailable("away")
        self.notices.append(notice)

    @property
    def told(self) -> list[str]:
        """Why it was told, and of which rule."""
        return [f"{notice.why} {notice.alert.rule}" for notice in self.notices]


class Refusing(Channel):
    """A channel that will never take anything."""

    def send(self, notice: Notice) -> None:
        """See ``gatewatch.ports.Notifier``."""
        raise NotifyError(f"no to {len(notice.why)}")


def bundle(store: MemoryStore | None = None, *channels: Channel, clock: Callable[[], datetime] = lambda: NOW, **changes: Any) -> Ports:
    """A worker with these channels, all of them wired here."""
    names = tuple(sorted(channel.name for channel in channels))
    fields: dict[str, Any] = {"channels": names, "notifiers": {channel.name: channel for channel in channels}, **changes}
    return Ports(store=store or MemoryStore(), clock=clock, **fields)
