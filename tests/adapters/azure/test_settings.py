"""Settings: typed, all problems at once, secrets unseen."""

import pytest

from azure_function import settings
from azure_function.settings import STATE_CONNECTION, STATE_TABLE_ENDPOINT
from gatewatch.errors import ConfigError
from gatewatch.model import Severity
from gatewatch.notify.settings import NOTIFY_FROM, broken_channels, channels, notifiers
from gatewatch.settings import Configuration
from gatewatch.stores.open import GATEWATCH_STORE

GOOD = {
    "TENANT_ID": "t",
    "STATE_TABLE_ENDPOINT": "https://x.table.core.windows.net/",
    "STATE_QUEUE_ENDPOINT": "https://x.queue.core.windows.net/",
    "ELASTIC_URL": "https://e.example:9243",
    "ELASTIC_API_KEY": "aWQ6a2V5",
    "TEAMS_WEBHOOK_URL": "https://x.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=topsecret",
}


def test_defaults_are_those_of_the_design():
    found = settings.load(GOOD)
    assert (found.poll.overlap_minutes, found.poll.risk_look_back_hours, found.poll.retention_days) == (60, 72, 30)
    assert (found.graph.page_size, found.graph.risk_page_size, found.graph.base_url) == (1000, 500, "https://graph.microsoft.com")
    assert (found.values[STATE_TABLE_ENDPOINT], found.values[NOTIFY_FROM]) == ("https://x.table.core.windows.net", None)
    assert channels(Configuration(found.values), ()) == ("teams",)


def test_secrets_are_in_no_repr():
    text = repr(settings.load({**GOOD, "GRAPH_CLIENT_ID": "c", "GRAPH_CLIENT_SECRET": "hush", "STATE_CONNECTION": "AccountKey=k"}))
    assert not [secret for secret in ("topsecret", "aWQ6a2V5", "hush", "AccountKey") if secret in text]


def test_an_empty_environment_names_everything_that_is_missing():
    with pytest.raises(ConfigError) as raised:
        settings.load({})
    missing = {"TENANT_ID", "STATE_TABLE_ENDPOINT", "STATE_QUEUE_ENDPOINT", "ELASTIC_URL", "ELASTIC_API_KEY"}
    assert {p.split()[0] for p in raised.value.problems} == missing


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        pytest.param("OVERLAP_MINUTES", "59", "60 to", id="overlap below an hour"),
        pytest.param("RISK_LOOK_BACK_HOURS", "48", "72 to", id="offline detections need 72 h"),
        pytest.param("PAGE_SIZE", "1001", "1000", id="Graph's page limit"),
        pytest.param("PAGE_SIZE", "many", "number", id="not a number"),
        pytest.param("GRAPH_INTERVAL_SECONDS", "nan", "number", id="NaN"),
        pytest.param("GRAPH_API", "v2", "auto, v1.0, beta", id="unknown version"),
        pytest.param("GRAPH_BASE_URL", "http://graph.microsoft.com", "https", id="no TLS"),
        pytest.param("GRAPH_BASE_URL", "https://user:pw@graph.microsoft.com", "credentials", id="credentials in an address"),
        pytest.param("STREAMS", "sign_ins,everything", "comma-separated", id="unknown stream"),
        pytest.param("NOTIFY_CHANNELS", "pager", "comma-separated", id="unknown channel"),
        pytest.param("NOTIFY_FROM", "urgent", "one of", id="unknown severity"),
        pytest.param("GRAPH_CLIENT_ID", "c", "together", id="half a credential"),
        pytest.param("ELASTIC_API_KEY", "@Microsoft.KeyVault(SecretUri=https://v/)", "Key Vault Secrets User", id="unresolved reference"),
    ],
)
def test_a_wrong_setting_is_named_with_the_fix_and_without_its_value(name: str, value: str, says: str):
    with pytest.raises(ConfigError) as raised:
        settings.load({**GOOD, name: value})
    (problem,) = [p for p in raised.value.problems if name in p]
    assert says in problem
    assert value not in problem or value in {"v2", "c", "non_interactive"}


@pytest.mark.parametrize("value", ["@Microsoft.KeyVault(SecretUri=https://v/)", "ftp://x"], ids=["unresolved", "not a web address"])
def test_a_wrong_secret_of_a_channel_stops_that_channel_only(value: str):
    configuration = Configuration(settings.load({**GOOD, "TEAMS_WEBHOOK_URL": value}).values)
    (text,) = broken_channels(configuration, ())["teams"]
    assert text.startswith("TEAMS_WEBHOOK_URL ")
    assert value not in text
    assert (channels(configuration, ()), notifiers(configuration, {})) == (("teams",), {})


def test_an_emulator_and_a_local_store_need_neither_endpoints_nor_elastic():
    found = settings.load({"TENANT_ID": "t", "STATE_CONNECTION": "UseDevelopmentStorage=true", "GATEWATCH_STORE": "sqlite:x"})
    assert (found.values[GATEWATCH_STORE], bool(found.values[STATE_CONNECTION])) == ("sqlite:x", True)
    assert channels(Configuration(found.values), ()) == ()


def test_the_severity_from_which_people_are_told():
    assert settings.load({**GOOD, "NOTIFY_FROM": "high"}).values[NOTIFY_FROM] is Severity.HIGH


@pytest.mark.parametrize("stream", ["non_interactive", "service_principals"])
def test_some_streams_need_beta(stream: str):
    environment = {"TENANT_ID": "t", "STATE_CONNECTION": "UseDevelopmentStorage=true", "GATEWATCH_STORE": "sqlite:x", "STREAMS": stream}
    with pytest.raises(ConfigError, match=f"names {stream}: that needs GRAPH_API=beta or auto"):
        settings.load({**environment, "GRAPH_API": "v1.0"})
    assert [settings.load({**environment, **api}).graph.api for api in ({}, {"GRAPH_API": "beta"})] == ["auto", "beta"]
