"""Typed sample activities that rule examples change field by field. Names and addresses are documentation values (RFC 5737, AWS samples)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

import msgspec
from msgspec import Struct

from ..model import (
    Activity,
    Assessment,
    AwsSignIn,
    Band,
    Device,
    EntraSignIn,
    Event,
    Fact,
    Kind,
    Outcome,
    Place,
    Process,
    RiskDetection,
    Subject,
)
from ..tuning import Tuning
from .rule import Example, PairExample, Scored

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_ACCOUNT = "111122223333"
_TENANT = "72f988bf-0000-4000-8000-000000000001"
_USER_ID = "00000000-1111-4000-8000-000000000001"


def hit(name: str, points: int, activity: Activity, *, around: Iterable[Activity] = (), tuning: Tuning | None = None) -> Example:
    """An activity the rule must give these base points."""
    return Example(name, activity, points, tuple(around), tuning or Tuning())


def miss(name: str, activity: Activity, *, around: Iterable[Activity] = (), tuning: Tuning | None = None) -> Example:
    """An activity the rule must leave alone; the name says why."""
    return Example(name, activity, None, tuple(around), tuning or Tuning())


def changed(activity: Activity, **changes: object) -> Activity:
    """The activity with these fields set, wherever they live: activity, event, place, the source's own part, device.

    Raises:
        TypeError: a name that no part has, so a typo in an example fails at once.
    """
    event = activity.event
    detail = next(part for part in (event.aws, event.entra, event.risk, event.process) if part is not None)
    if "time" in changes:
        event = msgspec.structs.replace(event, time=cast("datetime", changes["time"]))
    place = _take(event.place, changes)
    if isinstance(detail, EntraSignIn):
        detail = msgspec.structs.replace(detail, device=_take(detail.device, changes, only=("compliant", "trust_type")))
    own = _take(activity, changes, skip=("event",))
    shared = _take(event, changes, skip=("aws", "entra", "risk", "process", "place"))
    detail = _take(detail, changes)
    if changes:
        raise TypeError(f"no such field in a {event.kind.value} activity: {', '.join(sorted(changes))}")
    part = {Kind.AWS: "aws", Kind.SIGN_IN: "entra", Kind.RISK_DETECTION: "risk", Kind.PROCESS: "process"}[event.kind]
    return msgspec.structs.replace(own, event=msgspec.structs.replace(shared, place=place, **{part: detail}))


def _take[T: Struct](target: T, changes: dict[str, object], *, skip: tuple[str, ...] = (), only: tuple[str, ...] | None = None) -> T:
    names = [n for n in target.__struct_fields__ if n in changes and n not in skip and (only is None or n in only)]
    return msgspec.structs.replace(target, **{n: changes.pop(n) for n in names})


def console_login(**changes: object) -> Activity:
    """An IAM user signs in to the AWS console with a second factor."""
    event = Event(
        kind=Kind.AWS,
        vendor_id="aws|e0000001",
        time=NOON,
        action="ConsoleLogin",
        outcome=Outcome.SUCCESS,
        subject=Subject.IAM_USER,
        account=_ACCOUNT,
        principal=f"{_ACCOUNT}/anaya",
        person="anaya",
        names=("arn:aws:iam::111122223333:user/anaya", "anaya"),
        user_name="anaya",
        place=Place(address="198.51.100.23", ip="198.51.100.23"),
        user_agent="Mozilla/5.0 Chrome/142.0.0.0",
        aws=AwsSignIn(event_name="ConsoleLogin", arn="arn:aws:iam::111122223333:user/anaya", mfa_used=Fact.PRESENT),
    )
    if "event_name" in changes:
        changes.setdefault("action", changes["event_name"])  # as in every CloudTrail event
    return changed(Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,)), **changes)


def role_login(**changes: object) -> Activity:
    """An assumed role that nobody can attribute signs in to the AWS console; CloudTrail says MFAUsed No."""
    defaults: dict[str, object] = {
        "subject": Subject.ASSUMED_ROLE,
        "mfa_used": Fact.ABSENT,
        "arn": "arn:aws:sts::111122223333:assumed-role/Developer/alice@contoso.com",
        "role_arn": "arn:aws:iam::111122223333:role/Developer",
        "role_name": "Developer",
        "session_name": "alice@contoso.com",
        "principal": "arn:aws:iam::111122223333:role/Developer/alice@contoso.com",
        "person": "alice@contoso.com",
        "user_name": "alice@contoso.com",
        "names": ("arn:aws:iam::111122223333:role/Developer", "alice@contoso.com"),
    }
    return console_login(**{**defaults, **changes})


def saml_login(**changes: object) -> Activity:
    """A person federated through SAML signs in to the AWS console; MFA lives at the identity provider."""
    defaults: dict[str, object] = {
        "subject": Subject.SAML_ROLE,
        "saml_provider_arn": "arn:aws:iam::111122223333:saml-provider/Entra",
    }
    return role_login(**{**defaults, **changes})


def cli_token(**changes: object) -> Activity:
    """``aws login`` on the same device redeems its code."""
    defaults: dict[str, object] = {
        "action": "CreateOAuth2Token",
        "event_name": "CreateOAuth2Token",
        "oauth_client": "same-device",
        "user_agent": "aws-cli/2.32.0 md/command#login",
        "mfa_used": Fact.UNKNOWN,
    }
    return role_login(**{**defaults, **changes})


def authorization(**changes: object) -> Activity:
    """The browser half of ``aws login``, 40 seconds before the token."""
    defaults: dict[str, object] = {
        "id": "aws|auth-1",
        "action": "AuthorizeOAuth2Access",
        "event_name": "AuthorizeOAuth2Access",
        "user_agent": "Mozilla/5.0 Chrome/142.0.0.0",
        "time": NOON - timedelta(seconds=40),
    }
    return cli_token(**{**defaults, **changes})


def sign_in(**changes: object) -> Activity:
    """An interactive Entra sign-in that succeeded, without any risk."""
    event = Event(
        kind=Kind.SIGN_IN,
        vendor_id="entra|5a000001",
        time=NOON,
        action="Sign-in activity",
        outcome=Outcome.SUCCESS,
        subject=Subject.ENTRA_USER,
        account=_TENANT,
        principal=_USER_ID,
        person="alice@contoso.com",
        names=("alice@contoso.com", _USER_ID),
        user_name="alice@contoso.com",
        place=Place(address="198.51.100.77", ip="198.51.100.77", country="DE"),
        entra=EntraSignIn(
            sign_in_id="5a000001",
            user_id=_USER_ID,
            upn="alice@contoso.com",
            app_id="c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
            interactive=Fact.PRESENT,
            error_code=0,
            level_during="none",
            level_aggregated="none",
            risk_state="none",
            device=Device(compliant=Fact.ABSENT),
        ),
    )
    return changed(Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,)), **changes)


def blocked_sign_in(**changes: object) -> Activity:
    """A sign-in whose password was right and that Conditional Access stopped (53003)."""
    defaults: dict[str, object] = {"outcome": Outcome.FAILURE, "error_code": 53003}
    return sign_in(**{**defaults, **changes})


def detection(**changes: object) -> Activity:
    """A user-level risk detection: no sign-in belongs to it."""
    event = Event(
        kind=Kind.RISK_DETECTION,
        vendor_id="entra-risk|d0000001",
        time=NOON,
        action="leakedCredentials",
        outcome=Outcome.UNKNOWN,
        subject=Subject.ENTRA_USER,
        account=_TENANT,
        principal=_USER_ID,
        person="alice@contoso.com",
        names=("alice@contoso.com", _USER_ID),
        user_name="alice@contoso.com",
        risk=RiskDetection(
            detection_id="d0000001",
            user_id=_USER_ID,
            risk_type="anomalousUserActivity",
            level="medium",
            state="atrisk",
            activity="user",
        ),
    )
    found = changed(Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,)), **changes)
    return msgspec.structs.replace(found, detections=(found.event,))


def with_detections(activity: Activity, *detections: Activity) -> Activity:
    """The sign-in with these risk detections linked to it."""
    linked = tuple(item.event for item in detections)
    members = (*activity.members, *(event.vendor_id for event in linked))
    return msgspec.structs.replace(activity, detections=linked, members=members)


def process(**changes: object) -> Activity:
    """``az login`` starts on a workstation."""
    event = Event(
        kind=Kind.PROCESS,
        vendor_id="endpoint|p0000001",
        time=NOON,
        action="start",
        outcome=Outcome.UNKNOWN,
        subject=Subject.ENDPOINT_USER,
        principal="h17|alice",
        person="alice@contoso.com",
        names=("alice", "alice@contoso.com"),
        user_name="alice",
        process=Process(host_id="h17", host_name="ws-17", name="az", command_line="az login", tool="az login", pattern="az login"),
    )
    return changed(Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,)), **changes)


def repeated(activity: Activity, count: int) -> tuple[Activity, ...]:
    """The same kind of activity this many times, a minute apart, before noon."""
    return tuple(
        changed(activity, id=f"{activity.id}-{n}", time=cast("datetime", activity.event.time) - timedelta(minutes=n))
        for n in range(1, count + 1)
    )


def scored(activity: Activity, score: int | None, *rules: str, minutes: float = 0) -> Scored:
    """One side of a pair, moved this many minutes after noon; score None when no rule of its own fired."""
    moved = changed(activity, time=NOON + timedelta(minutes=minutes))
    if score is None:
        return Scored(moved, None)
    told = Assessment(activity_id=moved.id, rule=rules[0], rules=rules, score=score, band=Band.MEDIUM, addends=(), reason="")
    return Scored(moved, told)


def pair_hit(name: str, points: int, first: Scored, second: Scored) -> PairExample:
    """Two activities, in order of time, that must give these points before modifiers."""
    return PairExample(name, first, second, points)


def pair_miss(name: str, first: Scored, second: Scored) -> PairExample:
    """Two activities, in order of time, that must not pair; the name says why."""
    return PairExample(name, first, second, None)
