"""Set-up and its proof, on a real server."""

import json
from datetime import date

import pytest

from gatewatch.errors import ConfigError, StoreUnavailable
from gatewatch.stores.elastic import Authorization, ElasticStore
from gatewatch.stores.elastic.prune import old_months, prune
from gatewatch.stores.elastic.setup import apply, difference, features
from gatewatch.stores.elastic.templates import function_key, setup_role
from gatewatch.stores.elastic.verify import verify
from tests.builders.aws import login
from tests.builders.common import stored
from tests.elastic_server.fixtures import RUN

pytestmark = pytest.mark.elastic

TODAY = date(2026, 3, 14)


@pytest.fixture
def admin(elastic_server):
    client = elastic_server.admin()
    yield client
    client.close()


@pytest.fixture
def secured(elastic_server):
    if not elastic_server.server.elastic:
        pytest.skip("this distribution of OpenSearch has no security to prove")
    return elastic_server


def verified(elastic, descriptors=None):
    key = Authorization.api_key(elastic.server.key(descriptors)) if descriptors else elastic.key
    client = elastic.client(key)
    try:
        return {check.what: check for check in verify(client)}
    finally:
        client.close()


def test_set_up_again_changes_nothing(admin):
    assert {change.action for change in apply(admin)} == {"same"}


def test_a_dry_run_says_what_differs_and_leaves_it(admin):
    name = "gatewatch-alerts@settings"
    admin.json("PUT", f"/_component_template/{name}", {"template": {"settings": {"index": {"refresh_interval": "30s"}}}})
    changed = {change.name: change for change in apply(admin, dry_run=True) if change.action != "same"}
    assert set(changed) == {name}
    assert "- template.settings.index.refresh_interval = 30s" in changed[name].lines
    assert "+ template.settings.index.mapping.ignore_malformed = true" in changed[name].lines
    assert [change.name for change in apply(admin) if change.action != "same"] == [name]
    assert {change.action for change in apply(admin, dry_run=True)} == {"same"}


@pytest.fixture
def older(admin):
    """Makes an index as an older Gatewatch would have left it."""
    index = "gatewatch-alerts-older-2020.01"

    def make(properties):
        template = {"template": {"mappings": {"dynamic": False, "properties": properties}}}
        admin.json("PUT", "/_component_template/gatewatch-alerts@mappings", template)
        admin.json("PUT", f"/{index}")
        return index

    yield make
    admin.json("DELETE", f"/{index}", accept=(404,))
    apply(admin)


def test_an_older_index_gets_the_new_fields(admin, older):
    index = older({"message": {"type": "text"}})
    changed = [change.action for change in apply(admin) if change.name == index]
    held = admin.json("GET", f"/{index}/_mapping").body[index]["mappings"]
    assert (changed, held["properties"]["gatewatch"]["properties"]["score"]) == (["update"], {"type": "long"})
    assert [change for change in apply(admin) if change.action != "same"] == []


def test_a_field_whose_type_changed_is_told(admin, older):
    index = older({"message": {"type": "long"}})
    (changed,) = (change for change in apply(admin) if change.name == index)
    assert (changed.action, "next month or rollover" in changed.lines[0]) == ("refused", True)


def test_what_the_server_lacks_is_said(admin, elastic_server):
    assert (features(admin).lacking() == []) is elastic_server.server.elastic


def test_the_functions_key_may_not_set_up(secured):
    client = secured.client()
    with pytest.raises(StoreUnavailable, match="403"):
        apply(client)
    client.close()


def test_the_shipped_key_can_do_what_it_must_and_nothing_more(secured):
    found = verified(secured)
    assert [check for check in found.values() if not check.right] == []
    assert found["change the mapping of a plain index of alerts"].actual == "200"
    assert "harmless" in found["change the mapping of a plain index of alerts"].note


def test_the_setup_role_is_enough_to_set_up_make_a_key_and_prune(secured, admin):
    """And the key that its holder makes can do all it must, and nothing more."""
    name = f"setup-{RUN}"
    admin.json("PUT", f"/_security/role/{name}", setup_role())
    admin.json("PUT", f"/_security/user/{name}", {"password": "throw-away-password", "roles": [name]})
    client = secured.client(Authorization.basic(name, "throw-away-password"))
    apply(client)
    admin.json("PUT", "/gatewatch-alerts-2019.01")
    assert prune(client, keep=1, today=TODAY) == ["gatewatch-alerts-2019.01"]
    made = client.json("POST", "/_security/api_key", function_key("of-setup"), again=False).body["encoded"]
    client.close()
    functions = secured.client(Authorization.api_key(made))
    assert [check for check in verify(functions) if not check.right] == []
    functions.close()


def test_verify_may_be_repeated(secured):
    verified(secured)
    assert all(check.right for check in verified(secured).values())


def test_verify_finds_a_key_that_may_too_much(secured):
    wide = {"w": {"cluster": ["monitor"], "indices": [{"names": ["*"], "privileges": ["all"]}]}}
    wrong = {name for name, check in verified(secured, wide).items() if not check.right}
    assert {
        "overwrite evidence behind the data stream",
        "delete evidence",
        "change the mapping of the evidence",
        "delete an alert",
        "delete an index of alerts",
        "write another index",
        "read the cluster's health",
    } <= wrong
    admin = secured.admin()
    admin.json("DELETE", "/gatewatch_verify-foreign", accept=(404,))
    admin.close()


def test_verify_finds_a_key_that_may_too_little(secured):
    shipped = function_key()["role_descriptors"]["gatewatch"]["indices"]
    narrow = {"n": {"cluster": [], "indices": [{**part, "privileges": ["read"]} for part in shipped]}}
    found = verified(secured, narrow)
    assert {"append evidence to the data stream", "create an alert", "every privilege of the shipped key"} <= {
        name for name, check in found.items() if not check.right
    }
    assert "missing: " in found["every privilege of the shipped key"].actual


def test_an_invalid_key_is_unavailable(secured):
    client = secured.client(Authorization.api_key("bm8=:bm8="))
    with pytest.raises(StoreUnavailable, match="401"):
        ElasticStore(client, namespace="invalid").append([stored(login())])
    client.close()


def test_nothing_is_written_before_set_up(secured):
    """Without its template there is no data stream, and no plain index with a mapping of the documents' making takes its place."""
    admin = secured.admin()
    admin.json("PUT", "/_index_template/plain", {"index_patterns": ["logs-gatewatch.signin-nosetup"], "priority": 9_000})
    store = ElasticStore(secured.client(), namespace="nosetup")
    with pytest.raises(StoreUnavailable, match="elastic verify"):
        store.append([stored(login())])
    left = admin.json("GET", "/logs-gatewatch.signin-nosetup*/_mapping", params={"allow_no_indices": "true"}).body
    admin.json("DELETE", "/_index_template/plain")
    store.close()
    admin.close()
    assert left == {}


@pytest.fixture
def months(admin):
    names = [f"gatewatch-alerts-{month}" for month in ("2025.02", "2026.01", "2026.02", "2026.03", "prunetest-2019.01")]
    for name in names:
        admin.json("PUT", f"/{name}", accept=(400,))
    yield names
    for name in names:
        admin.json("DELETE", f"/{name}", accept=(404,))


def test_prune_takes_old_months_and_nothing_else(admin, months):
    assert old_months(admin, keep=1, today=TODAY) == months[:2]
    assert prune(admin, keep=1, today=TODAY, dry_run=True) == months[:2]
    assert prune(admin, keep=1, today=TODAY) == months[:2]
    assert old_months(admin, keep=1, today=TODAY) == []
    left = admin.json("GET", "/gatewatch-alerts-*/_mapping").body
    assert set(months[2:]) <= set(left)


def test_prune_keeps_at_least_a_month(admin):
    with pytest.raises(ConfigError):
        prune(admin, keep=0, today=TODAY)


@pytest.mark.parametrize(
    ("there", "wanted", "lines"),
    [
        pytest.param({"a": {"b": False}}, {"a": {"b": "false"}}, (), id="text of a boolean"),
        pytest.param({"a": 1, "created_date_millis": 5}, {"a": 1}, (), id="what the server adds"),
        pytest.param({"s": {"hidden": False}}, {"s": {}}, (), id="defaults inside what is given empty"),
        pytest.param({}, {"s": {}}, ("+ s = {}",), id="added"),
        pytest.param({"a": [1]}, {"a": [1, 2]}, ("~ a: [1] -> [1,2]",), id="changed"),
        pytest.param({"a": 1, "b": {"c": 2}}, {"a": 1}, ("- b.c = 2",), id="not ours"),
    ],
)
def test_a_difference(there, wanted, lines):
    assert difference(json.loads(json.dumps(there)), wanted) == lines
