"""Replay per file: what became of each file's records, the span of time, and what the caller asked for."""

from datetime import UTC, datetime

import pytest

from gatewatch.flow.replay import replay
from gatewatch.flow.tally import file_of
from gatewatch.flow.wanted import Wanted
from gatewatch.model import RawRecord, Refused
from tests.builders.aws import raw_login, raw_root
from tests.builders.common import nonsense
from tests.builders.entra import raw_detection, raw_sign_in
from tests.support.channels import bundle


def placed(record, origin, **changes):
    data = {key: value for key, value in (record.data | changes).items() if value is not None}
    return RawRecord(data=data, tenant=record.tenant, origin=origin)


def at(minute):
    return datetime(2026, 11, 20, 9, minute, tzinfo=UTC)


RECORDS = [
    placed(raw_sign_in("s-0", 12, level="none"), "a.json:1[2]"),  # the first of its person starts a run
    placed(raw_root(1, 10), "a.json:1[0]"),
    placed(raw_login(2, 40, mfa="Yes"), "a.json:1[1]"),
    placed(nonsense(1), "b:c.jsonl:3"),
    placed(raw_sign_in("s-1", 20, level="none"), "b:c.jsonl:4"),
    Refused(origin="b:c.jsonl:5", reason="invalid_json"),
]


def counts(done):
    return {name: dict(one.dispositions) for name, one in done.files.items()}


def test_each_file_has_its_own_count():
    done = replay(lambda: RECORDS, bundle())
    assert counts(done) == {
        "a.json": {"kept": 3},
        "b:c.jsonl": {"refused:unrecognised_record": 1, "ignored:sign_in_without_risk": 1, "refused:invalid_json": 1},
    }
    assert sum(one.records for one in done.files.values()) == done.records == 6
    assert (done.seen.earliest, done.seen.latest) == (at(10), at(40))
    assert (done.files["b:c.jsonl"].seen.earliest, done.files["b:c.jsonl"].seen.latest) == (at(20), at(20))


def test_a_record_that_another_file_names_is_kept_in_its_own_file():
    records = [RECORDS[0], RECORDS[4], *(placed(nonsense(n), "x:1") for n in range(1_100)), placed(raw_detection(1, "s-1"), "d.json:1")]
    done = replay(lambda: records, bundle())
    assert (counts(done)["b:c.jsonl"], counts(done)["d.json"]) == ({"ignored:sign_in_without_risk": 0, "kept": 1}, {"kept": 1})


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(Wanted(), {"stored": 3, "ignored:sign_in_without_risk": 1}, id="everything"),
        pytest.param(Wanted(since=at(20)), {"stored": 2, "ignored:outside_the_time_asked_for": 2}, id="since"),
        pytest.param(Wanted(until=at(20)), {"stored": 2, "ignored:outside_the_time_asked_for": 2}, id="until-is-excluded"),
        pytest.param(Wanted(account="111122223333"), {"stored": 2, "ignored:other_account": 2}, id="account"),
        pytest.param(Wanted(account="TENANT-1"), {"stored": 1, "ignored:other_account": 2, "ignored:sign_in_without_risk": 1}, id="tenant"),
    ],
)
def test_only_what_was_asked_for_counts(wanted, expected):
    done = replay(lambda: [r for r in RECORDS if isinstance(r, RawRecord) and "c.jsonl:3" not in r.origin], bundle(), wanted=wanted)
    assert done.counts == expected


@pytest.mark.parametrize("time", [None, "tomorrow", "9999-99-99"])
def test_a_record_without_a_time_is_refused_and_gets_none(time):
    done = replay(lambda: [placed(raw_root(1), "a.json:1", eventTime=time)], bundle())
    assert list(done.counts) in (["refused:time_missing"], ["refused:time_unreadable"])
    assert done.alerts == ()
    assert done.seen.earliest is None


@pytest.mark.parametrize(
    ("origin", "name"), [("a.json:1", "a.json"), ("a:b.json:1[3]", "a:b.json"), ("-:12", "-"), ("", ""), ("queue message", "queue message")]
)
def test_the_file_of_an_origin(origin, name):
    assert file_of(origin) == name
