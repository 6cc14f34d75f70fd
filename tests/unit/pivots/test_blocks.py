"""Every block of every playbook parses in its language, empty and filled in with hostile values."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from gatewatch.pivots import blocks, fill
from gatewatch.pivots.page import BY_HAND
from scripts.local_cloud.node import MODULES, NodeMissing, install
from tests.unit.pivots.hostile import NAMED, TIMES, filled

PAGES = sorted((Path(__file__).resolve().parents[3] / "docs/playbooks").glob("*_*.md"))
EVERY = [(page.stem, block) for page in PAGES for block in blocks(page.read_text("utf-8"))]

KUSTO = """
const folder = process.argv[2];
require(folder + '/@kusto/language-service-next/bridge.min');
require(folder + '/@kusto/language-service-next/Kusto.Language.Bridge.min');
const said = JSON.parse(require('fs').readFileSync(0, 'utf8')).map((query) => {
  const found = Kusto.Language.KustoCode.Parse(query).GetSyntaxDiagnostics();
  return Array.from({ length: found.Count ?? found.length }, (_, i) => (found.getItem ? found.getItem(i) : found[i]).Message);
});
console.log(JSON.stringify(said));
"""


def of(*languages: str) -> list:
    return [pytest.param(block, id=f"{rule} {number}") for number, (rule, block) in enumerate(EVERY) if block.language in languages]


def test_there_is_something_to_parse():
    assert {block.language for _, block in EVERY} == {"sh", "http", "kql", "esql", "spl"}
    assert len({rule for rule, _ in EVERY}) == len(PAGES)


def test_every_placeholder_is_known():
    used = {name for _, block in EVERY for name in re.findall(r"\{([a-z][a-z0-9_]*)\}", block.text)}

    assert {name for name in used if not re.fullmatch(r"(?:t|e)(_(minus|plus)_\d{1,3}[mhd])?", name)} - NAMED - set(TIMES) <= BY_HAND


def test_every_query_for_sentinel_parses(tmp_path):
    try:
        node = install()
    except NodeMissing as missing:
        pytest.skip(str(missing))
    program = tmp_path / "kusto.js"
    program.write_text(KUSTO, "utf-8")
    texts = [filled(block) for _, block in EVERY if block.language == "kql"]

    done = subprocess.run([node, str(program), str(MODULES)], input=json.dumps(texts), capture_output=True, text=True, check=True)

    assert [(text, said) for text, said in zip(texts, json.loads(done.stdout), strict=True) if said] == []


@pytest.mark.parametrize("block", of("sh"))
def test_every_command_line_is_read_by_a_shell(block):
    done = subprocess.run(["bash", "-n", "-c", filled(block)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def services():
    session, loaded = botocore.session.Session(), {}

    def model(name: str):
        if name not in loaded:
            loaded[name] = session.get_service_model(name)
        return loaded[name]

    return model


@pytest.mark.parametrize("block", of("sh"))
def test_every_aws_command_has_the_parameters_of_aws_model(block, services):
    commands = re.findall(r"\baws ([a-z0-9-]+) ([a-z0-9-]+)((?:[^\n\\]|\\\n)*)", block.text)
    assert commands

    for service, command, rest in commands:
        operation = services(service).operation_model(named(services(service), command))
        shape = operation.input_shape
        known = {xform_name(member, "-") for member in shape.members} if shape else set()
        given = set(re.findall(r"(?<=\s)--([a-z][a-z0-9-]*)", re.sub(r"'[^']*'", "''", rest)))
        booleans = {name.removeprefix("no-") for name in given}
        assert {name for name in booleans if name not in known} <= {"region", "query", "max-results"}, command
        assert {xform_name(name, "-") for name in (shape.required_members if shape else ())} <= booleans, command


def named(service, command: str) -> str:
    return next(name for name in service.operation_names if xform_name(name, "-") == command)


GRAPH = {
    "signIns": "SignIn",
    "riskDetections": "RiskDetection",
    "directoryAudits": "DirectoryAudit",
    "servicePrincipals": "ServicePrincipal",
}


@pytest.mark.parametrize("block", of("http"))
def test_every_graph_request_names_properties_that_the_types_have(block):
    try:
        install()
    except NodeMissing as missing:
        pytest.skip(str(missing))
    for line in block.text.splitlines():
        method, url = line.split(" ", 2)[:2]
        version, collection = re.match(r"https://graph\.microsoft\.com/(v1\.0|beta)/(.*?)(?=\?|$)", url).groups()
        assert method in {"GET", "POST", "PATCH", "DELETE"}
        query = line.partition("?")[2]
        kind = GRAPH.get(collection.split("/")[1 if collection.startswith(("auditLogs", "identityProtection")) else 0].split("?")[0])
        for path in re.findall(r"([A-Za-z]+(?:/[A-Za-z]+)*)(?: (?:eq|ge|le) |/any\()", query):
            assert has(version, kind, path.split("/")), path
        for name in re.findall(r"\$select=([A-Za-z,]+)", query):
            assert all(has(version, kind, [part]) for part in name.split(",")), name


def has(version: str, kind: str | None, path: list[str]) -> bool:
    """Whether this path of properties exists in Microsoft's published types."""
    package = "microsoft-graph-types" if version == "v1.0" else "microsoft-graph-types-beta"
    text = types(package)
    for name in path:
        if name == "t":  # the variable of a lambda expression
            return True
        kind = type_of(text, kind, name)
    return kind is not None


@cache
def types(package: str) -> str:
    return (MODULES / "@microsoft" / package / "microsoft-graph.d.ts").read_text("utf-8")


def type_of(text: str, kind: str | None, name: str) -> str | None:
    """The type of a property of an interface or of those that it extends."""
    body = re.search(rf"interface {kind}(?: extends (\w+))? \{{(.*?)^ {{0,4}}\}}", text, re.DOTALL | re.MULTILINE)
    if body is None:
        return None
    found = re.search(rf"^ *{name}\?: (?:NullableOption<)?(\w+)", body[2], re.MULTILINE)
    return found[1] if found else type_of(text, body[1], name)


@pytest.mark.parametrize("block", of("esql", "kql", "spl"))
def test_a_query_is_bound_to_the_time_of_the_alert(block):
    assert re.search(r"\{(?:t|e)_minus_\d+[mhd]\}", block.text)
    assert not re.search(r"\bago\(|NOW\(\)", block.text)


def test_a_block_with_a_condition_is_left_out_where_its_value_is_missing():
    page_ = (Path(__file__).resolve().parents[3] / "docs/playbooks/endpoint_cloud_cli_auth.md").read_text("utf-8")
    without, named = (
        [fill(block, {"host": "h", **more}) for block in blocks(page_)]
        for more in ({}, {"access_key_id": "AKIA", "t_minus_24h": "", "t_plus_24h": ""})
    )

    assert [one.block.language for one in named if one.block.conditional and one.useful] == ["sh", "esql", "sh"]
    assert not any(one.useful for one in without if one.block.conditional)
    assert all(one.useful for one in without if not one.block.conditional)
