"""The files in infra/elastic say what the code says, and what Elastic's own promotion rules read."""

import json

import pytest

from gatewatch.documents.alert import EVENT_SEVERITY
from gatewatch.documents.fields import FIELDS
from gatewatch.stores.elastic.files import files
from gatewatch.stores.elastic.kibana import data_views, detection_rule

FOLDER = "infra/elastic"
PORTABLE = {"keyword", "text", "date", "ip", "geo_point", "long", "float", "boolean", "object"}


@pytest.mark.parametrize("name", files())
def test_a_file_is_what_the_code_makes(repository, name):
    """``gatewatch elastic files infra/elastic`` writes them anew."""
    assert (repository / FOLDER / name).read_text(encoding="utf-8") == files()[name]


def test_no_file_is_left_over(repository):
    there = {str(path.relative_to(repository / FOLDER)) for path in (repository / FOLDER).rglob("*") if path.is_file()}
    made = {name for name in there if not name.endswith(".md") and not name.startswith("queries/")}  # those: tests/queries
    assert made == set(files())


def test_the_shipped_key_is_the_one_that_was_measured(conformance_data):
    measured = json.loads((conformance_data / "elastic/api_key.json").read_text())
    shipped = json.loads(files()["api_key.json"])
    assert shipped["role_descriptors"] == measured["role_descriptors"]


def test_mappings_use_portable_types_only():
    assert {field.type for field in FIELDS} <= PORTABLE


@pytest.mark.parametrize("name", ["gatewatch-alerts@mappings", "gatewatch-evidence@mappings"])
def test_no_document_can_grow_a_mapping(name):
    mapping = json.loads(files()[f"component_templates/{name}.json"])["template"]["mappings"]
    assert (mapping["dynamic"], mapping["date_detection"]) == (False, False)


def test_the_rule_maps_severity_and_score_as_documents_write_them():
    rule = detection_rule()
    assert {row["severity"]: int(row["value"]) for row in rule["severity_mapping"]} == {
        severity.value: n for severity, n in EVENT_SEVERITY.items()
    }
    assert rule["risk_score_mapping"][0]["field"] == "event.risk_score"
    assert (rule["timestamp_override"], rule["rule_name_override"]) == ("event.ingested", "message")


def test_the_rule_names_fields_that_exist():
    names = {field.name for field in FIELDS}
    rule = detection_rule()
    asked = {word.split(":")[0] for word in rule["query"].replace("not ", "").split(" and ")}
    assert asked | set(rule["alert_suppression"]["group_by"]) | {"event.ingested", "message"} <= names


def test_the_rule_looks_over_the_alias_of_the_alerts():
    assert detection_rule()["index"] == ["gatewatch-alerts"]
    assert {view["attributes"]["title"] for view in data_views()} == {"gatewatch-alerts", "logs-gatewatch.signin-*"}
