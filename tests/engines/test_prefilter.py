"""The queries of `gatewatch prefilter`, run by DuckDB: nothing that the slow way keeps or learns from is left out."""

import json
import random

import duckdb
import pytest
import sqlglot

from benchmarks.corpus import corpus
from gatewatch.engines.prefilter import LANGUAGES, Language, prefilter
from gatewatch.evidence import ignore_reason, wants
from gatewatch.providers.catalogue import provider_of
from gatewatch.tuning import Tuning
from tests.support.mutations import mutated
from tests.support.record_forms import TUNINGS, events_of, matters
from tests.support.samples import each
from tests.support.single_values import single_values

CHANGED = 500
SAMPLES = [sample.values[1].record for sample in each()]
every_tuning = pytest.mark.parametrize("tuning", TUNINGS.values(), ids=TUNINGS)
with_and_without = pytest.mark.parametrize("familiarity", [True, False], ids=["familiarity", "without"])


@pytest.fixture
def database():
    with duckdb.connect() as found:
        yield found


def ask(database, records, tuning, *, familiarity):
    """The texts that pass."""
    database.execute("CREATE OR REPLACE TABLE records (record VARCHAR)")
    database.executemany("INSERT INTO records VALUES (?)", [[record] for record in records])
    return {row[0] for row in database.execute(prefilter(Language.DUCKDB, tuning, familiarity=familiarity)).fetchall()}


def texts(records):
    """As JSON lines, every other one with escapes instead of letters beyond ASCII."""
    return [json.dumps(record, ensure_ascii=number % 2 == 0) for number, record in enumerate(records)]


def missing(records, passed, tuning, *, familiarity):
    """What the slow way needs of the records that did not pass: by themselves, as versions of what is kept, or because another names them."""
    events = {record: events_of(json.loads(record)) for record in records}
    kept = [event for found in events.values() for event in found if ignore_reason(event, tuning) is None]
    versions = {event.vendor_id for event in kept if provider_of(event).versioning.changing(event) is not None}
    needed = versions | {wants(event) for event in kept}
    left_out = [record for record in records if record not in passed]
    return [
        record
        for record in left_out
        if matters(json.loads(record), tuning, familiarity=familiarity) or any(event.vendor_id in needed for event in events[record])
    ]


@every_tuning
@with_and_without
def test_changed_samples(database, tuning, familiarity):
    rng = random.Random(7)
    records = texts([*SAMPLES, *(mutated(SAMPLES[n % len(SAMPLES)], SAMPLES, rng) for n in range(CHANGED))])

    passed = ask(database, records, tuning, familiarity=familiarity)

    assert missing(records, passed, tuning, familiarity=familiarity) == []
    assert len(passed) < len(set(records)) - 8


@every_tuning
@with_and_without
def test_single_values(database, tuning, familiarity):
    records = [text.replace('"calm-1"', f'"calm-{number}"') for number, text in enumerate(texts(single_values()))]

    passed = ask(database, records, tuning, familiarity=familiarity)

    assert missing(records, passed, tuning, familiarity=familiarity) == []
    assert len(passed) < len(records) - 20


@with_and_without
def test_published_records(database, conformance_data, familiarity):
    files = [*conformance_data.glob("golden/*.jsonl"), *conformance_data.glob("stories/*.jsonl"), conformance_data / "cases/cases.jsonl"]
    read = [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]
    records = texts([*(value.get("input", value) for value in read), *read])

    passed = ask(database, records, Tuning(), familiarity=familiarity)

    assert missing(records, passed, Tuning(), familiarity=familiarity) == []
    assert len(passed) < len(set(records))


@pytest.mark.parametrize("kind", ["realistic", "dense"])
@with_and_without
def test_a_corpus(database, kind, familiarity):
    records = [line.body.decode() for line in corpus(kind, 600)]

    passed = ask(database, records, Tuning(), familiarity=familiarity)

    assert missing(records, passed, Tuning(), familiarity=familiarity) == []
    share = len(passed) / len(records)
    assert share == 1 if kind == "dense" else share < (0.75 if familiarity else 0.2)


def test_another_version_and_a_named_record_pass(database):
    calm = next(json.loads(line.body) for line in corpus("realistic", 100) if b'"status"' in line.body)
    calm["status"] = {"errorCode": 50140}
    risky = calm | {"riskState": "atRisk", "riskLevelDuringSignIn": "high"}
    detection = {"id": "d", "riskEventType": "unfamiliarFeatures", "requestId": f" {calm['id'].upper()} ", "riskState": "atRisk"}

    alone, with_version, with_detection = (
        ask(database, texts(records), Tuning(), familiarity=True) for records in ([calm], [calm, risky], [calm, detection])
    )

    assert (len(alone), len(with_version), len(with_detection)) == (0, 2, 2)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("null", id="null"),
        pytest.param('{"eventSource": "ec2.amazonaws.com", "eventName": "X", "userIdentity": {}', id="cut"),
        pytest.param('{"Records": [{"eventSource": "signin.amazonaws.com"}], "eventSource": "ec2.amazonaws.com"}', id="a container"),
        pytest.param(
            '{"eventSource": "ec2.amazonaws.com", "eventName": "X", "userIdentity": "{\\"accessKeyId\\": \\"AKIA1\\"}"}', id="JSON text"
        ),
        pytest.param(
            '{"eventSource": "ec2.amazonaws.com", "eventName": "X", "userIdentity": {}, "user\\u0049dentity": {}}', id="an escape"
        ),
    ],
)
def test_what_cannot_be_decided_passes(database, text):
    assert ask(database, [text], Tuning(), familiarity=False) == {text}


def test_a_call_that_nothing_reads_is_left_out(database):
    text = '{"eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances", "userIdentity": {"type": "AssumedRole"}}'

    assert ask(database, [text], Tuning(), familiarity=True) == set()


# Athena: CloudTrail's table, its SQL translated for DuckDB


def rows_of(records):
    """The records as the rows of AWS's table."""
    for record in records:
        who = record.get("userIdentity")
        if isinstance(who, dict):
            yield json.dumps(record), record.get("eventSource"), record.get("eventName"), who
        elif isinstance(record.get("detail"), dict):
            yield from rows_of([record["detail"]])


@with_and_without
def test_athena(database, familiarity):
    table = "useridentity STRUCT(principalid VARCHAR, arn VARCHAR, accesskeyid VARCHAR)"
    database.execute(f"CREATE TABLE cloudtrail_logs (record VARCHAR, eventsource VARCHAR, eventname VARCHAR, {table})")
    records = [*SAMPLES, *(json.loads(line.body) for line in corpus("realistic", 1_000))]
    rows = list(rows_of(records))
    for text, source, name, who in rows:
        identity = [who.get("principalId"), who.get("arn"), who.get("accessKeyId")]
        database.execute("INSERT INTO cloudtrail_logs VALUES (?, ?, ?, row(?, ?, ?))", [text, source, name, *identity])

    query = sqlglot.transpile(prefilter(Language.ATHENA, Tuning(), familiarity=familiarity), read="athena", write="duckdb")[0]
    passed = {row[0] for row in database.execute(query).fetchall()}

    assert missing([text for text, *_ in rows], passed, Tuning(), familiarity=familiarity) == []
    assert 0 < len(passed) < len(rows) / 2


# Quoting

HOSTILE = ("o'brien@x.example", 'a"b', "x') OR true --", "DOMAIN\\ana", "a\\", "{0}", "%s", "line\nbreak", "J\u00f6rg", "x" * 2_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_a_policy_stay_inside_their_literals(language):
    hostile, harmless = (
        prefilter(Language(language), Tuning(privileged_principals=names)) for names in (HOSTILE, ("a", "b\u00e9", "y" * 2_000))
    )

    assert outside(hostile, language) == outside(harmless, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_tables_are_quoted(language):
    query = prefilter(Language(language), Tuning(), names=['t"`]; x'], column='c"`')

    assert {"athena": '"t""`]; x"', "duckdb": '"t""`]; x"', "spark": '`t"``]; x`', "kql": '["t\\"`]; x"]'}[language] in query
    assert language in {"athena", "kql"} or {"duckdb": '"c""`"', "spark": '`c"```'}[language] in query
    with pytest.raises(ValueError, match="cannot hold"):
        prefilter(Language(language), Tuning(), names=["t\n; x"])


def outside(query, language):
    """The query without its literals, its comments and what lies in brackets beside them."""
    found, at, mark = "", 0, '"' if language == "kql" else "'"
    text = "\n".join(line for line in query.splitlines() if not line.startswith(("--", "//")))
    escapes = language in {"kql", "spark"}
    while at < len(text):
        if text[at] != mark:
            found += text[at]
            at += 1
            continue
        at += 1
        while text[at] != mark or (not escapes and text[at : at + 2] == mark * 2):
            at += 2 if text[at] == mark or (escapes and text[at] == "\\") else 1
        at += 1
    return squeezed(found)


def squeezed(text):
    """Lists of literals have as many commas as a policy has names."""
    parts = text
    for character in ", ":
        while character * 2 in parts:
            parts = parts.replace(character * 2, character)
    while ", ," in parts:
        parts = parts.replace(", ,", ",")
    return parts


def test_hostile_names_are_compared_as_they_are(database):
    calm = next(json.loads(line.body) for line in corpus("realistic", 100) if b'"status"' in line.body)
    records = texts([calm | {"id": f"{n}", "userPrincipalName": name} for n, name in enumerate((*HOSTILE, "nobody@x.example"))])

    passed = ask(database, records, Tuning(privileged_principals=HOSTILE), familiarity=False)

    assert missing(records, passed, Tuning(privileged_principals=HOSTILE), familiarity=False) == []
    assert records[-1] not in passed
