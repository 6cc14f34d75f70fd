"""Laws: whatever JSON comes in, only events and named reasons come out, and every event survives its encoding."""

import json
import re

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewatch.flow.decoding import decode, event
from gatewatch.model import Event, Ignored, RawRecord, Refused
from gatewatch.providers.catalogue import DIALECTS
from gatewatch.providers.codec import decoder
from gatewatch.reading.json_text import parse
from tests.builders import aws, endpoint, entra
from tests.builders.common import detail

TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Lu"]), max_size=8),
    st.sampled_from(
        [
            "",
            "0",
            "Yes",
            "Success",
            "high",
            "[]",
            "{}",
            '["x"]',
            '{"ConsoleLogin":"Success"}',
            "2026-11-20T10:00:00Z",
            "1.2.3.4:5",
            "null",
            "-1e400",
        ]
    ),
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.integers(min_value=10**30, max_value=10**40), st.floats(), TEXTS)
JSON = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)), max_leaves=12)
SAMPLES = [
    aws.record(),
    aws.envelope(aws.record(), id="x-1", account="999999999999", time="2026-11-20T10:00:05Z"),
    entra.sign_in_record(),
    entra.detection_record(),
    endpoint.record(),
    {"category": "SignInLogs", "properties": entra.sign_in_record()},
]


def paths(value, prefix=()):
    yield prefix
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*prefix, key))


def replaced(value, path, new):
    return {**value, path[0]: replaced(value[path[0]], path[1:], new)} if path else new


DIALECT_SAMPLES = [dict(dialect.sample) for dialect in DIALECTS]
SPOTS = [(sample, path) for sample in (*SAMPLES, *DIALECT_SAMPLES) for path in paths(sample)]


def holds_the_laws(found):
    for item in found:
        assert isinstance(item, Event | Ignored | Refused)
        if isinstance(item, Event):
            assert decoder(Event).decode(msgspec.json.encode(item)) == item
            assert detail(item)
            assert item.principal
            assert item.time is None or item.time.utcoffset().total_seconds() == 0
        else:
            assert re.fullmatch(r"[a-z0-9_]+", item.reason)
            assert item.reason != "undecodable_record"


@given(JSON)
def test_any_json_is_an_event_or_a_named_reason(data):
    holds_the_laws(decode(RawRecord(data=data)))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SPOTS), JSON)
def test_any_value_in_any_place_of_a_real_record(spot, value):
    sample, path = spot
    holds_the_laws(decode(RawRecord(data=replaced(sample, path, value))))


HOSTILE = [
    None, [], {}, "", 0, -1, 10**100, 1e308, float("nan"), float("inf"), True, "\ud800", "\x00\x1b[31m", "A" * 100_000, ["x"] * 3, [None], ["\ud800"],
]  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES, ids=["console", "envelope", "sign-in", "detection", "process", "diagnostic"])
def test_hostile_values_everywhere(sample):
    for path in paths(sample):
        for value in HOSTILE:
            holds_the_laws(decode(RawRecord(data=replaced(sample, path, value))))


@pytest.mark.parametrize("sample", DIALECT_SAMPLES, ids=[dialect.name for dialect in DIALECTS])
def test_hostile_values_everywhere_in_a_dialect(sample):
    for path in paths(sample):
        for value in HOSTILE[::3]:
            holds_the_laws(decode(RawRecord(data=replaced(sample, path, value))))


@pytest.mark.parametrize("depth", [50, 500, 50_000])
@pytest.mark.parametrize("name", ["additionalEventData", "userIdentity", "unknown"])
def test_endless_nesting(depth, name):
    nested = current = {}
    for _ in range(depth):
        current["a"] = current = {}
    holds_the_laws(decode(RawRecord(data=aws.record(**{name: nested}, eventID=None))))


def test_endless_lists():
    nested = []
    for _ in range(50_000):
        nested = [nested]
    assert event(RawRecord(data=nested)).reason == "envelopes_nested_too_deeply"


@pytest.mark.parametrize(
    "data",
    [
        None,
        True,
        3,
        "text",
        "{broken",
        [],
        {},
        {"value": "x"},
        {"Records": {}},
        {"id": "x"},
        {"detail": {}},
        {"process": None, "x": 1},
        b"bytes",
    ],
    ids=repr,
)
def test_what_is_no_record_is_refused(data):
    assert isinstance(event(RawRecord(data=data)), Refused)


@given(st.dictionaries(st.sampled_from(list(entra.sign_in_record())), SCALARS, max_size=4))
def test_the_same_record_is_the_same_event(changes):
    record = entra.sign_in_record(**changes)
    assert decode(RawRecord(data=record)) == decode(RawRecord(data=dict(reversed(record.items())), origin=""))


def test_control_characters_become_harmless_but_names_stay_distinct():
    found = event(RawRecord(data=entra.sign_in_record(userPrincipalName="al\x00ice\x1b[2J@contoso.com", appDisplayName="x\r\ny\u2028z")))
    assert found.user_name == "al\ufffdice\ufffd[2J@contoso.com"
    assert detail(found).app_name == "x\ufffd\ufffdy\ufffdz"


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_a_value_error(body):
    try:
        found = parse(body)
    except ValueError:
        with pytest.raises(ValueError):
            json.loads(body)
    else:
        assert isinstance(found, dict | list | str | int | float | bool | None)


def test_unknown_properties_change_nothing():
    extra = {f"k{n}": {"deep": [n, {"x": None}]} for n in range(5000)}
    assert event(RawRecord(data=entra.sign_in_record(weird=extra, newProp={"a": 1}))) == event(RawRecord(data=entra.sign_in_record()))


def test_what_no_decoder_makes_is_refused_too():
    assert event(RawRecord(data={1: 2})).reason == "undecodable_record"
