"""The people of a simulated tenant: what they do, when Graph shows it, what becomes of it, and what a detector must then hold and say.

What is expected is written here, beside each kind of record. Nothing is asked of the product.
"""

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.local_cloud.fake_cloud.records import beta_sign_in, directory_audit, risk_detection, stamp

START = datetime(2026, 3, 14, tzinfo=UTC)
ACTIVE = timedelta(hours=20)
"""How long people are at work: everything is created in this time."""
LATEST = timedelta(hours=47, minutes=50)
DELAYS = (*(timedelta(minutes=m) for m in (0, 4, 40, 63, 95, 240, 800, 1_560)), LATEST)
"""How late Graph shows a record. Offline detections take up to 48 hours (Microsoft Learn, "What are risk detections?")."""

BREAK_GLASS = tuple(f"glass{number}@contoso.example" for number in range(40))
PRIVILEGED = tuple(f"chief{number}@contoso.example" for number in range(40))
AWS_APPLICATION = "a3500000-0000-4000-8000-000000000001"
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

type Changes = dict[str, Any]


@dataclass
class Story:
    """One record over time. ``messages`` says how often people must hear of it (None: the kind leaves that to rules), ``kept`` whether it is evidence."""

    kind: str
    resource: str
    record: dict[str, Any]
    visible: datetime
    person: str
    changes: list[tuple[datetime, Changes]] = field(default_factory=list)
    gone: datetime | None = None
    kept: bool = True
    messages: int | None = None

    @property
    def vendor_id(self) -> str:
        """The id by which the evidence names this record."""
        return self.record["id"]

    @property
    def delay(self) -> timedelta:
        """How late it is shown, or changed at last."""
        created = datetime.fromisoformat(self.record["createdDateTime" if self.resource == "signIns" else "activityDateTime"])
        return max(self.visible, *(when for when, _ in self.changes), self.visible) - created

    def at(self, now: datetime) -> dict[str, Any] | None:
        """What Graph shows now."""
        if now < self.visible or (self.gone is not None and now >= self.gone):
            return None
        shown = self.record
        for when, change in self.changes:
            if when <= now:
                shown = shown | change
        return shown


class Author:
    """Writes the stories of one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.stories: list[Story] = []
        self._people = 0
        self.listed = {names[0]: iter(names) for names in (BREAK_GLASS, PRIVILEGED)}

    def identity(self) -> str:
        """A new id."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def person(self) -> str:
        """Somebody who was never seen."""
        self._people += 1
        return f"p{self._people}@contoso.example"

    def moment(self) -> datetime:
        """A moment of the working time."""
        return START + timedelta(seconds=self.chance.uniform(600, ACTIVE.total_seconds()))

    def sign_in(self, kind: str, late: timedelta, *, person: str = "", at: datetime | None = None, **changes: Any) -> Story:
        """A sign-in of somebody new, until told otherwise."""
        person, at = person or self.person(), at or self.moment()
        expected = {name: changes.pop(name) for name in ("kept", "messages") if name in changes}
        record = beta_sign_in(at, upn=person, id=self.identity(), correlationId=self.identity(), **changes)
        story = Story(kind, "signIns", record, at + late, person, **expected)
        self.stories.append(story)
        return story

    def detection(self, kind: str, late: timedelta, *, person: str = "", at: datetime | None = None, **changes: Any) -> Story:
        """A risk detection; it is detected when it happens or when it shows, or between."""
        person, at = person or self.person(), at or self.moment()
        expected = {name: changes.pop(name) for name in ("kept", "messages") if name in changes}
        detected = at + late * self.chance.choice((0, self.chance.random(), 1))
        record = risk_detection(at, upn=person, id=self.identity(), detected=detected, **changes)
        story = Story(kind, "riskDetections", record, at + late, person, **expected)
        self.stories.append(story)
        return story

    def audit(self, kind: str, late: timedelta, activity: str, **expected: Any) -> Story:
        """Somebody changed something in the directory."""
        person, at = self.person(), self.moment()
        record = directory_audit(at, person, activity, id=f"Directory_{self.identity()}", correlationId=self.identity())
        story = Story(kind, "directoryAudits", record, at + late, person, **expected)
        self.stories.append(story)
        return story


AT_RISK: Changes = {
    "riskLevelDuringSignIn": "medium",
    "riskLevelAggregated": "medium",
    "riskState": "atRisk",
    "riskEventTypes_v2": ["unfamiliarFeatures"],
}
COMPROMISED: Changes = AT_RISK | {"riskLevelAggregated": "high", "riskLevelDuringSignIn": "high", "riskState": "confirmedCompromised"}
DISMISSED: Changes = {"riskState": "dismissed", "riskLevelAggregated": "none", "riskDetail": "adminDismissedRiskForSignIn"}


def stopped(code: int) -> Changes:
    """A sign-in that failed with this code."""
    return {"status": {"errorCode": code, "failureReason": "no", "additionalDetails": None}}


def _later(story: Story, after: timedelta, *changes: Changes) -> Story:
    """It changes so long after its creation, or after it is shown if that is later; a detection moves its own update time."""
    for number, change in enumerate(changes):
        when = story.visible + after * (number + 1)
        updated = {"lastUpdatedDateTime": stamp(when)} if story.resource == "riskDetections" else {}
        story.changes.append((when, change | updated))
    return story


def _raised(author: Author, late: timedelta) -> Story:
    """The day is nobody's while the record is shown ``late``: it becomes risky then."""
    story = author.sign_in("becomes risky", timedelta(minutes=2), messages=1)
    story.changes.append((story.visible + late, AT_RISK))
    return story


def _named(author: Author, late: timedelta, *, first: bool) -> Story:
    """A detection and the harmless sign-in that it names; ``first`` the detection is shown before the sign-in."""
    sign_in_late = min(late, timedelta(hours=20)) if first else timedelta(minutes=1)
    sign_in = author.sign_in("named sign-in", sign_in_late)
    at = datetime.fromisoformat(sign_in.record["createdDateTime"])
    kind = "detection before its sign-in" if first else "detection of a sign-in"
    return author.detection(
        kind,
        timedelta(minutes=3) if first else late,
        person=sign_in.person,
        at=at,
        requestId=sign_in.vendor_id,
        correlationId=sign_in.record["correlationId"],
        riskEventType="anonymizedIPAddress",
    )


def _deleted(author: Author, late: timedelta) -> Story:
    story = author.detection("detection that is deleted", late, messages=1)
    story.gone = story.visible + timedelta(days=3.2)  # nobody can promise a record that is gone before one reading of it got through
    return story


KINDS: dict[str, Callable[[Author, timedelta], object]] = {
    "risky": lambda author, late: author.sign_in("risky", late, messages=1, **AT_RISK),
    "compromised": lambda author, late: author.sign_in("compromised", late, messages=1, **COMPROMISED),
    "becomes risky": _raised,
    "raised": lambda author, late: _later(
        author.sign_in("raised", min(late, timedelta(hours=1)), messages=2, **AT_RISK), max(late, timedelta(hours=2)) * 0.9, COMPROMISED
    ),
    "dismissed": lambda author, late: _later(  # within the 48 hours that are promised: a Graph may refuse the filter that sees it later
        author.sign_in("dismissed", min(late, timedelta(hours=46)), **AT_RISK), timedelta(hours=1), DISMISSED
    ),
    "control plane": lambda author, late: author.sign_in("control plane", late, appId=AZURE_CLI, appDisplayName="Azure CLI"),
    "break glass": lambda author, late: author.sign_in(
        "break glass", late, person=next(author.listed[BREAK_GLASS[0]]), messages=1
    ),
    "privileged": lambda author, late: author.sign_in("privileged", late, person=next(author.listed[PRIVILEGED[0]])),
    "blocked": lambda author, late: author.sign_in("blocked", late, **stopped(53003)),
    "wrong password": lambda author, late: author.sign_in("wrong password", late, **stopped(50126)),
    "AWS": lambda author, late: author.sign_in("AWS", late, appId=AWS_APPLICATION, appDisplayName="AWS Contoso"),
    "device code": lambda author, late: author.sign_in("device code", late, authenticationProtocol="deviceCode"),
    "password grant": lambda author, late: author.sign_in("password grant", late, authenticationProtocol="ropc"),
    "redeemed": lambda author, late: author.sign_in(
        "redeemed", late, isInteractive=False, signInEventTypes=["nonInteractiveUser"], originalTransferMethod="deviceCodeFlow"
    ),
    "first sign-in": lambda author, late: author.sign_in("first sign-in", late),
    "unknown values": lambda author, late: author.sign_in(
        "unknown values", late, riskLevelAggregated="severe", riskLevelDuringSignIn="severe", riskState="atRisk", clientAppUsed="Hologram"
    ),
    "damaged": lambda author, late: author.sign_in("damaged", late, messages=1, **AT_RISK, appDisplayName="<bad>"),
    "detection": lambda author, late: author.detection("detection", late, messages=1),
    "detection without an update": lambda author, late: author.detection(
        "detection without an update", late, messages=1, lastUpdatedDateTime=None
    ),
    "remediated detection": lambda author, late: _later(
        author.detection("remediated detection", late), timedelta(hours=5), {"riskState": "remediated", "riskDetail": "userPerformedSecuredPasswordReset"}
    ),
    "raised detection": lambda author, late: _later(
        author.detection("raised detection", late), timedelta(hours=1), {"riskLevel": "high"}, {"riskState": "confirmedCompromised"}
    ),
    "detection that is deleted": _deleted,
    "detection of a sign-in": lambda author, late: _named(author, late, first=False),
    "detection before its sign-in": lambda author, late: _named(author, late, first=True),
}  # fmt: skip


def written(seed: int, kinds: Callable[[str, timedelta], bool] = lambda _kind, _late: True, crowd: int = 300) -> list[Story]:
    """Every kind at every delay, and a crowd of people who do nothing of note but fill the pages. ``kinds`` leaves some out."""
    author = Author(seed)
    for kind, write in KINDS.items():
        for late in DELAYS:
            if kinds(kind, late):
                write(author, late * author.chance.uniform(0.97, 1))
    _odd(author)
    author.stories.extend(_crowd(author, crowd))
    author.chance.shuffle(author.stories)
    return author.stories


def audits(seed: int) -> list[Story]:
    """What people change in the directory at every delay, and ten times as much that nobody asks for."""
    author = Author(seed)
    for late in DELAYS:
        author.audit("security info", late, "User registered security info")
        for number in range(10):
            author.audit("update of a user", late * number / 10, "Update user", kept=False)
    return author.stories


def _odd(author: Author) -> None:
    """Times that break a naive poller: many records of one moment, and records of the future."""
    at = author.moment().replace(microsecond=0)
    for _ in range(23):
        author.sign_in("one moment", timedelta(minutes=author.chance.choice((0, 30))), at=at, messages=1, **AT_RISK)
    for ahead in (timedelta(minutes=4), timedelta(hours=3)):
        story = author.sign_in("of the future", timedelta(0), at=author.moment() + ahead, messages=1, **AT_RISK)
        story.visible -= ahead


def _crowd(author: Author, people: int) -> Iterator[Story]:
    """Ordinary sign-ins, the second and later ones of people who sign in the same way each time: nothing of them is kept for certain."""
    names = [author.person() for _ in range(max(people // 10, 1))]
    for _ in range(people):
        at, person = author.moment(), author.chance.choice(names)
        record = beta_sign_in(at, upn=person, id=author.identity(), correlationId=author.identity())
        yield Story("ordinary", "signIns", record, at + timedelta(seconds=author.chance.expovariate(1 / 120)), person, kept=False)
