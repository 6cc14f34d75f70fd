"""The field table against the Elastic Common Schema, and the mappings that are made from it."""

import pytest

from gatewatch.documents.fields import FIELDS, mappings, of

from .ecs import ECS, OUR_NAMESPACES

# ECS types that are no portable ones, and what stands for them: match_only_text, constant_keyword and wildcard are Elastic's own.
PORTABLE = {"match_only_text": "text", "constant_keyword": "keyword", "wildcard": "keyword"}
ALLOWED = {"keyword", "text", "date", "ip", "geo_point", "long", "float", "boolean", "object"}


def by_name(field):
    return field.name


@pytest.mark.parametrize("field", [field for field in FIELDS if not field.name.startswith(OUR_NAMESPACES)], ids=by_name)
def test_a_field_outside_our_namespaces_is_ecs_by_name_and_type(field):
    assert field.side == "ECS"
    theirs = ECS[field.name].removesuffix("[]")
    assert field.type == PORTABLE.get(theirs, theirs)


def test_every_name_is_defined_once():
    names = [field.name for field in FIELDS]
    assert len(names) == len(set(names))


def test_no_field_is_a_leaf_and_an_object_at_once():
    names = {field.name for field in FIELDS}
    assert [name for name in names if any(other.startswith(f"{name}.") for other in names)] == []


@pytest.mark.parametrize("field", FIELDS, ids=by_name)
def test_a_field_has_a_portable_type_and_a_meaning(field):
    assert field.type in ALLOWED
    assert len(field.meaning) > 3
    assert field.kinds


def walk(properties: dict, prefix: str = ""):
    for name, mapping in properties.items():
        if "properties" in mapping:
            yield from walk(mapping["properties"], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", mapping


@pytest.mark.parametrize("kind", ["evidence", "alert"])
def test_the_mapping_holds_every_field_and_nothing_else(kind):
    mapping = mappings(kind)
    assert mapping["dynamic"] is False
    assert {name for name, _ in walk(mapping["properties"])} == {field.name for field in of(kind)}


@pytest.mark.parametrize("kind", ["evidence", "alert"])
def test_keywords_are_bounded_and_typed_state_is_not_indexed(kind):
    found = dict(walk(mappings(kind)["properties"]))
    assert {m["ignore_above"] for m in found.values() if m["type"] == "keyword"} == {1024, 8191}
    assert found["user_agent.original"]["ignore_above"] == 8191
    assert found[f"gatewatch.{kind}"] == {"type": "object", "enabled": False}


def test_the_typed_state_of_one_kind_is_not_in_the_other():
    assert "gatewatch.alert" not in dict(walk(mappings("evidence")["properties"]))
    assert "gatewatch.evidence" not in dict(walk(mappings("alert")["properties"]))


@pytest.mark.parametrize(
    "name",
    [
        "aws.cloudtrail.console_login.additional_eventdata.mfa_used",
        "aws.cloudtrail.console_login.additional_event_data.mfa_used",
        "aws.cloudtrail.flattened.response_elements.ConsoleLogin",
        "azure.signinlogs.properties.risk_level_during_signin",
        "azure.signinlogs.properties.risk_level_during_sign_in",
        "event.dataset",
        "data_stream.dataset",
    ],
)
def test_both_dialects_are_mapped(name):
    assert {field.kinds for field in FIELDS if field.name == name} == {("evidence", "alert")}
