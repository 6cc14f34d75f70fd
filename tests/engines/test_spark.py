"""A replay inside Spark says byte for byte what one process says, whatever the files, and the query of `prefilter` runs there."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.corpus import corpus
from gatewatch.engines.prefilter import Language, prefilter
from gatewatch.errors import ConfigError
from gatewatch.flow.components import Groups
from gatewatch.flow.replay import replay
from gatewatch.ports import AlertQuery, Ports
from gatewatch.providers.catalogue import dialect_of_columns
from gatewatch.reading import files
from gatewatch.reading.envelopes import envelope_of_columns
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.engines.test_prefilter import CHANGED, SAMPLES, missing, texts
from tests.support.mutations import mutated

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SPRAY = {
    "createdDateTime": "2026-11-03T10:00:00Z",
    "userPrincipalName": "a@contoso.example",
    "ipAddress": "198.51.100.9",
    "appId": "4765445b-32c6-49b0-83e6-1d93765276ca",
    "riskState": "none",
    "status": {"errorCode": 50126},
}


def ports():
    tuning = Tuning(aliases={"person1@contoso.example": "boss"})
    return Ports(store=MemoryStore(), clock=lambda: NOW, seeds=False, tuning=tuning, retention=timedelta(days=36_500))


def everything(store):
    """All that a store holds: evidence, alerts and documents of familiarity."""
    evidence = sorted((item for day in store.days() for page in store.evidence_on(day) for item in page), key=lambda item: item.id)
    alerts = sorted(store.search(AlertQuery(limit=10_000)), key=lambda alert: alert.id)
    return evidence, alerts, dict(store._state)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A corpus with its records out of order, copies, a spray beyond its limit, samples of every kind, a named failure, what is no JSON."""
    rng = random.Random(3)
    lines = [line.body.decode() for line in corpus("realistic", 900)] + [line.body.decode() for line in corpus("dense", 150)]
    lines += [json.dumps(SPRAY | {"id": f"s-{number}", "userId": f"u-{number % 40}"}) for number in range(90)]
    lines += [json.dumps(record) for record in SAMPLES]
    lines += [json.dumps(SPRAY | {"id": "named", "userId": "u", "status": {"errorCode": 50140}})]
    lines += [json.dumps({"id": "d", "riskEventType": "leakedCredentials", "riskState": "atRisk", "requestId": "named", "userId": "u",
                          "activityDateTime": "2026-11-03T10:00:00Z"})]  # fmt: skip
    lines += [*rng.sample(lines, 40), "{broken", "[1, 2", '{"neither": 1}']
    rng.shuffle(lines)
    where = tmp_path_factory.mktemp("logs")
    (where / "inner").mkdir()
    (where / "large.jsonl").write_text("\n".join(lines[:700]))
    (where / "inner/small.jsonl").write_text("\n".join(lines[700:900]))
    (where / "inner/rest.json").write_text("\n".join(lines[900:]))
    return where


def test_a_replay_in_spark_is_byte_for_byte_that_of_one_process(spark, folder):
    from gatewatch.engines.spark.replay import Asked  # noqa: PLC0415 - the fixture skips without Spark
    from gatewatch.engines.spark.replay import replay as in_spark  # noqa: PLC0415 - same

    carrier = files.Carrier(known_columns=lambda header: bool(dialect_of_columns(header) or envelope_of_columns(header)))
    one, many = ports(), ports()

    expected = replay(lambda: files.read([folder], carrier=carrier), one)
    actual = in_spark(spark, Asked(paths=(str(folder),), whole_file=1_000_000, whole_at_most=30), many)

    assert [len(part) for part in everything(many.store)] == [len(part) for part in everything(one.store)]
    assert everything(many.store) == everything(one.store)
    assert (actual.records, actual.counts) == (expected.records, expected.counts)
    assert actual.counts["ignored:beyond_the_limit"] > 0
    assert sorted(alert.id for alert in actual.alerts) == sorted(alert.id for alert in expected.alerts)
    assert len(actual.alerts) > 10
    with pytest.raises(ConfigError, match="holds nothing yet"):
        in_spark(spark, Asked(paths=(str(folder),)), many)


def test_components_are_those_of_one_process(spark):
    from gatewatch.engines.spark.connecting import components  # noqa: PLC0415 - the fixture skips without Spark

    rng = random.Random(5)
    pairs = [(f"e{number}", f"t{rng.randrange(60)}") for number in range(60) for _ in range(rng.randint(1, 2))]
    pairs += [(f"c{number}", f"chain{number + end}") for number in range(12) for end in (0, 1)]
    groups, nodes = Groups(), {}
    for item in sorted({item for item, _ in pairs}):
        nodes[item] = groups.join(token for other, token in pairs if other == item)

    labels = {row.id: row.label for row in components(spark.createDataFrame(pairs, "id string, token string")).collect()}

    assert {(a, b) for a in nodes for b in nodes if labels[a] == labels[b]} == {
        (a, b) for a in nodes for b in nodes if groups.root(nodes[a]) == groups.root(nodes[b])
    }


def test_the_query_of_prefilter_in_spark(spark):
    rng = random.Random(7)
    records = texts([*SAMPLES, *(mutated(SAMPLES[n % len(SAMPLES)], SAMPLES, rng) for n in range(CHANGED // 4))])
    records += [line.body.decode() for line in corpus("realistic", 300)]
    spark.createDataFrame([[record] for record in records], "record string").createOrReplaceTempView("records")

    for familiarity in (True, False):
        query = prefilter(Language.SPARK, Tuning(), familiarity=familiarity).rstrip().removesuffix(";")
        passed = {row.record for row in spark.sql(query).collect()}

        assert missing(records, passed, Tuning(), familiarity=familiarity) == []
        assert len(passed) < len(set(records)) * (0.95 if familiarity else 0.75)
