"""Records with one to three odd things done to them: what a probe must see, or what must not matter to it."""

import json
import random
from collections.abc import Callable
from typing import Any

import msgspec

from benchmarks.corpus import corpus
from gatewatch.model import RawRecord
from gatewatch.providers.catalogue import PROVIDERS

type Json = dict[str, Any]

TENANT = "0f0e0d0c-1111-4222-8333-444455556666"
VALUES: tuple[Any, ...] = (
    None, "", " ", "none", "None", "NONE", "low", "high", "atRisk", "hidden", "0", 0, 1, -1, 50126, 50076, "50126", 0.0, True, False, [], {},
    ["high"], [None], [[]], {"a": 1}, '["high"]', '{"errorCode":0}', "AKIAIOSFODNN7EXAMPLE", "arn:aws:iam::111122223333:root", "Root",
    "AROAEXAMPLE:i-0123456789abcdef0", "AssumedRole", "deviceCodeFlow", "ropc", "\ud800", "a\nb", "x" * 1_100, "2026-11-05T10:00:00Z",
    "2031-01-01T00:00:00Z", "11/20/2026 10:00:00 AM", "nationStateIP", "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "HIDDEN_DUE_TO_SECURITY_REASONS",
    "signin.amazonaws.com", "sts.amazonaws.com", "GetFederationToken", "ConsoleLogin", "AWS Internal", "ec2.amazonaws.com", 10**400,
)  # fmt: skip


def bases() -> list[Json]:
    """Records of the providers' samples that have probes, and of the realistic corpus, in the forms that probes know."""
    found = [dict(sample.record) for provider in PROVIDERS if provider.probes for sample in provider.samples()]
    found += [_short(json.loads(line.body)) for line in corpus("realistic", 24)] * 4
    found += [record["detail"] for record in found if isinstance(record.get("detail"), dict)]
    return found + [row(record) for record in found if "userPrincipalName" in record and "createdDateTime" in record]


def _short(record: Json) -> Json:
    """The record with its long lists cut to one element."""
    return {name: value[:1] if isinstance(value, list) else value for name, value in record.items()}


def row(record: Json) -> Json:
    """A Graph sign-in as a row of Log Analytics."""
    special = {"ipAddress": "IPAddress", "riskEventTypes_v2": "RiskEventTypes_V2"}
    columns = {special.get(name, name[:1].upper() + name[1:]): value for name, value in record.items() if not name.startswith("@")}
    return {"TenantId": "w", "Type": "SigninLogs", "TimeGenerated": record["createdDateTime"], "AADTenantId": TENANT, **columns}


class Mutator:
    """Makes mutants of the bases, seeded."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._bases = bases()
        self._names = sorted({name for record in self._bases for name in record})

    def mutant(self) -> RawRecord:
        """A record as bytes, mostly with something odd about it."""
        pick = self._random
        record = json.loads(json.dumps(pick.choice(self._bases)))
        self._shift(record)
        for _ in range(pick.choice((0, 0, 0, 1, 1, 2, 3))):
            pick.choice(self._ways())(record)
        text = self._written(record)
        return RawRecord(data=msgspec.Raw(text), tenant=pick.choice([None, TENANT]), origin="mutants:1")

    def _ways(self) -> tuple[Callable[[Json], None], ...]:
        return (self._drop, self._retype, self._respell, self._null, self._nest, self._swap_value, self._add, self._swap_value)

    def _place(self, record: Json) -> tuple[Json, str]:
        """An object in the record, and one of its names."""
        found = record
        name = self._random.choice(sorted(found) or ["x"])
        while isinstance(found.get(name), dict) and found[name] and self._random.random() < 0.7:
            found = found[name]
            name = self._random.choice(sorted(found))
        return found, name

    def _drop(self, record: Json) -> None:
        found, name = self._place(record)
        found.pop(name, None)

    def _retype(self, record: Json) -> None:
        found, name = self._place(record)
        value = found.get(name)
        found[name] = self._random.choice([[value], json.dumps(value), {"value": value}, str(value)])

    def _respell(self, record: Json) -> None:
        found, name = self._place(record)
        if name in found:
            spelled = self._random.choice([name.upper(), name.lower(), name[:1].upper() + name[1:], f"{name[:3]}_{name[3:]}", f"_{name}"])
            value = found.pop(name) if self._random.random() < 0.7 else self._random.choice(VALUES)
            found[spelled] = value

    def _null(self, record: Json) -> None:
        found, name = self._place(record)
        found[name] = None

    def _nest(self, record: Json) -> None:
        found, name = self._place(record)
        found[name] = {name: found.get(name)}

    def _swap_value(self, record: Json) -> None:
        found, name = self._place(record)
        found[name] = self._random.choice(VALUES)

    def _add(self, record: Json) -> None:
        found, _ = self._place(record)
        found[
            self._random.choice([*self._names, "newProperty", "Records", "value", "properties", "detail", "hits", "body", "messageId"])
        ] = self._random.choice(VALUES)

    def _shift(self, record: Json) -> None:
        """Another time and id, nothing else: the record must then mostly be answered for by its equals."""
        inner = record["detail"] if isinstance(record.get("detail"), dict) else record
        day, hour = self._random.randrange(1, 28), self._random.randrange(24)
        for name in ("createdDateTime", "eventTime", "CreatedDateTime"):
            if name in inner:
                inner[name] = f"2026-{self._random.choice(['03', '11'])}-{day:02d}T{hour:02d}:00:00.{self._random.randrange(10**3)}Z"
        for name in ("id", "eventID", "Id"):
            if name in inner:
                inner[name] = f"{self._random.getrandbits(48):012x}-4000"

    def _written(self, record: Json) -> bytes:
        """JSON text, sometimes with duplicate names, escapes in names, blanks, or bytes that are no UTF-8."""
        text = json.dumps(record, ensure_ascii=self._random.random() < 0.5)
        way = self._random.random()
        if way < 0.1 and record:
            name = self._random.choice(sorted(record))
            text = text[:-1] + f", {json.dumps(name)}: {json.dumps(self._random.choice(VALUES))}}}"
        elif way < 0.2 and record:
            name = self._random.choice(sorted(record))
            text = text.replace(f'"{name}"', '"' + "".join(f"\\u{ord(c):04x}" for c in name) + '"', 1)
        elif way < 0.25:
            text = " \n" + text.replace(": ", ":  ") + "\n "
        body = text.encode("utf-8", "surrogatepass")
        return body.replace(b"o", b"\xff", 1) if way > 0.98 else body
