"""Settings: each variable, and all problems at once."""

import pytest

from aws_lambda.settings import OWN_CHANNELS, QUEUE_URL, load
from gatewatch.errors import ConfigError
from gatewatch.model import Severity
from gatewatch.notify.settings import NOTIFY_FROM, channels
from gatewatch.settings import Configuration
from gatewatch.stores.open import GATEWATCH_STORE
from gatewatch.stores.settings import ELASTIC_NAMESPACE, ELASTIC_URL

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf"
GOOD = {
    "ELASTIC_URL": "https://es.example.com:9243",
    "ELASTIC_API_KEY_SECRET_ARN": SECRET,
    "NOTIFICATION_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
}


def test_the_least_that_works() -> None:
    found = load(GOOD)
    assert [found[one] for one in (GATEWATCH_STORE, NOTIFY_FROM, ELASTIC_NAMESPACE, QUEUE_URL)] == [None, None, "default", None]
    assert channels(Configuration(found), OWN_CHANNELS) == ("sns",)


def test_a_local_store_needs_no_elasticsearch() -> None:
    found = load({k: v for k, v in GOOD.items() if not k.startswith("ELASTIC")} | {"GATEWATCH_STORE": "sqlite:/tmp/x.sqlite"})
    assert (found[GATEWATCH_STORE], found[ELASTIC_URL]) == ("sqlite:/tmp/x.sqlite", None)


SEVERITIES = [("tuning", None), ("", None), ("high", Severity.HIGH), ("low", Severity.LOW)]


@pytest.mark.parametrize(("written", "severity"), SEVERITIES)
def test_notify_from(written: str, severity: Severity | None) -> None:
    assert load({**GOOD, "NOTIFY_FROM": written})[NOTIFY_FROM] is severity


CHANNELS = [
    pytest.param({}, ("sns",), id="no webhook"),
    pytest.param({"TEAMS_WEBHOOK_SECRET_ARN": SECRET}, ("sns", "teams"), id="webhook"),
    pytest.param({"NOTIFY_CHANNELS": "sns, teams"}, ("sns", "teams"), id="teams by the other cloud"),
    pytest.param({"NOTIFY_CHANNELS": "teams,teams"}, ("teams",), id="named twice"),
]


@pytest.mark.parametrize(("more", "expected"), CHANNELS)
def test_channels(more: dict[str, str], expected: tuple[str, ...]) -> None:
    assert channels(Configuration(load({**GOOD, **more})), OWN_CHANNELS) == expected


WRONG = [
    pytest.param({"ELASTIC_URL": "es.example.com"}, "ELASTIC_URL", id="no scheme"),
    pytest.param({"ELASTIC_API_KEY_SECRET_ARN": "bm90LWEtcmVmZXJlbmNl"}, "ELASTIC_API_KEY_SECRET_ARN", id="a key instead of its ARN"),
    pytest.param({"NOTIFICATION_TOPIC_ARN": " "}, "NOTIFICATION_TOPIC_ARN", id="blank"),
    pytest.param({"NOTIFY_FROM": "loud"}, "NOTIFY_FROM", id="no severity"),
    pytest.param({"NOTIFY_CHANNELS": "sns,pager"}, "NOTIFY_CHANNELS", id="no channel of ours"),
    pytest.param({"NOTIFY_CHANNELS": ","}, "NOTIFY_CHANNELS", id="no channel at all"),
    pytest.param({"GATEWATCH_STORE": "postgres:x"}, "GATEWATCH_STORE", id="no store of ours"),
    pytest.param({"QUEUE_URL": "queue"}, "QUEUE_URL", id="no address"),
    pytest.param({"RUNBOOK_BASE_URL": "http://runbooks"}, "RUNBOOK_BASE_URL", id="plain http"),
    pytest.param({"ALERT_URL": "https://kibana.example.com/alert"}, "ALERT_URL", id="no place for the id"),
]


@pytest.mark.parametrize(("change", "named"), WRONG)
def test_a_wrong_setting_is_named_and_never_quoted(change: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load({**GOOD, **change})
    assert [named in problem for problem in raised.value.problems] == [True]
    assert not any(value.strip() and len(value) > 8 and value in str(raised.value) for value in change.values())


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(ConfigError) as raised:
        load({})
    assert len(raised.value.problems) == 4
