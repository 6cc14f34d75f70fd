"""What another version of Gatewatch left is named and left alone."""

import io
from typing import Any, NamedTuple

import pytest

from gatewatch.cli import main
from gatewatch.cli.screen import Screen
from gatewatch.documents import evidence_document
from gatewatch.stores.elastic import Authorization
from gatewatch.stores.elastic.former import DELETE_FIRST, KEEP_OR_DELETE, REPLACE, TEMPLATE_UNUSED, UNKNOWN_NAME, USE_NEWER, former
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.roles import setup_role
from gatewatch.stores.elastic.setup import apply
from gatewatch.stores.elastic.templates import components, index_templates
from tests.builders.aws import login
from tests.builders.common import stored
from tests.elastic_server.fixtures import RUN

OLD_INDEX = "gatewatch-logins-2024.01"
OLD_STREAM = "logs-gatewatch.old-former"
NAMES = Names("former")
OLD_SCHEMA_INDEX = NAMES.alert_month("2020-01-01")
OLD_SCHEMA_STREAM = NAMES.evidence
OTHERS = Names("former_eu")


class Said(NamedTuple):
    """An answer of the server."""

    body: Any


class Answers:
    """A server that was asked before: what it says of each path, else that nothing is there."""

    def __init__(self, **found: Any) -> None:
        self.found = {"component_templates": [], "index_templates": [], "data_streams": [], "indices": [], "mappings": {}} | found
        self.methods: set[str] = set()

    def json(self, method: str, path: str, **_: object) -> Said:
        self.methods.add(method)
        if path.startswith("/_resolve"):
            return Said({"indices": self.found["indices"], "data_streams": self.found["data_streams"], "aliases": []})
        if path.endswith("/_mapping"):
            return Said(self.found["mappings"])
        kind = path.split("/")[1].removeprefix("_") + "s"
        return Said({kind: self.found[kind]} if path.endswith("/gatewatch*") else {})


def mapped(version: object) -> dict[str, Any]:
    return {"mappings": {"_meta": {"schema_version": version}}}


def template(kind: str, name: str, meta: object) -> dict[str, Any]:
    return {"name": name, kind: {"_meta": meta}}


OLD = {"data_streams": [{"name": OLD_STREAM, "backing_indices": ".ds-1"}], "indices": [{"name": OLD_INDEX}]}
CURRENT = {
    "component_templates": [template("component_template", f"gatewatch-alerts-former@{part}", None) for part in ("custom", "settings")],
    "index_templates": [template("index_template", "gatewatch-evidence-former", {"schema_version": 1})],
    "data_streams": [{"name": "logs-gatewatch.signin-former", "backing_indices": [".ds-1", ".ds-2"]}],
    "indices": [{"name": "gatewatch-alerts-former-2026.11"}],
    "mappings": {".ds-1": mapped(1), ".ds-2": mapped(1), "gatewatch-alerts-former-2026.11": mapped(1)},
}


def test_a_server_that_is_empty_or_current_holds_nothing_of_another_version():
    assert former(Answers(), NAMES) == former(Answers(**CURRENT), NAMES) == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(OLD, [(OLD_STREAM, UNKNOWN_NAME, KEEP_OR_DELETE), (OLD_INDEX, UNKNOWN_NAME, KEEP_OR_DELETE)], id="old names"),
        pytest.param(
            {"indices": [{"name": "gatewatch-alerts-former"}]}, [("gatewatch-alerts-former", UNKNOWN_NAME, KEEP_OR_DELETE)], id="no alias"
        ),
        pytest.param(
            {"component_templates": [template("component_template", "gatewatch-logins@mappings", {"schema_version": 1})]},
            [("gatewatch-logins@mappings", UNKNOWN_NAME, TEMPLATE_UNUSED)],
            id="an old component template",
        ),
        pytest.param(
            {"index_templates": [template("index_template", "gatewatch-alerts-former", {"schema_version": 0})]},
            [("gatewatch-alerts-former", "schema version 0; this version of Gatewatch has 1", REPLACE)],
            id="a template of an older schema",
        ),
        pytest.param(
            CURRENT | {"mappings": CURRENT["mappings"] | {".ds-1": mapped(0)}},
            [("logs-gatewatch.signin-former", "schema version 0; this version of Gatewatch has 1", DELETE_FIRST)],
            id="an older generation of a data stream",
        ),
        pytest.param(
            CURRENT | {"mappings": {"gatewatch-alerts-former-2026.11": mapped(2)}},
            [("gatewatch-alerts-former-2026.11", "schema version 2; this version of Gatewatch has 1", USE_NEWER)],
            id="an index of a newer schema",
        ),
        pytest.param(
            CURRENT | {"mappings": {"gatewatch-alerts-former-2026.11": {"mappings": {"_meta": None}}}}, [], id="no version at all"
        ),
    ],
)
def test_what_another_version_left_is_named_with_what_to_do(found, told):
    server = Answers(**found)

    assert [(one.name, one.reason, one.advice) for one in former(server, NAMES)] == told
    assert server.methods == {"GET"}


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
def left(admin):
    """A server on which other versions of Gatewatch left something of every sort.

    The data streams stay, and with them their template: the server of the tests comes without the call that deletes a stream.
    """
    admin.json("PUT", "/_component_template/gatewatch-old@settings", {"template": {"settings": {}}})
    pattern = {"index_patterns": ["logs-gatewatch.old-*"], "priority": 400, "data_stream": {}}
    admin.json("PUT", "/_index_template/gatewatch-old", pattern | {"composed_of": ["gatewatch-old@settings"]})
    admin.json("PUT", f"/{OLD_INDEX}")
    admin.json("PUT", f"/{OLD_SCHEMA_INDEX}", {"mappings": {"_meta": {"schema_version": 0}}})
    for stream in (OLD_STREAM, OLD_SCHEMA_STREAM):
        admin.json("POST", f"/{stream}/_doc", {"@timestamp": "2026-11-20T10:00:00Z"})  # makes the stream
    admin.json("PUT", f"/{OLD_SCHEMA_STREAM}/_mapping", {"_meta": {"schema_version": 0}})
    yield
    for index in (OLD_INDEX, OLD_SCHEMA_INDEX):
        admin.json("DELETE", f"/{index}", accept=(404,))


EVERYTHING = {
    ("component template", "gatewatch-old@settings"),
    ("index template", "gatewatch-old"),
    ("data stream", OLD_STREAM),
    ("index", OLD_INDEX),
    ("data stream", OLD_SCHEMA_STREAM),
    ("index", OLD_SCHEMA_INDEX),
}


def state(admin) -> dict[str, Any]:
    """Every name, mapping and template that set-up could change."""
    return {
        path: admin.json("GET", path, params={"expand_wildcards": "all"} if path.endswith("_mapping") else {}).body
        for path in ("/gatewatch*,logs-gatewatch*/_mapping", "/_component_template/gatewatch*", "/_index_template/gatewatch*")
    }


@pytest.mark.elastic
def test_a_prepared_server_holds_nothing_of_another_version(admin):
    assert not {one.name for one in former(admin, NAMES)} & {*components(NAMES), *index_templates(NAMES)}


@pytest.mark.elastic
def test_everything_that_is_left_is_found_on_a_real_server(admin, left):
    assert {(one.what, one.name) for one in former(admin, NAMES)} >= EVERYTHING


@pytest.mark.elastic
def test_set_up_adds_no_field_to_an_index_of_another_schema_version(admin, left):
    changed = {change.name for change in apply(admin, NAMES) if change.what == "mapping"}
    assert not [name for name in changed if OLD_SCHEMA_INDEX in name or OLD_SCHEMA_STREAM in name]


@pytest.fixture
def setup(elastic_server, monkeypatch):
    """Runs ``gatewatch elastic setup`` against the server and returns exit code, output and notes."""
    server = elastic_server.server
    if not server.elastic:
        pytest.skip("the command line speaks to Elasticsearch only")
    given = (
        {"ELASTIC_API_KEY": server.api_key} if server.api_key else {"ELASTIC_USERNAME": server.user, "ELASTIC_PASSWORD": server.password}
    )
    for name, value in {
        **given,
        "ELASTIC_NAMESPACE": NAMES.namespace,
        "ELASTIC_URL": server.url,
        **({"ELASTIC_CA_FILE": str(server.ca)} if server.ca else {}),
    }.items():
        monkeypatch.setenv(name, value)

    def run(*argv: str) -> tuple[int, str, str]:
        screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
        return main(["elastic", "setup", *argv], screen), screen.out.getvalue(), screen.err.getvalue()

    return run


@pytest.mark.elastic
@pytest.mark.parametrize("argv", [(), ("--dry-run",), ("--new-key", "unmade")], ids=str)
def test_the_command_names_them_and_changes_nothing(admin, left, setup, argv):
    admin.json(
        "PUT", "/_component_template/gatewatch-alerts-former@settings", {"template": {"settings": {}}}
    )  # set-up would put this right
    before = state(admin)
    code, out, err = setup(*argv)
    after = state(admin)
    apply(admin, NAMES)
    assert (code, after) == (1, before)
    assert [name for what, name in EVERYTHING if f"! {what} {name}: " not in out] == []
    assert "nothing was changed" in err


@pytest.mark.elastic
def test_the_command_sets_up_beside_them_when_told_to(admin, left, setup):
    admin.json("PUT", "/_component_template/gatewatch-alerts-former@settings", {"template": {"settings": {}}})
    code, out, _ = setup("--leave-old")
    assert (code, "~ component template gatewatch-alerts-former@settings: update" in out) == (0, True)
    assert {(one.what, one.name) for one in former(admin, NAMES)} >= EVERYTHING


@pytest.mark.elastic
def test_the_command_never_writes_over_a_newer_version(admin, left, setup):
    admin.json("PUT", f"/{OLD_SCHEMA_INDEX}/_mapping", {"_meta": {"schema_version": 99}})
    before = state(admin)
    code, out, err = setup("--leave-old")
    assert (code, state(admin)) == (1, before)
    assert USE_NEWER in out
    assert "a newer version of Gatewatch is in use here" in err


@pytest.mark.elastic
def test_the_setup_role_sees_what_is_left(admin, left, elastic_server):
    if not elastic_server.server.elastic:
        pytest.skip("this distribution of OpenSearch has no roles")
    name = f"former-{RUN}"
    admin.json("PUT", f"/_security/role/{name}", setup_role(NAMES))
    admin.json("PUT", f"/_security/user/{name}", {"password": "throw-away-password", "roles": [name]})
    client = elastic_server.client(Authorization.basic(name, "throw-away-password"))
    found = {(one.what, one.name) for one in former(client, NAMES)}
    client.close()
    assert found >= EVERYTHING


@pytest.mark.elastic
def test_the_store_reads_no_document_under_an_old_name(admin, left, elastic_server):
    evidence = stored(login())
    admin.json("POST", f"/{OLD_STREAM}/_doc", evidence_document(evidence), params={"refresh": "true"})
    admin.json("POST", f"/{OLD_INDEX}/_doc", evidence_document(evidence), params={"refresh": "true"})
    store = elastic_server.store("former-read")
    found = store.evidence_of([evidence.event.vendor_id])
    store.close()
    assert found == []
