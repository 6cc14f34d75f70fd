"""The published EQL, run by an EQL engine over what the pipeline writes and over documents as endpoint agents write them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import product
from typing import Any

import eql
import pytest

from tests.queries.conftest import started

TICKS = 10_000_000
"""The engine counts time in tenths of a microsecond."""

ON_EVIDENCE = {
    "aws_console_login_no_mfa": {"login-alice", "login-demo"},
    "aws_root_console_login": {"login-root"},
    "entra_risky_signin": {"s-ana", "s-fay", "s-ida"},
    "entra_risk_detection": {"d-kim", "d-lea"},
    "endpoint_cloud_cli_auth_evidence": {"process-1", "process-2", "process-3"},
    "endpoint_cloud_cli_auth": {"process-1", "process-2", "process-3"},  # the evidence says what an encoded command was
}
SEQUENCES = {
    "endpoint_then_cloud": ["process-3", "s-ana"],
    "entra_risk_then_aws": ["s-ana", "login-ana@contoso.example"],
}


def plain(value: Any) -> Iterator[Any]:
    """Every reading of a document with one value a field: in Elasticsearch a term matches a list when it matches one of its values."""
    if isinstance(value, Mapping):
        for values in product(*(list(plain(inner)) for inner in value.values())):
            yield dict(zip(value, values, strict=True))
    elif isinstance(value, list):
        yield from value or [None]
    else:
        yield value


def asked(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a query may name: the typed record beside the fields is not indexed; lists that none names are long."""
    wanted = {name: document[name] for name in ("event", "aws", "azure", "process", "cloud") if name in document}
    wanted["event"] = wanted["event"] | {"category": document["event"]["category"][0], "type": document["event"]["type"][0]}
    if "azure" in wanted:
        entra = dict(wanted["azure"])
        entra.get("identityprotection", {}).get("properties", {}).pop("additional_info", None)
        wanted["azure"] = entra
    return wanted | {"gatewatch": {name: value for name, value in document.get("gatewatch", {}).items() if name in {"person", "process"}}}


def events(document: Mapping[str, Any]) -> Iterator[eql.Event]:
    category = document["event"]["category"][0]
    when = datetime.fromisoformat(document["@timestamp"]).timestamp()
    for reading in plain(asked(document)):
        yield eql.Event(category, int(when * TICKS), reading)


def matches(text: str, documents: list[Mapping[str, Any]]) -> list[list[str]]:
    """The ids of the events of every match, in the order of time."""
    engine = eql.PythonEngine()
    found: list[Any] = []
    engine.add_output_hook(found.append)
    with eql.parser.elasticsearch_syntax:
        engine.add_query(eql.parse_query(text))
    for document in sorted(documents, key=lambda each: datetime.fromisoformat(each["@timestamp"])):
        for event in events(document):
            engine.stream_event(event)
    engine.finalize()
    return [[event.data["event"]["id"] for event in match.events] for match in found]


def single(text: str, documents: list[Mapping[str, Any]]) -> set[str]:
    return {event for match in matches(text, documents) for event in match}


def test_every_file_is_tried(folder):
    assert {path.stem for path in (folder / "eql").iterdir()} == {*ON_EVIDENCE, *SEQUENCES}


@pytest.mark.parametrize("name", ON_EVIDENCE)
def test_a_query_finds_exactly_these(folder, evidence, name):
    assert single((folder / f"eql/{name}.eql").read_text(), list(evidence.values())) == ON_EVIDENCE[name]


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_sequence_finds_both_ends_of_one_person(folder, evidence, name):
    assert SEQUENCES[name] in matches((folder / f"eql/{name}.eql").read_text(), list(evidence.values()))
    others = [document for document in evidence.values() if document["gatewatch"].get("person") != "ana@contoso.example"]
    assert matches((folder / f"eql/{name}.eql").read_text(), others) == []


def test_a_risk_without_a_state_is_found(folder, evidence):
    """A rule that says only ``not ... in (...)`` never fires where the field is missing."""
    document = {**evidence["s-fay"]}
    properties = {**document["azure"]["signinlogs"]["properties"]}
    del properties["risk_state"]
    document["azure"] = {"signinlogs": {"properties": properties}}
    assert single((folder / "eql/entra_risky_signin.eql").read_text(), [document]) == {"s-fay"}


@pytest.mark.parametrize(
    ("line", "name", "found"),
    [
        ("az login", "az", True),
        ("/usr/bin/az login", "bash", True),
        ('"C:\\Program Files\\Microsoft SDKs\\Azure\\CLI2\\wbin\\az.cmd" login', "cmd.exe", True),
        ("python.exe -IBm azure.cli login", "python.exe", True),
        ("/opt/az/bin/python3 -Im azure.cli login --identity", "python3", True),
        ("aws sso login --profile prod", "aws", True),
        ('"C:\\Program Files\\Amazon\\AWSCLIV2\\aws.exe" sts get-caller-identity', "aws.exe", True),
        ("gcloud auth activate-service-account --key-file k.json", "gcloud", True),
        ("powershell.exe -Command Connect-AzAccount", "powershell.exe", True),
        ("powershell.exe -enc QwBvAG4AbgBlAGMAdAAtAEEAegBBAGMAYwBvAHUAbgB0AA==", "powershell.exe", False),  # needs Gatewatch
        ("topaz login", "topaz", False),
        ('git commit -m "az login"', "git", False),
        ('grep -r "az login" docs', "grep", False),
        ("aws s3 ls", "aws", False),
        ("az login --help", "az", False),
        ("bash -c 'topaz login'", "bash", False),
    ],
)
def test_the_endpoint_query_on_an_agents_document(folder, line, name, found):
    document = started(9, 0, line, name=name)
    assert bool(single((folder / "eql/endpoint_cloud_cli_auth.eql").read_text(), [document])) is found


def test_the_endpoint_query_needs_no_command_line_where_there_are_arguments(folder):
    text = (folder / "eql/endpoint_cloud_cli_auth.eql").read_text()
    assert single(text, [started(9, 0, None, args=["az", "login"])]) == {"process-9"}
    assert single(text, [started(9, 0, None, args=["az", "group", "list"])]) == set()
    assert single(text, [started(9, 0, "az login") | {"event": {"id": "e", "category": ["process"], "type": ["end"]}}]) == set()
