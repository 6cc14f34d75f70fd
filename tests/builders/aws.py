"""AWS: typed console logins, and CloudTrail records as the AWS user guide prints them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from gatewatch.model import Event, Evidence, Fact, Outcome, Place, RawRecord
from gatewatch.providers.aws import raw_samples, samples
from gatewatch.providers.aws.detail import AwsSubject

from .common import ALICE, NOON, at, changed, having, minutes, sample, stored, written

ACCOUNT = "111122223333"
HOME = Place(address="89.160.20.156", ip="89.160.20.156", country="SE", asn=29518, latitude=58.4, longitude=15.6)
SAML_PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Entra"


def login(number: int = 1, *, at: datetime | None = NOON, **changes: Any) -> Event:
    """An IAM user's console login without MFA."""
    arn = f"arn:aws:iam::{ACCOUNT}:user/alice"
    fields: dict[str, Any] = {
        "vendor_id": f"aws|{number:08d}",
        "event_id": f"{number:08d}",
        "time": at,
        "principal": f"{ACCOUNT}/alice",
        "person": "alice",
        "names": (arn, "alice"),
        "user_name": "alice",
        "arn": arn,
        "place": HOME,
        "user_agent": "Mozilla/5.0",
        "client": "chrome/windows",
        "region": "us-east-1",
        "mfa_used": Fact.ABSENT,
    }
    return having(samples.console_login().event, **{**fields, **changes})


def plain_login(**changes: Any) -> Event:
    """A console login of which the record says no more than it must: no names, place, client or user agent."""
    nothing = {"vendor_id": "aws|1", "event_id": None, "names": (), "arn": None, "place": Place(), "user_agent": None, "client": None}
    return login(**{**nothing, "region": None, "event_source": "signin.amazonaws.com", **changes})


def failure(number: int, at_minutes: float, **changes: Any) -> Event:
    """A failed console login; whether MFA was used is unknown."""
    return login(number, at=minutes(at_minutes), **{"outcome": Outcome.FAILURE, "mfa_used": Fact.UNKNOWN, **changes})


def saml(at_minutes: float, address: str = "198.51.100.7", number: int = 1, **changes: Any) -> Event:
    """Alice's console login through Entra."""
    fields = {"subject": AwsSubject.SAML_ROLE, "principal": f"role|{ALICE}", "person": ALICE, "saml_provider_arn": SAML_PROVIDER}
    return login(number, at=minutes(at_minutes), **{**fields, "place": at(address), **changes})


def many(count: int, *, first: int = 1, **changes: Any) -> list[Evidence]:
    """Evidence of logins a second apart, from noon on."""
    return [stored(login(number, at=NOON + timedelta(seconds=number), **changes)) for number in range(first, first + count)]


def record(**changes: Any) -> dict[str, Any]:
    """A CloudTrail record: an IAM user's console login without MFA; ``...`` takes a property away."""
    fields = {
        **sample(raw_samples.samples(), "an IAM user signs in to the console"),
        "eventID": "e-1",
        "eventTime": "2026-11-20T10:00:00Z",
        "eventType": "AwsConsoleSignIn",
        "userAgent": "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0.0.0 Safari/537.36",
    }
    return changed(fields, changes)


def user_record(user: str, account: str = ACCOUNT, **changes: Any) -> dict[str, Any]:
    """The record of a login that this user makes now: 40 points, medium."""
    fields = {
        "eventID": str(uuid.uuid4()),
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sourceIPAddress": "198.51.100.7",
        "recipientAccountId": account,
        "userIdentity": {"type": "IAMUser", "userName": user, "accountId": account, "arn": f"arn:aws:iam::{account}:user/{user}"},
    }
    return record(**{**fields, **changes})


def root_record(account: str = ACCOUNT, **changes: Any) -> dict[str, Any]:
    """The record of root's login without MFA: 87 points, critical."""
    root = {"type": "Root", "accountId": account, "arn": f"arn:aws:iam::{account}:root", "principalId": account}
    return user_record("root", account, **{"userIdentity": root, **changes})


def federated_record(person: str, **changes: Any) -> dict[str, Any]:
    """The record of a login through Entra, which did the MFA."""
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/{person}"
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/Admin", "accountId": ACCOUNT, "userName": "Admin"}
    identity = {"type": "AssumedRole", "arn": arn, "accountId": ACCOUNT, "sessionContext": {"sessionIssuer": issuer}}
    made = user_record(person, **{"userIdentity": identity, **changes})
    return made | {"additionalEventData": {**made["additionalEventData"], "SamlProviderArn": SAML_PROVIDER}}


def envelope(detail: dict[str, Any], /, **changes: Any) -> dict[str, Any]:
    """A record as EventBridge delivers it."""
    fields = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "AWS Console Sign In via CloudTrail",
        "source": "aws.signin",
        "account": detail.get("recipientAccountId", ACCOUNT),
        "time": detail.get("eventTime", "2026-11-20T10:00:00Z"),
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }
    return changed(fields, changes)


def raw_login(number: int, minute: float = 0, user: str = "alice", *, mfa: str = "No", success: bool = True, **changes: Any) -> RawRecord:
    """An IAM user's login of the morning: 40 points without MFA, none with."""
    fields = {
        "eventID": f"e-{number}",
        "eventTime": written(minute),
        "responseElements": {"ConsoleLogin": "Success" if success else "Failure"},
        "additionalEventData": {"MFAUsed": mfa, "MobileVersion": "No"},
    }
    return RawRecord(data=user_record(user, **{**fields, **changes}))


def raw_root(number: int, minute: float = 0, address: str = "198.51.100.7") -> RawRecord:
    """Root's login of the morning without MFA: 87 points, urgent."""
    return RawRecord(data=root_record(eventID=f"r-{number}", eventTime=written(minute), sourceIPAddress=address))
