"""Entra and endpoint CSV files as portals and scripts write them, from their bytes to their alerts."""

import csv
import io
import json

import pytest

from gatewatch.flow.replay import replay
from gatewatch.providers.catalogue import dialect_of_columns
from gatewatch.providers.endpoint.dialects import DIALECTS as ENDPOINT
from gatewatch.reading.files import Carrier, read
from tests.support import entra_forms as forms
from tests.support.channels import bundle
from tests.unit.providers.entra.test_dialects import AUDIT_RECORD, PORTAL

# The columns of an interactive sign-in in the order of the portal, 2026-01: one stands there twice, two end with a blank.
PORTAL_COLUMNS = (
    "Date (UTC)", "Request ID", "User agent", "Correlation ID", "User ID", "User", "Username", "User type", "Cross tenant access type",
    "Incoming token type", "Authentication Protocol", "Unique token identifier", "Original transfer method", "Client credential type",
    "Token Protection - Sign In Session", "Token Protection - Sign In Session StatusCode", "Application", "Application ID ",
    "App owner tenant ID", "Resource", "Resource ID ", "Resource tenant ID", "Resource owner tenant ID", "Home tenant ID",
    "Home tenant name", "IP address", "Location", "Status", "Sign-in error code", "Failure reason", "Client app", "Device ID", "Browser",
    "Operating System", "Compliant", "Managed", "Join Type", "Multifactor authentication result", "Multifactor authentication auth method",
    "Multifactor authentication auth detail", "Authentication requirement", "Sign-in identifier", "Session ID",
    "IP address (seen by resource)", "Through Global Secure Access", "Global Secure Access IP address", "Autonomous system  number",
    "Flagged for review", "Token issuer type", "Incoming token type", "Token issuer name", "Latency", "Conditional Access",
    "Managed Identity type", "Associated Resource Id", "Federated Token Id", "Federated Token Issuer",
)  # fmt: skip
APPLICATION_COLUMNS = (
    "Date (UTC)", "Request ID", "Correlation ID", "Service principal ID", "Service principal name", "Credential key ID",
    "Credential thumbprint", "Application", "Application ID ", "App owner tenant ID", "Resource", "Resource ID ", "Resource tenant ID",
    "Resource owner tenant ID", "Home tenant ID", "Home tenant name", "IP address", "Location", "Status", "Sign-in error code",
    "Failure reason", "Conditional Access",
)  # fmt: skip


def table(*rows, columns=None, delimiter=","):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    names = columns or tuple(rows[0])
    writer.writerow(names)
    writer.writerows([["" if row.get(name) is None else row.get(name, "") for name in names] for row in rows])
    return text.getvalue()


def replayed(body):
    carrier = Carrier(tenant=forms.TENANT, known_columns=lambda header: dialect_of_columns(header) is not None)
    return replay(lambda: read(["-"], stdin=io.BytesIO(body), carrier=carrier), bundle())


def lost(record):
    """Export-Csv of an object: nested values are names of types."""
    row = forms.powershell(record)
    return {
        name: f"Microsoft.Graph.PowerShell.Models.{name}"
        if isinstance(value, dict)
        else "System.String[]"
        if isinstance(value, list)
        else value
        for name, value in row.items()
    }


ANALYTICS = forms.analytics(forms.SIGN_IN, text=True, Type="SigninLogs")
RISKY = {
    "Defender": table(forms.defender(forms.SIGN_IN)),
    "Defender for Excel of Germany": table(forms.defender(forms.SIGN_IN), delimiter=";"),
    "Log Analytics": table(ANALYTICS),
    "Sentinel's portal": table(forms.with_zone(ANALYTICS)),
    "Sentinel's detections": table(forms.with_zone(forms.analytics(forms.DETECTION, text=True, Type="AADUserRiskEvents"))),
    "Microsoft-Extractor-Suite": table(forms.extractor_suite(forms.DETECTION)),
    "Export-Csv": table(lost(forms.SIGN_IN)),
    "pandas": table({name: str(value) for name, value in forms.SIGN_IN.items()}),
    "flattened": table(forms.dotted(forms.SIGN_IN)),
    "a custom table": table(forms.custom_table(forms.SIGN_IN)),
}


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", RISKY.values(), ids=RISKY)
def test_high_risk_in_a_csv_is_one_alert(text, codec):
    done = replayed(text.encode(codec))

    (alert,) = done.alerts
    assert (alert.rule, alert.snapshot.event_count, alert.key.day) == ("entra_risky_signin", 1, "2026-11-20")


def test_the_portals_own_file_is_read_with_all_its_columns():
    done = replayed(table(dict(PORTAL.sample), columns=PORTAL_COLUMNS).encode("utf-8-sig"))
    assert done.counts == {"stored": 1}  # the entry to a control plane
    assert done.seen.doubts["not_carried_risk"] == 1


def test_the_portals_file_of_applications_is_read():
    row = {"Service principal ID": "5b000001-0000-4000-8000-000000000001", "Service principal name": "backup", "Credential key ID": "k"}
    done = replayed(table({**PORTAL.sample, **row}, columns=APPLICATION_COLUMNS).encode())
    assert done.counts == {"stored": 1}
    assert done.seen.earliest.isoformat() == "2026-11-20T10:01:00+00:00"


def test_the_unified_audit_log_of_purview_is_read():
    row = {
        "RecordId": "r",
        "CreationDate": "11/20/2026 10:01:00 AM",
        "RecordType": "15",
        "Operation": "UserLoggedIn",
        "UserId": "dana@example.com",
        "AuditData": json.dumps(AUDIT_RECORD),
    }
    other = row | {"Operation": "FileAccessed", "AuditData": json.dumps(AUDIT_RECORD | {"Operation": "FileAccessed"})}
    done = replayed(table(row, other).encode())
    assert done.counts == {"stored": 1, "ignored:unified_audit_log_not_a_sign_in": 1}


def test_risky_users_are_ignored_by_name():
    row = {
        "Id": "u",
        "IsDeleted": "False",
        "RiskDetail": "none",
        "RiskLastUpdatedDateTime": "6/17/2026 6:06:20 PM",
        "RiskLevel": "high",
        "RiskState": "atRisk",
        "UserDisplayName": "Dana",
        "UserPrincipalName": "dana@example.com",
    }
    assert replayed(table(row).encode()).counts == {"ignored:graph_risky_user": 1}


@pytest.mark.parametrize(
    "header", ["Date,User,Application,Sign-in status,Risk state,Risk level (aggregate)", "Detection type,User,Time detected"]
)
def test_the_portals_risk_reports_are_refused_by_name(header):
    assert replayed(f"{header}\n{','.join('x' for _ in header.split(','))}\n".encode()).counts == {"refused:csv_columns_unknown": 1}


FLAT = {dialect.name: dict(dialect.sample) for dialect in ENDPOINT if dialect.columns and "Event" not in dialect.sample}


@pytest.mark.parametrize("record", FLAT.values(), ids=FLAT)
def test_process_starts_in_a_csv_are_one_alert(record):
    (alert,) = replayed(table(record).encode()).alerts
    assert alert.rule == "endpoint_cloud_cli_auth"
