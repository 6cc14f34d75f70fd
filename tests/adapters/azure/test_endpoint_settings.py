"""What the endpoint stream was told: off by default, and never with the alerts' key at somebody else's door."""

import pytest

from azure_function.endpoint_settings import load
from gatewatch.errors import ConfigError
from gatewatch.providers.endpoint.search import INDICES

HOME = {"ELASTIC_URL": "https://alerts.example", "ELASTIC_API_KEY": "YWxlcnRz", "ELASTIC_CA_FINGERPRINT": "ab" * 32}
AWAY = {"ENDPOINT_ELASTIC_URL": "https://agents.example"}


@pytest.mark.parametrize(
    "mapping", [{}, HOME, {**HOME, **AWAY}, {"ENDPOINT_INDICES": "  "}, {"ENDPOINT_ELASTIC_API_KEY": "@Microsoft.KeyVault(x)"}]
)
def test_it_is_off_until_its_indices_are_named(mapping):
    assert load(mapping) is None


def test_the_agents_own_names_in_the_cluster_of_the_alerts():
    found = load({**HOME, "ENDPOINT_INDICES": "default"})
    assert (found.indices, found.overlap_minutes, found.page_size) == (INDICES, 120, 500)
    assert found.connection() == HOME


def test_a_key_of_its_own_in_the_cluster_of_the_alerts():
    found = load({**HOME, "ENDPOINT_INDICES": "winlogbeat-*, winlogbeat-*,auditbeat-9", "ENDPOINT_ELASTIC_API_KEY": "cmVhZA"})
    assert found.indices == ("winlogbeat-*", "auditbeat-9")
    assert found.connection() == {**HOME, "ELASTIC_API_KEY": "cmVhZA"}


def test_another_cluster_has_another_key_and_another_authority():
    found = load({**HOME, **AWAY, "ENDPOINT_INDICES": "default", "ENDPOINT_ELASTIC_API_KEY": "cmVhZA"})
    assert found.connection() == {"ELASTIC_URL": "https://agents.example", "ELASTIC_API_KEY": "cmVhZA"}


def test_no_repr_holds_the_key():
    assert "YWxlcnRz" not in repr(load({**HOME, "ENDPOINT_INDICES": "default"}))


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        pytest.param({**HOME, **AWAY}, "ENDPOINT_ELASTIC_API_KEY", id="the alerts' key stays at home"),
        pytest.param({}, "ENDPOINT_ELASTIC_URL", id="no cluster at all"),
        pytest.param({**HOME, "ENDPOINT_ELASTIC_URL": "http://agents.example", "ENDPOINT_ELASTIC_API_KEY": "a"}, "https://", id="no TLS"),
        pytest.param({**HOME, "ENDPOINT_INDICES": "*"}, "no index pattern", id="every index"),
        pytest.param({**HOME, "ENDPOINT_OVERLAP_MINUTES": "0"}, "ENDPOINT_OVERLAP_MINUTES", id="no overlap"),
        pytest.param({**HOME, "ENDPOINT_PAGE_SIZE": "10001"}, "ENDPOINT_PAGE_SIZE", id="a page no index gives"),
        pytest.param({**HOME, "ENDPOINT_ELASTIC_API_KEY": "@Microsoft.KeyVault(x)"}, "unresolved Key Vault", id="a reference that does not resolve"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(mapping, named):
    with pytest.raises(ConfigError, match=named):
        load({"ENDPOINT_INDICES": "default", **mapping})
