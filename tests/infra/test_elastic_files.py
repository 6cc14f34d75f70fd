"""The files in infra/elastic say what the code says, and what Elastic's own promotion rules read."""

import json

import pytest

from gatewatch.documents.alert import EVENT_SEVERITY
from gatewatch.documents.fields import FIELDS
from gatewatch.stores.elastic import files as made
from gatewatch.stores.elastic.kibana import detection_rule, saved_objects
from gatewatch.stores.elastic.names import Names

FOLDER = "infra/elastic"
NAMES = Names()
OTHER = Names("default_eu")
ROOMS = ("alerts", "evidence", "response", "policy", "familiarity")
PORTABLE = {"keyword", "text", "date", "ip", "geo_point", "long", "float", "boolean", "object"}


def files():
    """What is made for the installation ``default``."""
    return made.files(NAMES)


@pytest.mark.parametrize("name", files())
def test_a_file_is_what_the_code_makes(repository, name):
    """``gatewatch elastic files infra/elastic`` writes them anew."""
    assert (repository / FOLDER / name).read_text(encoding="utf-8") == files()[name]


def test_no_file_is_left_over(repository):
    there = {str(path.relative_to(repository / FOLDER)) for path in (repository / FOLDER).rglob("*") if path.is_file()}
    made = {name for name in there if not name.endswith(".md") and not name.startswith("queries/")}  # those: tests/queries
    assert made == set(files())


def rights(key):
    """Privileges by index of the only role in a key."""
    (descriptor,) = key["role_descriptors"].values()
    assert descriptor["cluster"] == []
    return {name.removesuffix("-default"): part["privileges"] for part in descriptor["indices"] for name in part["names"]}


@pytest.mark.parametrize("host", ["host-aws", "host-azure"])
def test_a_hosts_key_has_on_alerts_and_evidence_what_was_measured(conformance_data, host):
    measured = rights(json.loads((conformance_data / "elastic/api_key.json").read_text()))
    shipped = rights(json.loads(files()[f"api_key_{host}.json"]))
    assert shipped["gatewatch-alerts"] == measured["gatewatch-alerts"]
    assert shipped["logs-gatewatch.signin"] == measured["logs-gatewatch.signin-*"]


@pytest.mark.parametrize(
    ("role", "writes"),
    [
        ("host-aws", {"gatewatch-alerts", "gatewatch-familiarity", "gatewatch-policy", "logs-gatewatch.signin"}),
        ("host-azure", {"gatewatch-alerts", "gatewatch-familiarity", "gatewatch-policy", "logs-gatewatch.signin"}),
        ("analyst", {"logs-gatewatch.response"}),
        ("operator", {"gatewatch-alerts", "gatewatch-familiarity", "gatewatch-policy"}),
    ],
)
def test_where_a_role_may_write(role, writes):
    held = rights(json.loads(files()[f"api_key_{role}.json"]))
    assert {name for name, privileges in held.items() if set(privileges) - {"read"}} == writes | {
        f"{name}-default-*" for name in writes if name.endswith("alerts")
    }


@pytest.mark.parametrize("host", ["host-aws", "host-azure"])
def test_a_host_may_create_a_policy_and_never_change_one(host):
    assert rights(json.loads(files()[f"api_key_{host}.json"]))["gatewatch-policy"] == ["read", "create_doc", "auto_configure"]


def test_another_installation_shares_no_name_with_this_one():
    shared = {"setup_role.json", "kibana/detection_rule.ndjson", "kibana/saved_objects.ndjson"}
    named = {name for name in set(files()) & set(made.files(OTHER)) if not name.startswith("api_key")}
    assert named == shared
    assert detection_rule(NAMES)["rule_id"] != detection_rule(OTHER)["rule_id"]
    assert {each["id"] for each in saved_objects(NAMES)} & {each["id"] for each in saved_objects(OTHER)} == set()


def test_mappings_use_portable_types_only():
    assert {field.type for field in FIELDS} <= PORTABLE


@pytest.mark.parametrize("name", [f"gatewatch-{room}-default@mappings" for room in ROOMS])
def test_no_document_can_grow_a_mapping(name):
    mapping = json.loads(files()[f"component_templates/{name}.json"])["template"]["mappings"]
    assert (mapping["dynamic"], mapping["date_detection"]) == (False, False)


def test_the_rule_maps_severity_and_score_as_documents_write_them():
    rule = detection_rule(NAMES)
    assert {row["severity"]: int(row["value"]) for row in rule["severity_mapping"]} == {
        severity.value: n for severity, n in EVENT_SEVERITY.items()
    }
    assert rule["risk_score_mapping"][0]["field"] == "event.risk_score"
    assert (rule["timestamp_override"], rule["rule_name_override"]) == ("event.ingested", "message")


def test_the_rule_names_fields_that_exist():
    names = {field.name for field in FIELDS}
    rule = detection_rule(NAMES)
    asked = {word.split(":")[0] for word in rule["query"].replace("not ", "").split(" and ")}
    assert asked | set(rule["alert_suppression"]["group_by"]) | {"event.ingested", "message"} <= names


def test_the_rule_looks_over_the_alias_of_the_alerts():
    assert detection_rule(NAMES)["index"] == ["gatewatch-alerts-default"]
    titles = {each["attributes"]["title"] for each in saved_objects(NAMES) if each["type"] == "index-pattern"}
    assert titles == {"gatewatch-alerts-default", "logs-gatewatch.signin-default", "logs-gatewatch.response-default"}
