"""Every field and index that a published query names exists: in our field table, or in the list of an Elastic integration."""

import json
import re

import pytest

from gatewatch.documents.fields import FIELDS, of
from tests.queries.test_kql import put

OURS = {field.name for field in FIELDS}
INDICES = {
    "gatewatch-alerts-default",
    "logs-gatewatch.signin-default",
    "logs-aws.cloudtrail-*",
    "logs-azure.signinlogs-*",
    "logs-azure.identity_protection-*",
    "logs-endpoint.events.process-*",
    "winlogbeat-*",
    "auditbeat-*",
}
AGENTS = {"logs-endpoint.events.process-*", "winlogbeat-*", "auditbeat-*"}
FOLDERS = {"eql": ".eql", "esql": ".esql", "kql": ".kql"}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_FIELD = re.compile(r"(?<![\w.])(?:@timestamp|[a-z_]\w*(?:\.\w+)+)")


@pytest.fixture(scope="module")
def lists(repository):
    """Fields of Elastic's integrations, by index pattern."""
    return json.loads((repository / "tests/queries/integration_fields.json").read_text())["fields"]


@pytest.fixture(scope="module")
def texts(folder):
    return {f"{kind}/{path.stem}": path.read_text() for kind, end in FOLDERS.items() for path in sorted((folder / kind).glob(f"*{end}"))}


def indices(name, text, folder):
    """What a query reads, as its file says."""
    if name.startswith("kql/"):
        return json.loads((folder / f"{name}.dsl.json").read_text())["index"].split(",")
    return re.search(r"^// Index: (.+)$", text, re.MULTILINE).group(1).split(", ")


def fields(text):
    """The fields a query names: comments, strings and the FROM line left out."""
    text = re.sub(r"^(//|FROM ).*$", "", text, flags=re.MULTILINE)
    return set(_FIELD.findall(_STRING.sub('""', text)))


def known(index, lists):
    if index == "gatewatch-alerts-default":
        return {field.name for field in of("alert")}
    if index == "logs-gatewatch.signin-default":
        return {field.name for field in of("evidence")}
    return set(lists[index])


def test_every_field_exists_in_every_index_of_its_query(texts, folder, lists):
    unknown = {
        (name, index, field)
        for name, text in texts.items()
        for index in indices(name, text, folder)
        for field in fields(text) - known(index, lists)
    }
    assert unknown == set()


def test_every_query_names_fields_and_known_indices(texts, folder):
    assert len(texts) > 25
    for name, text in texts.items():
        assert fields(text), name
        assert set(indices(name, text, folder)) <= INDICES, name


def test_the_from_line_of_esql_is_what_its_comment_says(texts, folder):
    for name, text in texts.items():
        if name.startswith("esql/"):
            assert re.search(r"^FROM (.+)$", text, re.MULTILINE).group(1).split(", ") == indices(name, text, folder)


def test_esql_takes_values_as_parameters_only(texts):
    """A value that is pasted into a query may say more than a value should."""
    for name, text in texts.items():
        if name.startswith("esql/"):
            said = re.search(r"^// Parameter: (.+)$", text, re.MULTILINE)
            assert set(re.findall(r"\?(\w+)", text)) == set(said.group(1).split(", ") if said else ()), name
            assert "{" not in text, name


def test_the_dsl_beside_a_kql_query_names_the_same_fields_and_values(texts, folder):
    for name, text in texts.items():
        if name.startswith("kql/"):
            asked = json.loads((folder / f"{name}.dsl.json").read_text())["query"]
            dsl = json.dumps(asked)
            assert set(re.findall(r'"((?:@|[a-z_]+\.)[\w.]+)"', dsl)) == fields(text), name
            assert set(_STRING.findall(text)) <= set(_STRING.findall(dsl)), name


def test_the_readme_says_what_each_query_answers(texts, folder):
    rows = re.findall(r"^\| `(\w+/\w+)` \| `?([^|`]+?)`? \|", (folder / "README.md").read_text(), re.MULTILINE)
    assert {name: set(found.split(", ")) for name, found in rows} == {
        name: set(indices(name, text, folder)) for name, text in texts.items()
    }


def test_fields_of_agents_are_the_ecs_fields_that_we_write_too(lists):
    assert all(set(lists[index]) <= OURS for index in AGENTS)


def test_a_value_goes_into_the_dsl_as_a_string(folder):
    text = put((folder / "kql/alerts_of_a_person.dsl.json").read_text(), {"person": "ana@contoso.example"})
    assert "{person}" not in text
