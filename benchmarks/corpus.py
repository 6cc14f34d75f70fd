"""Seeded corpora of raw records with known findings: ``python -m benchmarks.corpus realistic 20000 > records.jsonl``.

*realistic*: 40 % EventBridge envelopes (calls of roles, uses of long-term keys, few console logins), 50 % Graph sign-ins, 10 % risk
detections, in five days; people use what they always use, and about 2 % of the records are findings. *dense*: one day in which everything
is evidence. The number of people grows with the number of records, so a person makes about as many in a large corpus as in a small one.

The same kind, number and seed give the same bytes. ``planted`` names the alerts that must be found, as ``provider|principal|UTC day``.
"""

import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from benchmarks.corpus_shapes import CALL, DETECTION, KEY_USE, LOGIN, SIGN_IN

type Kind = Literal["realistic", "dense"]

START = datetime(2026, 11, 2, tzinfo=UTC)
DAYS = {"realistic": 5, "dense": 1}
OFFICE = (
    ("4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome", "00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
    ("5e3ce6c0-2b1f-4285-8d4b-75ee78787346", "Microsoft Teams Web Client", "00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
    ("08e18876-6177-487e-b8b5-cf950c1e598c", "SharePoint Online Web Client", "00000003-0000-0ff1-ce00-000000000000", "SharePoint"),
)
PORTAL = ("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal", "797f4846-ba00-4fd7-ba43-dac1f8f63013", "Azure Resource Manager")
CALLS = (("sts", "AssumeRole"), ("ec2", "DescribeInstances"), ("iam", "ListRoles"), ("s3", "ListBuckets"))
CALM = {"level": "none", "state": "none", "detail": "none", "types": "[]"}
REMEDIATED = {"level": "low", "state": "remediated", "detail": "userPassedMFADrivenByRiskBasedPolicy", "types": '["unfamiliarFeatures"]'}
AT_RISK = {"level": "high", "state": "atRisk", "detail": "none", "types": '["maliciousIPAddress"]'}


class Line(NamedTuple):
    """One record as JSON text, and the finding that it makes (empty: none)."""

    body: bytes
    finding: str


class Person(NamedTuple):
    """What one person always uses."""

    number: str
    upn: str
    user: str
    ip: str
    asn: int
    country: str


def _person(number: int) -> Person:
    return Person(
        number=f"{number:07d}",
        upn=f"person{number}@contoso.example",
        user=f"{number:08x}-1111-4000-8000-00000000aaaa",
        ip=f"{20 + number // 65_536 % 40}.{number // 256 % 256}.{number % 256}.{7 + number % 200}",
        asn=64_600 + number % 300,
        country=("NO", "DE", "FR", "US")[number % 4],
    )


class _Corpus:
    """Makes records one by one. A fifth of the people also use AWS; findings at Entra are made by the others, so no two clouds pair up."""

    def __init__(self, kind: Kind, count: int, seed: int) -> None:
        self._random = random.Random(f"{kind} {seed}")
        self._seconds = DAYS[kind] * 86_400 / count
        self._of_aws = 20 + count // 2_000
        self._people = self._of_aws * 5
        self._dense = kind == "dense"
        self._signed_in: list[dict[str, object]] = []  # sign-ins that a later detection may name
        self._number = 0

    def line(self, number: int) -> Line:
        """The record with this number; to be asked in order."""
        self._number = number
        draw = self._random.random()
        if draw < 0.5:
            return self._sign_in()
        return self._detection() if draw < 0.6 else self._aws()

    def _common(self, person: Person) -> dict[str, object]:
        at = START + timedelta(seconds=self._number * self._seconds)
        unique = f"{self._random.getrandbits(64):016x}"
        tail = f"{unique[:4]}-4{unique[4:7]}-8{unique[7:10]}-{self._number:012x}"
        return {
            **person._asdict(),
            "name": f"Person {person.number}",
            "id": f"{unique[8:]}-{tail}",
            "correlation": f"c{unique[9:]}-{tail}",
            "time": at.isoformat(timespec="milliseconds").removesuffix("+00:00"),
        }

    def _outsider(self) -> Person:
        return _person(self._random.randrange(self._of_aws, self._people))

    def _sign_in(self) -> Line:
        draw = self._random.random()
        person = _person(self._random.randrange(self._people)) if draw > 0.01 else self._outsider()
        app = PORTAL if self._dense else OFFICE[(int(person.number) + (self._random.random() < 0.2)) % len(OFFICE)]
        risk = AT_RISK if draw < 0.01 else REMEDIATED if draw < 0.02 else CALM
        code = 50140 if draw > 0.97 and not self._dense else 0
        values = self._common(person) | {
            **dict(zip(("app", "app_name", "resource", "resource_name"), app, strict=True)),
            **risk,
            "code": code,
            "device": f"{person.number}-0000-4000-8000-00000000de00",
        }
        if len(self._signed_in) < 512 and risk is CALM:
            self._signed_in.append(values)
        return Line((SIGN_IN % values).encode(), self._finding("entra", values) if risk is AT_RISK else "")

    def _detection(self) -> Line:
        """Most detections were remediated; a tenth names a sign-in of the corpus that has no risk of its own, few are open."""
        draw = self._random.random()
        is_open = draw < 0.1
        if draw < 0.9 or not self._signed_in:
            said = (
                AT_RISK | {"type": "leakedCredentials", "ip": f"203.0.113.{self._number % 250}"}
                if is_open
                else REMEDIATED | {"type": "unfamiliarFeatures"}
            )
            values = self._common(self._outsider()) | said | {"request": "null", "timing": "offline"}
            return Line((DETECTION % values).encode(), self._finding("entra", values) if is_open else "")
        named = self._signed_in.pop(self._random.randrange(len(self._signed_in)))
        own = {name: value for name, value in self._common(_person(0)).items() if name == "id"}
        values = named | own | REMEDIATED | {"request": f'"{named["id"]}"', "timing": "realtime", "type": "unfamiliarFeatures"}
        return Line((DETECTION % values).encode(), "")

    def _aws(self) -> Line:
        draw = self._random.random()
        person = _person(self._random.randrange(self._of_aws))
        values = self._common(person)
        if draw < 0.01:
            return Line((LOGIN % (values | {"mfa": "No"})).encode(), self._finding("aws", values, "upn"))
        if draw < 0.04 or self._dense:
            return Line((LOGIN % (values | {"mfa": "Yes"})).encode(), "")
        if draw < 0.26:
            return Line((KEY_USE % values).encode(), "")
        service, call = CALLS[int(draw * 1_000) % len(CALLS)]
        return Line((CALL % (values | {"service": service, "call": call, "session": f"job-{values['number']}"})).encode(), "")

    def _finding(self, provider: str, values: dict[str, object], principal: str = "user") -> str:
        return f"{provider}|{values[principal]}|{str(values['time'])[:10]}"


def corpus(kind: Kind, count: int, seed: int = 7) -> Iterator[Line]:
    """The records of a corpus, in the order of time."""
    made = _Corpus(kind, count, seed)
    return (made.line(number) for number in range(count))


def planted(kind: Kind, count: int, seed: int = 7) -> set[str]:
    """The findings of a corpus. AWS account: ``corpus_shapes.ACCOUNT``; Entra tenant: ``corpus_shapes.TENANT``."""
    return {line.finding for line in corpus(kind, count, seed)} - {""}


def write(kind: Kind, count: int, out: Callable[[bytes], object], seed: int = 7) -> None:
    """Write a corpus as JSON lines."""
    for line in corpus(kind, count, seed):
        out(line.body + b"\n")


if __name__ == "__main__":
    write("dense" if sys.argv[1] == "dense" else "realistic", int(sys.argv[2]), sys.stdout.buffer.write)
