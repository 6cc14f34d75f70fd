"""Real third-party records: who must alert does, who must not does not."""

from pathlib import Path
from typing import Any

from tests.golden.counts import PAGE, alone, page, records


def console_logins(data: Path) -> list[dict[str, Any]]:
    return [r for name, r in records(data) if name.startswith("aws") and dict(r["input"]).get("eventName") == "ConsoleLogin"]


def succeeded_without_mfa(record: dict[str, Any]) -> bool:
    raw = record["input"]
    mfa = str((raw.get("additionalEventData") or {}).get("MFAUsed") or "absent").lower()
    return (raw.get("responseElements") or {}).get("ConsoleLogin") == "Success" and mfa != "yes"


def test_every_iam_user_and_root_login_without_mfa_alerts(conformance_data: Path) -> None:
    people = [r for r in console_logins(conformance_data) if r["input"]["userIdentity"]["type"] in {"IAMUser", "Root"}]
    due = [r for r in people if succeeded_without_mfa(r)]
    assert len(due) > 10
    assert [r["id"] for r in due if not alone(r)[1]] == []


def test_no_federated_login_alerts_alone(conformance_data: Path) -> None:
    federated = [
        r
        for r in console_logins(conformance_data)
        if "SamlProviderArn" in str(r["input"].get("additionalEventData"))
        or "assumed-role/AWSReservedSSO_" in str(r["input"]["userIdentity"])
    ]
    assert federated
    assert [r["id"] for r in federated if alone(r)[1]] == []


def test_no_closed_risk_alerts(conformance_data: Path) -> None:
    closed = []
    for name, record in records(conformance_data):
        properties = record["input"].get("properties") or record["input"]
        if name.startswith("entra") and str(properties.get("riskState")).lower() in {"dismissed", "remediated", "confirmedsafe"}:
            closed.append(record)
    assert closed
    assert [r["id"] for r in closed if alone(r)[1]] == []


def test_every_record_has_one_fate(conformance_data: Path) -> None:
    dispositions = [alone(record)[0] for _, record in records(conformance_data)]
    assert all(disposition.split(":")[0] in {"stored", "ignored", "refused"} for disposition in dispositions)


def test_the_page_is_fresh(conformance_data: Path) -> None:
    assert PAGE.read_text("utf-8") == page(conformance_data), "run make conformance"
