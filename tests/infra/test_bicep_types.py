"""The Azure template as two parsers read it, and each resource body against the types that Azure publishes, for each set of options."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pycep import BicepParser

from tests.support.bicep.arm import INFRA, OPTIONS, SKIPPED, arm, main
from tests.support.bicep.template import Resource, broken, declarations, evaluate, parsed
from tests.support.bicep.types import Types
from tests.support.bicep.values import Ref, parts, text

FILES = sorted(INFRA.rglob("*.bicep"))
OF_TENANT = {"eventHubRuleId": "/rule", "eventHubName": "entra"}
EXTENSION = "graph_permissions.bicep"
"""Its first statement is newer than the second parser."""


@pytest.fixture(scope="module")
def types(conformance_data: Path) -> Types:
    return Types(conformance_data / "bicep_types" / "types.json")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_second_parser_reads_all_of_it(file: Path):
    said = broken(parsed(file).root_node)
    assert said == (["6: extension microsoftGraphV1"] if file.name == EXTENSION else [])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_both_parsers_see_the_same(file: Path):
    first = BicepParser().parse(file_path=file)
    for kind, plural in (("parameter", "parameters"), ("variable", "variables"), ("module", "modules"), ("output", "outputs")):
        assert set(declarations(file, kind)) == set(first.get(plural, {})), kind
    resources = {name: text(parts(node)[1]).strip("'") for name, node in declarations(file, "resource").items()}
    assert resources == {name: f"{one['type']}@{one['api_version']}" for name, one in first.get("resources", {}).items()}


@pytest.mark.parametrize("name", OPTIONS)
def test_every_body_fits_the_published_types(types: Types, name: str):
    resources = evaluate(INFRA / "main.bicep", OPTIONS[name]).resources
    assert len(resources) >= 19
    assert [problem for resource in resources for problem in types.problems(resource)] == []


def test_the_diagnostic_setting_of_the_tenant_fits_them(types: Types):
    (resource,) = evaluate(INFRA / "entra_diagnostics.bicep", OF_TENANT).resources
    assert types.problems(resource) == []


def test_the_options_reach_every_resource_and_every_type_is_published(types: Types):
    reached = {(r.file, r.symbol) for given in OPTIONS.values() for r in evaluate(INFRA / "main.bicep", given).resources}
    written = {
        (file.name, name)
        for file in FILES
        if file.name not in (EXTENSION, "entra_diagnostics.bicep")
        for name, node in declarations(file, "resource").items()
        if "existing" not in [text(child) for child in node.children]
    }
    assert reached == written


def site() -> Resource:
    (found,) = [r for r in evaluate(INFRA / "main.bicep", OPTIONS["full"]).resources if r.type.startswith("Microsoft.Web/sites@")]
    return found


MISTAKES: list[tuple[list[Any], Any, str]] = [
    (["properties", "httpsOnyl"], True, "app.properties.httpsOnyl: no such property"),
    (["properties", "httpsOnly"], "true", "app.properties.httpsOnly: no boolean"),
    (["properties", "functionAppConfig", "runtime", "name"], "ruby", "app.properties.functionAppConfig.runtime.name: 'ruby' is none of"),
    (["properties", "functionAppConfig", "scaleAndConcurrency", "alwaysReady"], {"name": "x"}, "app.properties.functionAppConfig.scaleAndConcurrency.alwaysReady: no array"),
    (["properties", "functionAppConfig", "scaleAndConcurrency", "maximumInstanceCount"], "40", "app.properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount: no integer"),
    (["properties", "state"], "Running", "app.properties.state: read-only"),
    (["location"], None, ""),
    (["name"], ..., "app.name: missing"),
    (["identity", "type"], "UserAsigned", "app.identity.type: 'UserAsigned' is none of"),
    (["tags"], [], "app.tags: no object"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "said"), MISTAKES)
def test_a_mistake_is_found(types: Types, path: list[Any], value: Any, said: str):
    resource = site()
    body = deepcopy(resource.body)
    where = body
    for step in path[:-1]:
        where = where[step]
    if value is ...:
        del where[path[-1]]
    else:
        where[path[-1]] = value
    found = types.problems(resource._replace(body=body))
    assert bool(said) is any(problem.startswith(said) for problem in found), found
    assert len(found) <= 1


def test_an_unknown_version_is_found(types: Types):
    assert types.problems(site()._replace(type="Microsoft.Web/sites@1999-01-01")) == ["app: no such type: Microsoft.Web/sites@1999-01-01"]


def test_what_only_a_deployment_knows_fits(types: Types):
    resource = site()
    assert isinstance(resource.body["properties"]["serverFarmId"], Ref)
    assert types.problems(resource) == []


@pytest.mark.parametrize("given", [{}, {"elasticUrl": "x", "nothing": 1}], ids=["missing", "unknown"])
def test_a_parameter_that_is_missing_or_unknown_is_said(given: dict[str, Any]):
    with pytest.raises(TypeError, match="parameter"):
        evaluate(INFRA / "main.bicep", given)


def test_what_the_scanner_passes_over_has_a_reason(tmp_path: Path):
    main(tmp_path)
    written = [json.loads(file.read_text()) for file in sorted(tmp_path.iterdir())]
    assert len(written) == 2
    skips = [skip for template in written for one in template["resources"] for skip in one.get("metadata", {}).get("checkov", [])]
    used = {skip.removeprefix("checkov:skip=").partition(":")[0] for skip in skips}
    assert used == {check for skips in SKIPPED.values() for check in skips}
    assert all(len(reason) > 20 for skips in SKIPPED.values() for reason in skips.values())
    assert arm(evaluate(INFRA / "main.bicep", OPTIONS["secrets"]), "secrets") == written[1]
