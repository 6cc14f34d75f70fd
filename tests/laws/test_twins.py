"""A kept record that is read from the event of its twin is read as the slow way reads it, whatever one of its values becomes."""

import copy
import json
import random
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from msgspec import Raw

from gatewatch.flow.decoding import Decoded, decode, decoded
from gatewatch.flow.probing import Prober
from gatewatch.model import Event, RawRecord
from gatewatch.tuning import Tuning
from tests.support.mutants import TENANT, VALUES, bases

IDS = (
    "a1b2c3d4-1111-4000-8000-00000000abcd", "ABC-DEF", "00000000-0000-0000-0000-000000000000", "x" * 64, "x" * 65, " a", "a ", "\u00c9", "null",
    "2026-11-20T12:00:00Z", "2026-11-20T12:00:00.5Z", "2026-11-20T12:00:61Z", "[1]", '"a"', "true",
    "ana@contoso.example", "Ana.B@Contoso.Example", "ana_fabrikam.example#EXT#@contoso.example", "live.com#ana@x.example", "Ana M. O'Neil", "A",
    "198.51.100.9", "::ffff:198.51.100.7", "2001:DB8::1", "10.0.0.1:443", "999.1.1.1", "fe80::1%eth0",
)  # fmt: skip
CHANGES = 30


def read_alike(count: int, seed: int) -> Counter[str]:
    """Hand changed copies of records to a prober that knows the records, and hold what it decodes against the slow way."""
    pick, asked, some = random.Random(seed), Counter[str](), [base for base in bases() if base]
    while asked.total() < count:
        base, prober = pick.choice(some), Prober(Tuning())
        prober.ask(written(base))
        known = prober.ask(written(base))
        for _ in range(CHANGES):
            raw = written(changed(base, pick))
            answer = prober.ask(raw)
            if not isinstance(answer, Decoded):
                asked["left out"] += 1
                continue
            found = decode(raw)
            assert list(answer.found) == found, raw.data
            asked["read from a twin" if isinstance(known, Decoded) and _shares(answer, known) else "read by itself"] += 1
    return asked


def parsed_alike(count: int, seed: int) -> int:
    """The same for records that are parsed already, as a live chunk has them; how many were read from a twin."""
    pick, twins, some = random.Random(seed), 0, [json.loads(json.dumps(base)) for base in bases() if base]
    for _ in range(count // CHANGES):
        base = pick.choice(some)
        known = decoded(RawRecord(data=copy.deepcopy(base), tenant=TENANT))
        for _ in range(CHANGES):
            decoded(RawRecord(data=copy.deepcopy(base), tenant=TENANT))  # else hardly any has a twin, and few are asked for one
            record = respelled(changed(base, pick), pick)
            answer = decoded(RawRecord(data=record, tenant=TENANT))
            assert list(answer.found) == decode(RawRecord(data=record, tenant=TENANT)), record
            twins += _shares(answer, known)
    return twins


def respelled(record: dict[str, Any], pick: random.Random) -> dict[str, Any]:
    """The record, sometimes with a property in another spelling or one by which it may be something else."""
    if pick.random() < 0.8:
        return record
    name = pick.choice(sorted(record))
    other = pick.choice((name.upper(), name.lower(), f"_{name}", "Records", "value", "properties", "detail", "body", "gatewatch", "azure"))
    return {**record, other: pick.choice((record.get(name), record, *VALUES))}


def _shares(answer: Decoded, known: Decoded) -> bool:
    """Whether the two events have parts that are one object."""
    if not answer.found or not known.found:
        return False
    one, other = answer.found[0], known.found[0]
    if not isinstance(one, Event) or not isinstance(other, Event) or one is other:
        return False
    device = getattr(one.detail, "device", None)
    return one.names is other.names or (device is not None and device is getattr(other.detail, "device", None))


def written(record: dict[str, Any]) -> RawRecord:
    return RawRecord(data=Raw(json.dumps(record).encode()), tenant=TENANT)


def changed(base: dict[str, Any], pick: random.Random) -> dict[str, Any]:
    """The record with one to three values replaced, mostly by another id or time where there is text."""
    found = copy.deepcopy(base)
    for _ in range(pick.choice((1, 1, 1, 2, 3))):
        inside = found
        name = pick.choice(sorted(inside))
        while isinstance(part := _object(inside[name]), dict) and part and pick.random() < 0.7:
            inside = part
            name = pick.choice(sorted(inside))
        if isinstance(inside[name], str) and pick.random() < 0.5:
            inside[name] = pick.choice(IDS)
        elif pick.random() < 0.1:
            del inside[name]
            if not inside:
                inside["a"] = 1
        else:
            inside[name] = copy.deepcopy(pick.choice(VALUES))  # a later change may go into it
    return found


def _object(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def test_a_twin_is_read_as_the_slow_way_reads_it():
    asked = read_alike(3_000, 5)
    assert asked["read from a twin"] > 300
    assert asked["left out"] > 100


def test_a_twin_of_a_parsed_record_is_read_as_the_slow_way_reads_it():
    """In a process of its own: how often a program looks for twins depends on how often it found one."""
    asked = "from tests.laws.test_twins import parsed_alike; print(parsed_alike(3_000, 6))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=50)
    assert int(done.stdout) > 100


OTHERS = {
    "userId": "00000099-1111-4000-8000-00000000aaaa",
    "userPrincipalName": "ana.b@contoso.example",
    "userDisplayName": "Ana B",
    "ipAddress": "198.51.100.9",
}
SIGN_IN = next(base for base in bases() if base.get("deviceDetail", {}).get("deviceId"))
DETECTION = next(base for base in bases() if base.get("riskEventType") and base.get("additionalInfo"))
DEVICE = SIGN_IN["deviceDetail"]


@pytest.mark.parametrize(
    ("base", "changes", "one"),
    [
        pytest.param({**SIGN_IN, "riskLevelDuringSignIn": "high"}, OTHERS, True, id="person of a sign-in"),
        pytest.param({**SIGN_IN, "riskLevelDuringSignIn": "high"}, {"autonomousSystemNumber": 64_999}, True, id="network"),
        pytest.param(
            {**SIGN_IN, "riskLevelDuringSignIn": "high"},
            {"deviceDetail": {**DEVICE, "deviceId": "d-2", "displayName": "PC-2"}},
            True,
            id="device",
        ),
        pytest.param(
            {**SIGN_IN, "riskLevelDuringSignIn": "high"}, {"deviceDetail": {**DEVICE, "isManaged": False}}, False, id="state of a device"
        ),
        pytest.param(
            {**SIGN_IN, "riskLevelDuringSignIn": "high"}, {"deviceDetail": {**DEVICE, "DeviceID": "d-2"}}, False, id="a device twice"
        ),
        pytest.param(DETECTION, OTHERS, True, id="person of a detection"),
        pytest.param(DETECTION, {"servicePrincipalId": "5b000001-0000-4000-8000-000000000001"}, False, id="program of a detection"),
        pytest.param(DETECTION, {"riskLevel": "high" if DETECTION["riskLevel"] != "high" else "low"}, False, id="level"),
    ],
)
def test_who_it_was_and_from_where_makes_no_other_record_of_it(base, changes, one):
    prober = Prober(Tuning())
    known, answer = prober.ask(written(base)), prober.ask(written({**base, **changes}))
    assert list(answer.found) == decode(written({**base, **changes}))
    (event,), (other,) = known.found, answer.found
    assert (_text_of(event) is _text_of(other)) is one


def _text_of(event: Event) -> object:
    """A text that a twin takes over as it is."""
    return event.detail.failure_reason if event.action == "signIn" else event.detail.additional_info
