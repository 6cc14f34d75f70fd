"""Every probe of every provider: it passes over nothing that a reader asks for, and answers for the ordinary records that it is there for."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from gatewatch.flow.decoding import decode
from gatewatch.flow.marks import NEVER_PASSED
from gatewatch.flow.probing import Left, Prober
from gatewatch.model import RawRecord
from gatewatch.providers.catalogue import PROVIDERS
from gatewatch.providers.probe import Probe, folded
from gatewatch.reading.times import exact, moment
from gatewatch.tuning import Tuning
from tests.support.mutants import TENANT, bases

PROBES = [pytest.param(probe, id=probe.name) for provider in PROVIDERS for probe in provider.probes]


class Asked(dict[str, Any]):
    """A record that remembers which names were asked for."""

    names: set[str]

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)


def watched(record: dict[str, Any], names: set[str]) -> dict[str, Any]:
    found = Asked({name: watched(value, names) if name == "detail" else value for name, value in record.items()})
    found.names = names
    return found


def of(probe: Probe) -> Iterator[dict[str, Any]]:
    """The base records that are of this form."""
    decoder = msgspec.json.Decoder(probe.layout((), False))
    for record in bases():
        try:
            decoder.decode(msgspec.json.encode(record))
        except msgspec.ValidationError:
            continue
        yield record


@pytest.mark.parametrize("probe", PROBES)
def test_nothing_that_a_reader_asks_for_may_be_passed_over(probe: Probe) -> None:
    names: set[str] = set()
    for record in of(probe):
        decode(RawRecord(data=watched(record, names), tenant=TENANT))
    assert names
    known = probe.matters | folded(*probe.layout((), True).__struct_encode_fields__) | folded(*NEVER_PASSED)
    assert folded(*names) - known == set()


@pytest.mark.parametrize("probe", PROBES)
def test_a_property_that_a_vendor_adds_is_passed_over_and_one_that_matters_is_not(probe: Probe) -> None:
    assert probe.may_pass("aPropertyOfNextYear")
    assert not any(probe.may_pass(name) for name in probe.matters)
    if not probe.leaves:
        return
    record = next(record for record in of(probe) if answers(record))
    assert answers(with_property(record, probe, "aPropertyOfNextYear"))
    assert not answers(with_property(record, probe, "userIdentity" if probe.path != "$" else "properties"))
    assert not answers(with_property(record, probe, "x" * 100))


def with_property(record: dict[str, Any], probe: Probe, name: str) -> dict[str, Any]:
    if probe.path == "$":
        return {**record, name: {"a": 1}}
    return {**record, "detail": {**record["detail"], name: {"a": 1}}}


def answers(record: dict[str, Any]) -> bool:
    """Whether the second of two equal records needs no decoding."""
    prober = Prober(Tuning())
    first, second = (later(record, number) for number in (1, 2))
    prober.ask(first)
    return isinstance(prober.ask(second), Left)


def later(record: dict[str, Any], number: int) -> RawRecord:
    changed = dict(record, detail=dict(record["detail"])) if isinstance(record.get("detail"), dict) else dict(record)
    inner = changed.get("detail", changed)
    for name in ("createdDateTime", "CreatedDateTime", "eventTime", "TimeGenerated"):
        if name in inner:
            inner[name] = f"2026-11-20T12:00:0{number}Z"
    for name in ("id", "Id", "eventID"):
        if name in inner:
            inner[name] = f"id-{number}"
    return RawRecord(data=Raw(msgspec.json.encode(changed)), tenant=TENANT)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T12:00:00Z",
        "2026-11-20T12:00:00.1Z",
        "2026-11-20T12:00:00.1234567Z",
        "2026-11-20T12:00:00.999999Z",
        "1990-01-01T00:00:00Z",
    ],
)
def test_the_vendors_form_of_a_time_is_read_as_every_reader_reads_it(written: str) -> None:
    assert exact(written) == moment(f" {written}")


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T12:00:00",
        "2026-11-20 12:00:00Z",
        "2026-11-20T12:00:00+00:00",
        "2026-02-30T12:00:00Z",
        "2026-11-20T12:00:60Z",
        "2026-11-20T24:00:00Z",
        "1989-12-31T00:00:00Z",
        "2026-11-20T12:00:00,123Z",
        "2026-W47-5T12:00:00Z",
        "20261120T120000.1234Z",
        "",
    ],
)
def test_every_other_form_takes_the_slow_way(written: str) -> None:
    assert exact(written) is None
