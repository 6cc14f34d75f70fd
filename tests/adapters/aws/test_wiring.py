"""Secrets, tuning and stores, as the settings name them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from aws_lambda_powertools.metrics import Metrics
from botocore.exceptions import EndpointConnectionError

from aws_lambda import wiring
from aws_lambda.clients import Clients
from aws_lambda.deadline import RESERVE_SECONDS, LambdaDeadline
from aws_lambda.secrets import SecretByArn, Secrets, plain
from aws_lambda.settings import load
from aws_lambda.tuning_source import TuningSource
from gatewatch.errors import NotifyUnavailable, StoreUnavailable
from gatewatch.model import Severity
from gatewatch.notify import settings as notify
from gatewatch.settings import Configuration
from gatewatch.stores.elastic import ElasticStore
from gatewatch.stores.elastic.endpoint import KeyFromSource
from gatewatch.stores.memory import MemoryStore
from gatewatch.stores.open import configured_store
from gatewatch.tuning import Tuning
from tests.adapters.aws.conftest import NOW
from tests.adapters.aws.test_settings import GOOD

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:nothing-AbCdEf"


def secret(clients: Clients, text: str) -> SecretByArn:
    return SecretByArn(clients.secrets.create_secret(Name="key", SecretString=text)["ARN"], lambda: clients.secrets, StoreUnavailable)


def test_a_secret_is_read_once_and_again_when_it_is_refused(clients: Clients) -> None:
    key = secret(clients, "first")
    before = key()
    clients.secrets.put_secret_value(SecretId=key.arn, SecretString="second")
    assert (before, key(), key.renew(), key(), key.renew()) == ("first", "first", True, "second", False)


def test_a_secret_that_was_never_read_is_not_renewed(clients: Clients) -> None:
    assert secret(clients, "first").renew() is False


def test_a_secret_never_shows_its_text(clients: Clients) -> None:
    key = secret(clients, "hunter2-is-no-key")
    key()
    assert "hunter2" not in repr(key)
    assert "hunter2" not in repr(KeyFromSource(key))


def test_a_missing_secret_keeps_the_records_in_the_queue(clients: Clients) -> None:
    with pytest.raises(StoreUnavailable, match="ResourceNotFoundException"):
        SecretByArn(ARN, lambda: clients.secrets, StoreUnavailable)()


def test_a_secret_that_no_header_can_carry_is_read_again_at_once(clients: Clients) -> None:
    key = secret(clients, "schl\u00fcssel")
    with pytest.raises(StoreUnavailable, match="neither a key nor an address") as error:
        key()
    assert "schl" not in str(error.value)
    clients.secrets.put_secret_value(SecretId=key.arn, SecretString="second")
    assert key() == "second"


def test_a_channel_that_failed_reads_its_secret_again(clients: Clients, inbox) -> None:
    hook = secret(clients, "https://example.com/old")
    hook()
    clients.secrets.put_secret_value(SecretId=hook.arn, SecretString="https://example.com/new")
    channel = wiring._rereading({"teams": inbox}, [hook])["teams"]
    channel.send(None)
    assert hook() == "https://example.com/old"
    inbox.answer = NotifyUnavailable("401")
    with pytest.raises(NotifyUnavailable):
        channel.send(None)
    assert hook() == "https://example.com/new"


def test_an_empty_secret_keeps_the_records_in_the_queue(clients: Clients) -> None:
    with pytest.raises(StoreUnavailable, match="holds no text"):
        secret(clients, "{}")()


FORMS = [
    pytest.param(" text \n", "text", id="plain"),
    pytest.param('{"encoded": "e", "api_key": "k"}', "e", id="Elasticsearch's answer"),
    pytest.param('{"url": "https://example.com/hook"}', "https://example.com/hook", id="webhook"),
    pytest.param('{"api_key": 7}', "", id="no text"),
    pytest.param("{", "", id="broken"),
]


@pytest.mark.parametrize(("written", "text"), FORMS)
def test_forms_of_a_secret(written: str, text: str) -> None:
    assert plain(written) == text


def test_the_key_is_fetched_with_the_first_request(clients: Clients) -> None:
    assert KeyFromSource(secret(clients, "aWQ6a2V5")).header() == "ApiKey aWQ6a2V5"


def settings(**more: str) -> Configuration:
    return Configuration(load({**GOOD, **more}), Secrets(lambda: Clients().secrets).source)


def notifiers(clients: Clients, **more: str) -> set[str]:
    return set(notify.notifiers(settings(**more), wiring.builders(clients)))


def test_elasticsearch_is_not_asked_before_it_is_needed() -> None:
    assert isinstance(configured_store(settings(), remaining=lambda: 30.0), ElasticStore)


def test_a_local_store() -> None:
    assert isinstance(configured_store(settings(GATEWATCH_STORE="memory:")), MemoryStore)


def test_channels_served_elsewhere_are_owed_and_not_wired(clients: Clients) -> None:
    assert notifiers(clients, NOTIFY_CHANNELS="sns,teams") == {"sns"}
    assert notifiers(clients, TEAMS_WEBHOOK_SECRET_ARN=ARN) == {"sns", "teams"}
    assert notifiers(clients, TEAMS_WEBHOOK_SECRET_ARN=ARN, NOTIFY_CHANNELS="teams") == {"teams"}


def test_tuning_from_a_parameter(clients: Clients) -> None:
    clients.ssm.put_parameter(Name="/gatewatch/tuning", Type="SecureString", Value='break_glass = ["rescue"]\nnotify_from = "low"\n')
    tuning, problems = wiring.tuning_reader(settings(TUNING_PARAMETER_NAME="/gatewatch/tuning"), clients)()
    assert (tuning.break_glass, tuning.notify_from, problems) == (("rescue",), Severity.LOW, ())


def test_tuning_from_a_file_and_the_severity_from_the_settings(clients: Clients, tmp_path: Path) -> None:
    (tmp_path / "tuning.toml").write_text('break_glass = ["rescue"]\n', "utf-8")
    tuning, _ = wiring.tuning_reader(settings(TUNING_FILE=str(tmp_path / "tuning.toml"), NOTIFY_FROM="high"), clients)()
    assert (tuning.break_glass, tuning.notify_from) == (("rescue",), Severity.HIGH)


def test_a_broken_tuning_names_its_problems_and_detection_goes_on(clients: Clients) -> None:
    clients.ssm.put_parameter(Name="/gatewatch/tuning", Type="String", Value="this is = = no toml")
    tuning, problems = wiring.tuning_reader(settings(TUNING_PARAMETER_NAME="/gatewatch/tuning"), clients)()
    assert (tuning, len(problems) > 0) == (Tuning(), True)


def test_without_a_tuning_the_defaults_hold(clients: Clients) -> None:
    assert wiring.tuning_reader(settings(), clients)() == (Tuning(), ())


@pytest.fixture
def readings() -> Iterator[tuple[Tuning, tuple[str, ...]] | Exception]:
    first = msgspec.structs.replace(Tuning(), break_glass=("first",))
    return iter([(first, ()), RuntimeError("away"), (Tuning(), ("entry x: expires is missing",))])


def test_tuning_is_read_again_every_five_minutes_and_the_last_good_one_is_kept(readings) -> None:
    def reader() -> tuple[Tuning, tuple[str, ...]]:
        found = next(readings)
        if isinstance(found, Exception):
            raise found
        return found

    source = TuningSource(reader)
    seen = [source.current(NOW + timedelta(minutes=minutes)) for minutes in (0, 4, 5, 10)]
    assert [(tuning.break_glass, problems) for tuning, problems in seen] == [
        (("first",), ()),
        (("first",), ()),
        (("first",), ("the tuning could not be read: RuntimeError",)),
        ((), ("entry x: expires is missing",)),
    ]


def test_the_deadline_keeps_time_for_the_answer() -> None:
    deadline = LambdaDeadline()
    deadline.left = lambda: 25_000
    assert (deadline.remaining(), deadline.whole()) == (25 - RESERVE_SECONDS, 25)
    deadline.left = lambda: 2_000
    assert (deadline.remaining(), deadline.whole()) == (0, 2)


def test_counts_become_metrics() -> None:
    metrics = Metrics(namespace="Gatewatch", service="gatewatch")
    metrics.clear_metrics()
    wiring.counter(metrics)("Stored", 3)
    assert metrics.serialize_metric_set()["Stored"] == [3.0]
    metrics.clear_metrics()


def test_a_renewal_that_fails_keeps_the_old_text(clients: Clients) -> None:
    key = secret(clients, "first")
    key()
    clients.secrets.delete_secret(SecretId=key.arn, ForceDeleteWithoutRecovery=True)
    assert (key.renew(), key()) == (False, "first")


def test_no_connection_to_secrets_manager_keeps_the_records_in_the_queue() -> None:
    class Unplugged:
        def get_secret_value(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://secretsmanager.us-east-1.amazonaws.com")

    with pytest.raises(StoreUnavailable, match="EndpointConnectionError"):
        SecretByArn(ARN, Unplugged, StoreUnavailable)()  # type: ignore[arg-type]
