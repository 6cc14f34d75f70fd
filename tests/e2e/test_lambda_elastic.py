"""The AWS half against a real Elasticsearch over TLS with the functions' own key: an outage loses and doubles nothing."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scripts.local_cloud.lambda_runtime import Artifact, Cloud, Emulator, Stage
from tests.builders.aws import root_record, user_record
from tests.e2e.lambda_world import api_key, stored
from tests.elastic_server.fixtures import Elastic
from tests.support.tcp_gate import Gate

pytestmark = [pytest.mark.emulator, pytest.mark.elastic, pytest.mark.slow]


@pytest.fixture
def stage(cloud: Cloud, elastic_server: Elastic) -> Stage:
    """A stage whose secret holds the functions' own key."""
    return cloud.stage(api_key=api_key(elastic_server))


@pytest.fixture
def seconds() -> int:
    """The function's timeout."""
    return 60


@pytest.fixture
def function(
    artifact: Artifact, stage: Stage, gate: Gate, elastic_server: Elastic, namespace: str, seconds: int, tmp_path: Path
) -> Iterator[Emulator]:
    url = urlsplit(elastic_server.server.url)
    place = {"ELASTIC_URL": f"{url.scheme}://{url.hostname}:{gate.port}", "ELASTIC_NAMESPACE": namespace}
    trust = {"ELASTIC_CA_FILE": str(elastic_server.server.ca)} if elastic_server.server.ca else {}
    place["AWS_LAMBDA_FUNCTION_TIMEOUT"] = str(seconds)
    with Emulator(artifact, stage.environment(**place, **trust), log=tmp_path / "function.log") as running:
        yield running


def test_an_outage_of_the_index_loses_nothing_and_tells_what_is_urgent_once(
    stage: Stage, function: Emulator, gate: Gate, elastic_server: Elastic, namespace: str, account: str
) -> None:
    stage.sign_in(user_record("alice", account))
    before = stage.poll(function)
    told_before = stage.inbox()
    gate.shut()
    stage.sign_in(root_record(account))
    stage.sign_in(user_record("bob", account))
    away = stage.poll(function)
    urgent = stage.inbox()
    gate.open()
    after = stage.poll(function)
    found = stored(elastic_server, namespace, account)
    assert (before.done, len(told_before)) == (1, 1)
    assert (len(away.received), len(away.failed), [m["Subject"][:11] for m in urgent]) == (2, 1, ["CRITICAL 87"])
    assert (after.done, stage.waiting(), stage.dead_letters()) == (2, 0, [])
    assert [m["Subject"][:9] for m in stage.inbox()] == ["MEDIUM 40"]
    assert sorted((a.score, len(a.notification_log), a.pending) for a in found) == [(40, 1, ()), (40, 1, ()), (87, 1, ())]


def test_a_rotated_key_is_read_again_within_the_same_invocation(
    stage: Stage, function: Emulator, elastic_server: Elastic, namespace: str, account: str
) -> None:
    good = stage.secrets.get_secret_value(SecretId=stage.api_key_arn)["SecretString"]
    stage.secrets.put_secret_value(SecretId=stage.api_key_arn, SecretString="revoked:key")
    stage.sign_in(user_record("alice", account))
    refused = stage.poll(function)
    stage.secrets.put_secret_value(SecretId=stage.api_key_arn, SecretString=good)
    accepted = stage.poll(function)
    assert (len(refused.failed), accepted.done, stage.waiting()) == (1, 1, 0)
    assert len(stored(elastic_server, namespace, account)) == 1


@pytest.mark.parametrize("seconds", [24])
def test_a_stalled_index_is_given_up_in_time_to_report_the_batch(
    stage: Stage, function: Emulator, gate: Gate, elastic_server: Elastic, namespace: str, account: str
) -> None:
    gate.hold()
    stage.sign_in(user_record("alice", account))
    stalled = stage.poll(function)
    gate.release()
    after = stage.poll(function)
    assert (len(stalled.failed), stalled.error) == (1, "")  # reported, where a timeout would have killed the function
    assert (after.done, stage.waiting(), len(stored(elastic_server, namespace, account))) == (1, 0, 1)
