"""A day of two clouds and some endpoints, through the whole pipeline: what the published queries are asked about."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gatewatch.documents import evidence_document
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.ports import Ports
from gatewatch.providers.catalogue import BY_ID
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning.file import load
from scripts.local_cloud.fake_cloud.records import TENANT, risk_detection, risky_sign_in, sign_in
from tests.builders import endpoint
from tests.builders.aws import federated_record, root_record, user_record
from tests.elastic_server.fixtures import elastic_server
from tests.support.azure_memory import Sink

__all__ = ["elastic_server"]

MORNING = datetime(2026, 3, 14, 8, 0, tzinfo=UTC)
NOW = MORNING + timedelta(hours=9)
TUNING = """
break_glass = ["emergency@contoso.example"]

[[allowlist]]
id = "demo-account"
match = { principal = "demo" }
rules = ["aws_console_login_no_mfa"]
expires = "2026-12-31T00:00:00Z"
reason = "a demonstration account without rights"
owner = "cloud@contoso.example"
"""


def clock() -> datetime:
    """The evening of that day."""
    return NOW


def at(minutes: float) -> datetime:
    """So many minutes after eight."""
    return MORNING + timedelta(minutes=minutes)


def iam(user: str, minutes: float, mfa: str | None = "No", *, answer: str = "Success", **changes: Any) -> dict[str, Any]:
    """A console login of an IAM user."""
    return user_record(user, **said(user, minutes, mfa, answer), **changes)


def said(user: str, minutes: float, mfa: str | None, answer: str = "Success") -> dict[str, Any]:
    """When the login was, whether it succeeded and whether MFA was used."""
    more = {"MFAUsed": mfa} if mfa is not None else {}
    return {
        "eventID": f"login-{user}",
        "eventTime": at(minutes).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "responseElements": {"ConsoleLogin": answer},
        "additionalEventData": {"LoginTo": "https://console.aws.amazon.com/", **more},
    }


def root(minutes: float, mfa: str) -> dict[str, Any]:
    """A console login of root."""
    return root_record(**said("root", minutes, mfa))


def federated(person: str, minutes: float) -> dict[str, Any]:
    """A console login through Entra, which did the MFA."""
    return federated_record(person, **said(person, minutes, "No"))


def started(number: int, minutes: float, line: str | None, *, args: list[str] | None = None, name: str = "az", **changes: Any) -> Any:
    """A process start as Elastic's agent writes it."""
    return endpoint.started(f"process-{number}", at(minutes), line, name, args=args, **changes)


def graph(record: dict[str, Any], name: str) -> dict[str, Any]:
    """With an id that a test can name."""
    return record | {"id": name}


SAFE = {"riskState": "confirmedSafe", "riskLevelDuringSignIn": "high"}
CLEAN = {"riskEventTypes": [], "riskEventTypes_v2": []}
RECORDS: list[dict[str, Any]] = [
    iam("alice", 0),
    iam("bob", 1, "Yes"),
    iam("carol", 2, None),
    iam("dave", 3, answer="Failure"),
    iam("demo", 4),
    root(5, "No"),
    federated("erin@contoso.example", 6),
    started(1, 30, "az login --use-device-code"),
    started(2, 31, None, args=["aws", "sts", "get-caller-identity"], name="aws"),
    started(3, 32, "powershell.exe -enc QwBvAG4AbgBlAGMAdAAtAEEAegBBAGMAYwBvAHUAbgB0AA==", name="powershell.exe"),
    started(4, 33, 'git commit -m "az login"', name="git"),
    graph(risky_sign_in(at(60)), "s-ana"),
    graph(sign_in(at(61), "fay@contoso.example", riskLevelAggregated="high", riskState="atRisk"), "s-fay"),
    graph(risky_sign_in(at(62), "gil@contoso.example", **SAFE), "s-gil"),
    graph(risky_sign_in(at(63), "hal@contoso.example", "low", **CLEAN), "s-hal"),
    graph(risky_sign_in(at(64), "ida@contoso.example", riskEventTypes_v2=["unfamiliarFeatures", "anonymizedIPAddress"]), "s-ida"),
    graph(risky_sign_in(at(65), "jon@contoso.example", status={"errorCode": 50126, "failureReason": "x"}), "s-jon"),
    graph(sign_in(at(66), "emergency@contoso.example"), "s-break-glass"),
    graph(risk_detection(at(70), "kim@contoso.example"), "d-kim"),
    graph(risk_detection(at(71), "lea@contoso.example", riskEventType="anonymizedIPAddress", riskLevel="low"), "d-lea"),
    graph(risk_detection(at(72), "mia@contoso.example", riskState="dismissed"), "d-mia"),
    graph(risk_detection(at(73), "noa@contoso.example", riskLevel="low"), "d-noa"),
    federated("ana@contoso.example", 80),
]


def records() -> list[RawRecord]:
    """As their sources hand them over."""
    return [RawRecord(data=record, fetched=NOW - timedelta(minutes=1), tenant=TENANT, origin="test") for record in RECORDS]


def run(store: Any) -> None:
    """All of them through the pipeline; one of the two channels is wired here, so the other one's notifications stay owed."""
    tuning, problems = load(TUNING, rules=BY_ID)
    assert not problems
    process(records(), Ports(store=store, clock=clock, tuning=tuning, channels=("teams", "sns"), notifiers={"teams": Sink()}))


@pytest.fixture(scope="session")
def evidence() -> dict[str, dict[str, Any]]:
    """Every evidence document by the vendor's id of its event."""
    store = MemoryStore()
    run(store)
    return {found.event.vendor_id.partition("|")[2]: evidence_document(found) for found in store._evidence.values()}


@pytest.fixture(scope="session")
def run_day():
    """Puts the same day into another store."""
    return run


@pytest.fixture(scope="session")
def folder(repository: Path) -> Path:
    """Where the queries lie."""
    return repository / "infra/elastic/queries"
