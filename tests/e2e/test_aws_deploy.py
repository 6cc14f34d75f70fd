"""The template as a person deploys it: `sam deploy` into an account with IAM enforced, in front of a real Elasticsearch over TLS."""

import hashlib
import json
import ssl
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from gatewatch.ports import AlertQuery
from gatewatch.stores.elastic import ElasticStore
from scripts.local_cloud.lambda_artifact import CannotBuildError, architecture, build, environment
from tests.builders.aws import root_record, user_record
from tests.elastic_server.fixtures import Elastic
from tests.support.aws_account import Account

pytestmark = [pytest.mark.emulator, pytest.mark.elastic, pytest.mark.slow]


class Deployed(NamedTuple):
    account: Account
    outputs: dict[str, str]
    inbox: str
    namespace: str

    def emit(self, record: dict[str, Any], detail_type: str = "AWS Console Sign In via CloudTrail") -> None:
        """As AWS emits it, on the default bus."""
        entry = {"Source": "aws.signin", "DetailType": detail_type, "Detail": json.dumps(record)}
        assert not self.account.client("events").put_events(Entries=[entry])["FailedEntryCount"]


@pytest.fixture(scope="module")
def deployed(elastic_server: Elastic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    ca = elastic_server.server.ca
    if ca is None or elastic_server.key is None:
        pytest.skip("the stack is deployed in front of an Elasticsearch with TLS and keys only")
    try:
        environment(".venv-ministack", "requirements/ministack.txt")
    except CannotBuildError as error:
        pytest.skip(str(error))
    namespace = f"deploy{uuid4().hex[:8]}"
    try:
        with Account(tmp_path_factory.mktemp("account")) as account:
            key = elastic_server.key.header().removeprefix("ApiKey ")
            parameters = {
                "ElasticUrl": elastic_server.server.url,
                "ElasticApiKeySecretArn": account.client("secretsmanager").create_secret(Name="key", SecretString=key)["ARN"],
                "ElasticCaFingerprint": hashlib.sha256(ssl.PEM_cert_to_DER_cert(ca.read_text("ascii"))).hexdigest(),
                "ElasticNamespace": namespace,
                "Architecture": architecture(),
                "RequireTls": "false",  # the account is plain HTTP on loopback
            }
            outputs = account.deploy(build(), "gatewatch", parameters)
            yield Deployed(account, outputs, account.subscribe(outputs["TopicArn"]), namespace)
    except CannotBuildError as error:
        pytest.fail(str(error))


def test_a_sign_in_becomes_an_alert_and_a_message(deployed: Deployed, elastic_server: Elastic) -> None:
    record = root_record(str(uuid4().int)[:12])
    deployed.emit(record)
    (told,) = deployed.account.wait_for(deployed.inbox)
    deployed.account.wait_until_done(deployed.outputs["QueueUrl"])
    store = ElasticStore(elastic_server.client(), namespace=deployed.namespace)
    (alert,) = [a for a in store.search(AlertQuery(limit=1000)) if a.key.account == record["recipientAccountId"]]
    assert json.loads(told["Body"])["Subject"].startswith("CRITICAL 87")
    assert (alert.score, alert.pending, len(alert.notification_log)) == (87, (), 1)


def test_poison_is_parked_with_the_rights_the_role_has(deployed: Deployed) -> None:
    deployed.account.client("sqs").send_message(QueueUrl=deployed.outputs["QueueUrl"], MessageBody="poison")
    (dead_lettered_at,) = deployed.account.wait_for(deployed.outputs["DeadLetterQueueUrl"])
    assert (json.loads(dead_lettered_at["Body"])["reason"], json.loads(dead_lettered_at["Body"])["record"]) == ("not_json", "poison")


def test_events_that_other_regions_forward_arrive_too(deployed: Deployed) -> None:
    record = user_record("forwarded", str(uuid4().int)[:12])
    entry = {"Source": "aws.signin", "DetailType": "AWS Console Signin via CloudTrail", "Detail": json.dumps(record)}
    deployed.account.client("events").put_events(Entries=[{**entry, "EventBusName": deployed.outputs["CentralBusArn"]}])
    (told,) = deployed.account.wait_for(deployed.inbox)
    assert json.loads(told["Body"])["Subject"].startswith("MEDIUM 40")


def test_the_sweep_runs_under_the_same_role(deployed: Deployed) -> None:
    answer = deployed.account.client("lambda").invoke(
        FunctionName=deployed.outputs["FunctionName"], Payload=json.dumps({"source": "gatewatch", "action": "sweep"})
    )
    assert (json.loads(answer["Payload"].read()), answer.get("FunctionError")) == ({}, None)
