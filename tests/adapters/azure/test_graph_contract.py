"""Our fake of Graph against what Microsoft publishes about Graph: the types' properties, enumerations, and which fields can be filtered."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from azure_function.graph_streams import queries
from azure_function.settings import GraphSettings
from gatewatch.polling.streams import Slice
from scripts.local_cloud.fake_cloud.records import beta_sign_in, directory_audit, risk_detection, risky_sign_in, sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.fake_cloud.tenant import NEEDED
from scripts.local_cloud.node import MODULES, NodeMissing, install
from tests.support.graph_types.schema import enum, problems

NOW = datetime.now(UTC)
QUERIES = queries(GraphSettings(tenant_id="t"))


@pytest.fixture(scope="module", autouse=True)
def _types() -> None:
    try:
        install()
    except NodeMissing as missing:
        pytest.skip(f"no published Graph types: {missing}")


RECORDS = [
    pytest.param("v1", "SignInPage", sign_in(NOW), id="sign-in"),
    pytest.param("v1", "SignInPage", risky_sign_in(NOW, level="high", riskState="confirmedCompromised"), id="risky sign-in"),
    pytest.param("beta", "SignInPage", beta_sign_in(NOW, signInEventTypes=["nonInteractiveUser"]), id="beta sign-in"),
    pytest.param("v1", "DirectoryAuditPage", directory_audit(NOW), id="directory audit"),
    pytest.param("v1", "RiskDetectionPage", risk_detection(NOW), id="user-level detection"),
    pytest.param("v1", "RiskDetectionPage", risk_detection(NOW, requestId="r", riskEventType="anonymizedIPAddress"), id="linked detection"),
]


@pytest.mark.parametrize(("version", "page", "record"), RECORDS)
def test_our_records_have_the_published_shape(version: str, page: str, record: dict[str, Any]):
    assert problems(version, page, {"value": [record]}) == []


@pytest.mark.parametrize(
    "record", [sign_in(NOW, riskState="weird"), sign_in(NOW, riskLvl="low"), sign_in(NOW, status="0")], ids=["enum", "name", "type"]
)
def test_the_schema_would_see_a_wrong_record(record: dict[str, Any]):
    assert problems("v1", "SignInPage", {"value": [record]})


@pytest.mark.parametrize(
    ("path", "page"), [("auditLogs/signIns", "SignInPage"), ("identityProtection/riskDetections", "RiskDetectionPage")]
)
def test_what_the_fake_answers_has_the_published_shape(path: str, page: str):
    with FakeCloud() as cloud:
        cloud.graph.tokens["t"] = [*NEEDED.values()]
        cloud.graph.largest_page = 1
        cloud.graph.add_sign_ins(sign_in(NOW), risky_sign_in(NOW))
        cloud.graph.add_risk_detections(risk_detection(NOW), risk_detection(NOW))
        link = f"{cloud.url}/v1.0/{path}"
        pages = []
        with httpx.Client(headers={"Authorization": "Bearer t"}) as client:
            while link:
                pages.append(client.get(link).json())
                link = pages[-1].get("@odata.nextLink")
    assert len(pages) == 2
    assert [problems("v1", page, body) for body in pages] == [[], []]


def test_the_risk_states_of_our_filter_are_all_that_graph_has_but_none():
    asked = set(re.findall(r"riskState eq '(\w+)'", QUERIES["risky_sign_ins"].extra))
    assert asked == enum("v1", "RiskState") - {"none", "unknownFutureValue"}


@pytest.mark.parametrize(("field", "operators"), [("createdDateTime", {"ge", "le"}), ("riskState", {"eq"})])
def test_sign_ins_can_be_filtered_as_we_do(field: str, operators: set[str]):
    text = (MODULES / "@microsoft" / "microsoft-graph-types" / "microsoft-graph.d.ts").read_text()
    start = text.index("export interface SignIn extends")
    comment, _, _ = text[start:].partition(f"    {field}?:")
    supported = re.findall(r"\$filter \(([^)]*)\)", comment.rpartition("?:")[2])
    assert operators <= set(re.findall(r"\w+", supported[-1]))
    piece = Slice(NOW - timedelta(hours=1), NOW)
    used = re.findall(rf"\b{field} (\w+)", QUERIES["risky_sign_ins"].filter(piece))
    assert set(used) == operators


def test_directory_audits_can_be_filtered_as_we_do():
    text = (MODULES / "@microsoft" / "microsoft-graph-types" / "microsoft-graph.d.ts").read_text()
    start = text.index("export interface DirectoryAudit extends")
    comment, _, _ = text[start:].partition("    activityDateTime?:")
    supported = re.findall(r"\$filter \(([^)]*)\)", comment)
    used = re.findall(r"\bactivityDateTime (\w+)", QUERIES["directory_audits"].filter(Slice(NOW - timedelta(hours=1), NOW)))
    assert used == ["ge", "le"]
    assert set(used) <= set(re.findall(r"\w+", supported[-1]))


def test_no_filter_uses_an_operator_that_graph_ignores():
    piece = Slice(NOW - timedelta(hours=1), NOW)
    assert not [s for s in QUERIES.values() if re.search(r"\b(gt|lt|ne)\b", s.filter(piece))]


def test_the_types_are_the_locked_ones(repository: Path):
    assert '"@microsoft/microsoft-graph-types": "2.' in (repository / "package.json").read_text()
    assert '"resolved"' not in (repository / "package-lock.json").read_text()
