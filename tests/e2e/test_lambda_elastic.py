"""The AWS half against a real Elasticsearch over TLS with the functions' own key: an outage loses and doubles nothing."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from gatewatch.model import Alert
from gatewatch.ports import AlertQuery
from gatewatch.stores.elastic import ElasticStore
from scripts.local_cloud.lambda_runtime import CannotBuildError, Cloud, Emulator, Stage, build
from tests.builders.aws import root_record, user_record
from tests.elastic_server.fixtures import Elastic, elastic_server
from tests.support.tcp_gate import Gate

__all__ = ["elastic_server"]
pytestmark = [pytest.mark.emulator, pytest.mark.elastic, pytest.mark.slow]


@pytest.fixture
def gate(elastic_server: Elastic) -> Iterator[Gate]:
    if not elastic_server.server.elastic:
        pytest.skip("the function accepts Elasticsearch only")
    with Gate(urlsplit(elastic_server.server.url).port or 443) as door:
        yield door


@pytest.fixture
def account() -> str:
    """Nobody else's alerts on a shared server."""
    return str(uuid4().int)[:12]


@pytest.fixture
def stage(elastic_server: Elastic) -> Iterator[Stage]:
    key = elastic_server.key.header().removeprefix("ApiKey ") if elastic_server.key else "none"
    with Cloud() as cloud:
        yield cloud.stage(api_key=key)


@pytest.fixture
def namespace() -> str:
    return f"e2e{uuid4().hex[:8]}"


@pytest.fixture
def seconds() -> int:
    """The function's timeout."""
    return 60


@pytest.fixture
def function(stage: Stage, gate: Gate, elastic_server: Elastic, namespace: str, seconds: int, tmp_path: Path) -> Iterator[Emulator]:
    try:
        artifact = build()
    except CannotBuildError as error:
        pytest.skip(str(error))
    url = urlsplit(elastic_server.server.url)
    place = {"ELASTIC_URL": f"{url.scheme}://{url.hostname}:{gate.port}", "ELASTIC_NAMESPACE": namespace}
    trust = {"ELASTIC_CA_FILE": str(elastic_server.server.ca)} if elastic_server.server.ca else {}
    place["AWS_LAMBDA_FUNCTION_TIMEOUT"] = str(seconds)
    with Emulator(artifact, stage.environment(**place, **trust), log=tmp_path / "function.log") as running:
        yield running


def alerts(elastic: Elastic, namespace: str, account: str) -> list[Alert]:
    store = ElasticStore(elastic.client(), namespace=namespace)
    try:
        return [alert for alert in store.search(AlertQuery(limit=1000)) if alert.key.account == account]
    finally:
        store.close()


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
    found = alerts(elastic_server, namespace, account)
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
    assert len(alerts(elastic_server, namespace, account)) == 1


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
    assert (after.done, stage.waiting(), len(alerts(elastic_server, namespace, account))) == (1, 0, 1)
