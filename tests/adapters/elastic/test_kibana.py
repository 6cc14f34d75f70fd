"""The objects for Kibana: their form, what they name, and that a push brings them there. The other side is a stand-in."""

import json
import re

import pytest

from gatewatch.cli.program import run
from gatewatch.documents.fields import of
from gatewatch.errors import StoreError, StoreUnavailable
from gatewatch.stores.elastic.kibana import detection_rule, saved_objects
from gatewatch.stores.elastic.kibana.push import push
from gatewatch.stores.elastic.kibana.rule import HIGHLIGHTED
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.settings import open_kibana
from tests.adapters.elastic.conftest import SECRET
from tests.elastic_server.faults import Answer, FaultProxy
from tests.elastic_server.kibana import FakeKibana, problem_of

NAMES = Names("prod")
OBJECTS = saved_objects(NAMES)
RULE = detection_rule(NAMES)
_FIELD = re.compile(r"(?<![\w.])(?:@timestamp|[a-z_]\w*(?:\.\w+)+)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@pytest.fixture
def kibana():
    return FakeKibana(key=SECRET, space="/s/security")


@pytest.fixture
def listening(kibana):
    with FaultProxy(kibana) as running:
        yield running


@pytest.fixture
def variables(listening):
    return {
        "KIBANA_URL": f"{listening.url}/s/security",
        "ELASTIC_API_KEY": SECRET,
        "ELASTIC_URL": "https://elastic.example",
        "ELASTIC_NAMESPACE": "prod",
    }


@pytest.fixture
def client(variables):
    opened = open_kibana(variables)
    yield opened
    opened.close()


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one["id"])
def test_an_object_has_the_form_that_kibana_publishes(one):
    assert problem_of(one) is None


@pytest.mark.parametrize("part", ["title", "panelsJSON", "unknown"])
def test_a_wrong_form_is_seen(part):
    board = json.loads(json.dumps(OBJECTS[-1]))
    board["attributes"] |= {"title": {"title": 1}, "panelsJSON": {"panelsJSON": '[{"type": "lens"}]'}, "unknown": {"color": "red"}}[part]
    assert problem_of(board)


def test_every_reference_leads_to_an_object_of_the_same_file():
    there = {(one["type"], one["id"]) for one in OBJECTS}
    asked = {(each["type"], each["id"]) for one in OBJECTS for each in one["references"]}
    assert asked
    assert asked <= there


def panels():
    return json.loads(OBJECTS[-1]["attributes"]["panelsJSON"])


def test_panels_lie_beside_each_other_and_fill_the_width():
    taken = [
        (x, y) for p in panels() for g in (p["gridData"],) for x in range(g["x"], g["x"] + g["w"]) for y in range(g["y"], g["y"] + g["h"])
    ]
    assert len(taken) == len(set(taken))
    rows = {y for _, y in taken}
    assert set(taken) == {(x, y) for x in range(48) for y in rows}


def fields_of(one):
    """Every field that an object names."""
    attributes = one["attributes"]
    if one["type"] == "index-pattern":
        return {attributes["timeFieldName"], *json.loads(attributes.get("fieldFormatMap", "{}"))}
    if one["type"] == "search":
        query = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])["query"]
        text = query.get("query") or re.sub(r"^FROM .*$", "", query["esql"], flags=re.MULTILINE)
        return {*attributes["columns"], *(name for name, _ in attributes["sort"]), *_FIELD.findall(_STRING.sub('""', text))}
    found = set()
    for panel in panels():
        lens = panel["embeddableConfig"].get("attributes")
        if lens:
            (layer,) = lens["state"]["datasourceStates"]["formBased"]["layers"].values()
            found |= {column["sourceField"] for column in layer["columns"].values()} - {"___records___"}
            found |= {*_FIELD.findall(_STRING.sub('""', lens["state"]["query"]["query"]))}
    return found


def view_of(one):
    """Which documents an object looks at."""
    named = json.dumps(one)
    return (
        "evidence"
        if "gatewatch-evidence-prod" in named or "logs-gatewatch.signin-prod" in named
        else "response"
        if "response" in one["id"]
        else "alert"
    )


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one["id"])
def test_every_field_is_one_of_the_documents(one):
    named = fields_of(one)
    assert named
    assert named <= {field.name for field in of(view_of(one))}


def test_the_guide_and_its_fields_are_those_of_the_documents():
    assert set(HIGHLIGHTED) <= {field.name for field in of("alert")}
    assert "/app/dashboards#/view/" + OBJECTS[-1]["id"] in RULE["note"]


@pytest.mark.parametrize("space", ["", "/s/security", "/kibana/s/security"])
def test_the_links_lead_into_the_space(space):
    page = f"{space}/app/dashboards#/view/{OBJECTS[-1]['id']}"
    assert f"({page})" in detection_rule(NAMES, space)["note"]

    (view,) = [one for one in OBJECTS if one["id"] == NAMES.alerts]
    template = json.loads(view["attributes"]["fieldFormatMap"])["gatewatch.alert_id"]["params"]["urlTemplate"]
    assert opened(template, space).startswith(f"{space}/app/discover#/?")


def opened(url, space):
    """Where Kibana's format of URL fields leads from this template: what begins with the space's path stays, what else is below its ``/app``."""
    return url if url.startswith(space or "/") else f"{space}/app{'' if url.startswith('/') else '/'}{url}"


def test_the_columns_of_a_chart_are_those_that_it_draws():
    for panel in panels():
        lens = panel["embeddableConfig"].get("attributes")
        if lens:
            (layer,) = lens["state"]["datasourceStates"]["formBased"]["layers"].values()
            drawn = json.dumps(lens["state"]["visualization"])
            assert layer["columnOrder"] == [*layer["columns"]]
            assert all(f'"{name}"' in drawn for name in layer["columns"]), panel["title"]


def test_a_push_brings_everything_and_reads_it_back(client, kibana):
    done = push(client, NAMES)
    assert all(one.done for one in done)
    assert [kibana.objects[one["type"], one["id"]] for one in OBJECTS] == OBJECTS
    assert kibana.rules == {RULE["rule_id"]: detection_rule(NAMES, "/s/security")}
    assert not kibana.rules[RULE["rule_id"]]["enabled"]


def test_a_second_push_leaves_a_rule_on(client, kibana):
    push(client, NAMES)
    kibana.rules[RULE["rule_id"]]["enabled"] = True
    assert all(one.done for one in push(client, NAMES))
    assert kibana.rules[RULE["rule_id"]]["enabled"]


def test_without_the_rule_security_is_left_alone(client, kibana):
    push(client, NAMES, rule=False)
    assert not kibana.rules
    assert not any("detection_engine" in each for each in kibana.asked)


def test_a_refused_object_is_named_with_its_reason(client, kibana):
    kibana.conflicts = {OBJECTS[-1]["id"], RULE["rule_id"]}
    refused = {one.id: one.reason for one in push(client, NAMES) if not one.done}
    assert refused == {OBJECTS[-1]["id"]: "conflict", RULE["rule_id"]: "already exists"}


def test_a_wrong_key_is_unavailable_and_quotes_nothing(client, kibana):
    kibana.key = "another"
    with pytest.raises(StoreUnavailable, match="Kibana answered 401") as caught:
        push(client, NAMES)
    assert SECRET not in repr(caught.getrepr(style="long"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"success": "yes"}'])
def test_an_answer_that_is_no_import_is_an_error(variables, body):
    with FaultProxy(lambda *_: Answer(200, {"Content-Type": "application/json"}, body)) as other:
        client = open_kibana({**variables, "KIBANA_URL": other.url})
        with pytest.raises(StoreError, match="KIBANA_URL"):
            push(client, NAMES)
        client.close()


def test_the_command_pushes_and_says_how_messages_link(variables, monkeypatch, kibana, capsys):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert run(["elastic", "kibana", "push"]) == 0
    said = capsys.readouterr()
    assert "gatewatch-overview-prod" in said.out
    assert f"ALERT_URL={variables['KIBANA_URL']}/app/discover#/" in said.err
    assert len(kibana.objects) == len(OBJECTS)
    kibana.conflicts = {OBJECTS[0]["id"]}
    assert run(["elastic", "kibana", "push", "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["id"] for one in lines if not one["done"]] == [OBJECTS[0]["id"]]


def test_a_dry_run_asks_nobody(monkeypatch, capsys):
    monkeypatch.delenv("KIBANA_URL", raising=False)
    assert run(["elastic", "kibana", "push", "--dry-run", "--no-rule"]) == 0
    assert "nothing was changed" in capsys.readouterr().err
    assert run(["elastic", "kibana", "push"]) == 2
    assert "KIBANA_URL is not set" in capsys.readouterr().err
