"""Set-up and its proof, on a real server."""

import json
from datetime import date

import pytest

from gatewatch.errors import ConfigError, StoreUnavailable
from gatewatch.stores.elastic import Authorization, ElasticStore
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.prune import old_months, prune
from gatewatch.stores.elastic.roles import KeyRole, api_key, privileges, setup_role
from gatewatch.stores.elastic.setup import apply, difference, features
from gatewatch.stores.elastic.verify import verify
from tests.builders.aws import login
from tests.builders.common import stored
from tests.elastic_server.fixtures import RUN, Elastic

pytestmark = pytest.mark.elastic

TODAY = date(2026, 3, 14)
NAMES = Names(Elastic.place("setup"))
ROLES = [pytest.param(role, id=role.value) for role in KeyRole]


@pytest.fixture(scope="module")
def installed(elastic_server):
    """The server, with what set-up brings for this installation."""
    client = elastic_server.admin()
    apply(client, NAMES)
    client.close()
    return elastic_server


@pytest.fixture
def admin(installed):
    client = installed.admin()
    yield client
    client.close()


@pytest.fixture
def secured(elastic_server, admin):
    if not elastic_server.server.elastic:
        pytest.skip("this distribution of OpenSearch has no security to prove")
    return elastic_server


def verified(elastic, descriptors=None, role=KeyRole.HOST_AWS, names=NAMES):
    made = Authorization.api_key(elastic.server.key(descriptors)) if descriptors else elastic.role_key(role, names.namespace)
    client = elastic.client(made)
    try:
        return {check.what: check for check in verify(client, names, role)}
    finally:
        client.close()


def test_set_up_again_changes_nothing(admin):
    assert {change.action for change in apply(admin, NAMES)} == {"same"}


def test_a_dry_run_says_what_differs_and_leaves_it(admin):
    name = f"gatewatch-alerts-{NAMES.namespace}@settings"
    admin.json("PUT", f"/_component_template/{name}", {"template": {"settings": {"index": {"refresh_interval": "30s"}}}})
    changed = {change.name: change for change in apply(admin, NAMES, dry_run=True) if change.action != "same"}
    assert set(changed) == {name}
    assert "- template.settings.index.refresh_interval = 30s" in changed[name].lines
    assert "+ template.settings.index.mapping.ignore_malformed = true" in changed[name].lines
    assert [change.name for change in apply(admin, NAMES) if change.action != "same"] == [name]
    assert {change.action for change in apply(admin, NAMES, dry_run=True)} == {"same"}


@pytest.fixture
def older(admin):
    """Makes an index as an older Gatewatch would have left it."""
    index = NAMES.alert_month("2020-01-01")

    def make(properties):
        template = {"template": {"mappings": {"dynamic": False, "properties": properties}}}
        admin.json("PUT", f"/_component_template/{NAMES.alerts}@mappings", template)
        admin.json("PUT", f"/{index}")
        return index

    yield make
    admin.json("DELETE", f"/{index}", accept=(404,))
    apply(admin, NAMES)


def test_an_older_index_gets_the_new_fields(admin, older):
    index = older({"message": {"type": "text"}})
    changed = [change.action for change in apply(admin, NAMES) if change.name == index]
    held = admin.json("GET", f"/{index}/_mapping").body[index]["mappings"]
    assert (changed, held["properties"]["gatewatch"]["properties"]["score"]) == (["update"], {"type": "long"})
    assert [change for change in apply(admin, NAMES) if change.action != "same"] == []


def test_a_field_whose_type_changed_is_told(admin, older):
    index = older({"message": {"type": "long"}})
    (changed,) = (change for change in apply(admin, NAMES) if change.name == index)
    assert (changed.action, "next month or rollover" in changed.lines[0]) == ("refused", True)


def test_what_the_server_lacks_is_said(admin, elastic_server):
    assert (features(admin).lacking() == []) is elastic_server.server.elastic


@pytest.mark.parametrize("role", ROLES)
def test_no_key_of_a_role_may_set_up(secured, role):
    client = secured.client(secured.role_key(role, NAMES.namespace))
    with pytest.raises(StoreUnavailable, match="403"):
        apply(client, NAMES)
    client.close()


@pytest.mark.parametrize("role", ROLES)
def test_the_key_of_a_role_can_do_what_it_must_and_nothing_more(secured, role):
    found = verified(secured, role=role)
    assert [check for check in found.values() if not check.right] == []


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        pytest.param(KeyRole.HOST_AWS, {"change policy", "delete policy", "create response"}, id="host-aws"),
        pytest.param(KeyRole.HOST_AZURE, {"change policy", "delete policy", "create response"}, id="host-azure"),
        pytest.param(
            KeyRole.ANALYST,
            {
                "create evidence",
                "create alert",
                "change alert",
                "create policy",
                "change policy",
                "change familiarity",
                "overwrite response",
            },
            id="analyst",
        ),
        pytest.param(KeyRole.OPERATOR, {"create evidence", "create response"}, id="operator"),
    ],
)
def test_what_a_role_must_not_do_is_tried(secured, role, refused):
    found = verified(secured, role=role)
    assert refused <= {what for what, check in found.items() if check.expected == "refused" and check.actual.startswith(("403", "400"))}


def test_that_a_host_may_add_fields_to_a_plain_index_is_said(secured):
    found = verified(secured)
    assert found["change the mapping of alert"].actual == "200"
    assert "harmless" in found["change the mapping of alert"].note


def test_a_server_writes_the_author_whatever_the_document_says(secured):
    assert verified(secured, role=KeyRole.ANALYST)["the server writes the author of a response"].right


def test_the_setup_role_is_enough_to_set_up_make_a_key_and_prune(secured, admin):
    """And the key that its holder makes can do all it must, and nothing more."""
    name = f"setup-{RUN}"
    admin.json("PUT", f"/_security/role/{name}", setup_role(NAMES))
    admin.json("PUT", f"/_security/user/{name}", {"password": "throw-away-password", "roles": [name]})
    client = secured.client(Authorization.basic(name, "throw-away-password"))
    apply(client, NAMES)
    old = NAMES.alert_month("2019-01-01")
    admin.json("PUT", f"/{old}")
    assert prune(client, NAMES, keep=1, today=TODAY) == [old]
    made = {role: client.json("POST", "/_security/api_key", api_key(NAMES, role), again=False).body["encoded"] for role in KeyRole}
    client.close()
    for role, encoded in made.items():
        holder = secured.client(Authorization.api_key(encoded))
        assert [check for check in verify(holder, NAMES, role) if not check.right] == []
        holder.close()


def test_verify_may_be_repeated(secured):
    verified(secured)
    assert all(check.right for check in verified(secured).values())


def test_verify_finds_a_key_that_may_too_much(secured):
    wide = {"w": {"cluster": ["monitor"], "indices": [{"names": ["*"], "privileges": ["all"]}]}}
    wrong = {name for name, check in verified(secured, wide).items() if not check.right}
    assert {
        "overwrite evidence behind the data stream",
        "delete evidence",
        "change the mapping of evidence",
        "delete alert",
        "every privilege that the role host-aws must not have",
        "delete an index of alerts",
        "write another index",
        "read the cluster's health",
    } <= wrong
    admin = secured.admin()
    admin.json("DELETE", "/gatewatch_verify-foreign", accept=(404,))
    admin.close()


def test_verify_finds_a_key_that_may_too_little(secured):
    shipped = privileges(NAMES, KeyRole.HOST_AWS)
    narrow = {"n": {"cluster": [], "indices": [{**part, "privileges": ["read"]} for part in shipped]}}
    found = verified(secured, narrow)
    assert {"create evidence", "create alert", "every privilege of the role host-aws"} <= {
        name for name, check in found.items() if not check.right
    }
    assert "missing: " in found["every privilege of the role host-aws"].actual


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
    longer = Names(f"{NAMES.namespace}_eu")
    names = [NAMES.alert_month(f"{month}-01") for month in ("2025-02", "2026-01", "2026-02", "2026-03")] + [
        longer.alert_month("2019-01-01")
    ]
    for name in names:
        admin.json("PUT", f"/{name}", accept=(400,))
    yield names
    for name in names:
        admin.json("DELETE", f"/{name}", accept=(404,))


def test_prune_takes_old_months_and_nothing_else(admin, months):
    assert old_months(admin, NAMES, keep=1, today=TODAY) == months[:2]
    assert prune(admin, NAMES, keep=1, today=TODAY, dry_run=True) == months[:2]
    assert prune(admin, NAMES, keep=1, today=TODAY) == months[:2]
    assert old_months(admin, NAMES, keep=1, today=TODAY) == []
    left = admin.json("GET", "/gatewatch-alerts-*-*/_mapping").body
    assert set(months[2:]) <= set(left)


def test_prune_keeps_at_least_a_month(admin):
    with pytest.raises(ConfigError):
        prune(admin, NAMES, keep=0, today=TODAY)


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
