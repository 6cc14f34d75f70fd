"""The AWS half as deployed, while SNS is silent, the index refuses or is away, and secrets are malformed: notified once, counted, in time."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.lambda_runtime import Artifact, Cloud, Emulator, Stage
from tests.builders.aws import root_record, user_record
from tests.e2e.lambda_world import SWEEP, alerts, api_key, metrics, rename, stored
from tests.elastic_server.faults import Fault, FaultProxy, Forward
from tests.elastic_server.fixtures import Elastic
from tests.support.tcp_gate import Gate

pytestmark = [pytest.mark.emulator, pytest.mark.slow]

TIMEOUT = 60.0


def test_ten_alerts_while_sns_is_silent_cost_one_message(artifact: Artifact, stage: Stage, file: Path, tmp_path: Path) -> None:
    for number in range(10):
        stage.sign_in(user_record(f"user{number}"))
    gate = Gate(urlsplit(stage.cloud.endpoint).port or 80)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connects, and never answers
        gate.port = silent.getsockname()[1]
        there = {"GATEWATCH_STORE": f"sqlite:{file}", "AWS_ENDPOINT_URL_SNS": f"http://127.0.0.1:{gate.port}"}
        with Emulator(artifact, stage.environment(**there), log=tmp_path / "function.log") as function:
            began = monotonic()
            polled = stage.poll(function)
            took = monotonic() - began
            pending = [alert.pending for alert in alerts(file)]
            counted = metrics(function)
            silent.close()
            with gate:
                function.invoke(SWEEP)
    assert (polled.done, polled.error, stage.waiting(), pending) == (10, "", 0, [("sns",)] * 10)
    assert (counted["NotTold"], counted["Stored"]) == (10, 10)
    assert took < TIMEOUT / 2
    assert (len(stage.inbox()), [alert.pending for alert in alerts(file)]) == (10, [()] * 10)


def test_urgent_is_sent_on_a_later_receive_when_sns_failed_on_the_first(
    artifact: Artifact, stage: Stage, file: Path, tmp_path: Path
) -> None:
    stage.sign_in(root_record())
    with Emulator(artifact, stage.environment(GATEWATCH_STORE=f"sqlite:{file}"), log=tmp_path / "function.log") as function:
        function.invoke(SWEEP)  # makes the file
        rename(file, "evidence", "evidence_away")
        stage.sns.delete_topic(TopicArn=stage.topic_arn)
        receives = [stage.poll(function) for _ in range(2)]
        stage.restore_topic()
        receives += [stage.poll(function) for _ in range(2)]
        urgent = stage.inbox()
        rename(file, "evidence_away", "evidence")
        stage.poll(function)
        function.invoke(SWEEP)
        counted = metrics(function)
    assert [len(polled.failed) for polled in receives] == [1, 1, 0, 1]
    assert ["NOT STORED" in message["Subject"] for message in urgent] == [True]
    assert [(alert.score, len(alert.notification_log), alert.pending) for alert in alerts(file)] == [(87, 1, ())]
    assert (stage.inbox(), stage.waiting(), stage.dead_letters()) == ([], 0, [])
    assert (counted["NotTold"], counted["AnnouncedUnstored"], counted["StoreUnavailable"]) == (2, 1, 4)


def test_a_malformed_webhook_is_repaired_in_a_warm_runtime(artifact: Artifact, cloud: Cloud, file: Path, tmp_path: Path) -> None:
    with FakeCloud() as teams:
        stage = cloud.stage(webhook="https://webhöok.example/")
        stage.sign_in(root_record())
        with Emulator(artifact, stage.environment(GATEWATCH_STORE=f"sqlite:{file}"), log=tmp_path / "function.log") as function:
            polled = stage.poll(function)
            before = [alert.pending for alert in alerts(file)]
            stage.secrets.put_secret_value(SecretId=stage.webhook_arn, SecretString=teams.webhook)
            function.invoke(SWEEP)
            function.invoke(SWEEP)
            written = function.log()
    assert (polled.done, before, [alert.pending for alert in alerts(file)]) == (1, [("teams",)], [()])
    assert (len(stage.inbox()), len(teams.teams.cards)) == (1, 1)
    assert "webhöok" not in written


@pytest.fixture
def proxy(elastic_server: Elastic) -> Iterator[FaultProxy]:
    if not elastic_server.server.elastic:
        pytest.skip("the function accepts Elasticsearch only")
    with closing(Forward(elastic_server.server)) as real, FaultProxy(real, matching="require_data_stream") as faults:
        yield faults


@pytest.fixture
def guarded(cloud: Cloud, elastic_server: Elastic) -> Stage:
    """A stage whose secret holds the functions' own key."""
    return cloud.stage(api_key=api_key(elastic_server))


@pytest.fixture
def function(artifact: Artifact, guarded: Stage, proxy: FaultProxy, namespace: str, tmp_path: Path) -> Iterator[Emulator]:
    there = {"ELASTIC_URL": proxy.url, "ELASTIC_NAMESPACE": namespace}
    with Emulator(artifact, guarded.environment(**there), log=tmp_path / "function.log") as running:
        yield running


REFUSALS = [Fault.BAD_REQUEST, Fault.TOO_LARGE, Fault.MAPPING_CONFLICT, Fault.FAILURE_STORE]


@pytest.mark.elastic
def test_urgent_in_records_that_the_index_refuses_is_sent_once(
    guarded: Stage, function: Emulator, proxy: FaultProxy, elastic_server: Elastic, namespace: str
) -> None:
    accounts = {fault: str(uuid4().int)[:12] for fault in REFUSALS}
    for fault, account in accounts.items():
        proxy.faults = [fault]
        guarded.sign_in(root_record(account))
        polled = guarded.poll(function)
        assert (polled.done, polled.error) == (1, ""), fault
        assert ["NOT STORED" in message["Subject"] for message in guarded.inbox()] == [True], fault
    assert proxy.met == REFUSALS
    counted = metrics(function)
    guarded.redrive()
    for _ in REFUSALS:
        guarded.poll(function)
    assert (counted["DeadLettered"], counted["AnnouncedUnstored"]) == (4, 4)
    assert (guarded.inbox(), guarded.waiting(), guarded.dead_letters()) == ([], 0, [])
    for account in accounts.values():
        assert [(len(a.notification_log), a.pending) for a in stored(elastic_server, namespace, account)] == [(1, ())]


@pytest.mark.elastic
def test_a_malformed_key_is_repaired_in_a_warm_runtime(
    guarded: Stage, function: Emulator, elastic_server: Elastic, namespace: str, account: str
) -> None:
    good = guarded.secrets.get_secret_value(SecretId=guarded.api_key_arn)["SecretString"]
    guarded.secrets.put_secret_value(SecretId=guarded.api_key_arn, SecretString="schlüssel")
    guarded.sign_in(root_record(account))
    away = [guarded.poll(function) for _ in range(2)]
    urgent = guarded.inbox()
    guarded.secrets.put_secret_value(SecretId=guarded.api_key_arn, SecretString=good)
    after = guarded.poll(function)
    assert [polled.error for polled in away] == ["", ""]
    assert ["NOT STORED" in message["Subject"] for message in urgent] == [True]
    assert (after.done, guarded.waiting(), guarded.inbox(), guarded.dead_letters()) == (1, 0, [], [])
    assert [(len(a.notification_log), a.pending) for a in stored(elastic_server, namespace, account)] == [(1, ())]
    assert "schl" not in function.log()
