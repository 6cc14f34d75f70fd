"""What the reading cases expect: files that people really hand over, and what reading makes of each.

The inputs stay outside this repository. Where a case allows a refusal or an alternative, reading is required here.
"""

from typing import NamedTuple

BOTH = {"aws_console_login_no_mfa": 1, "aws_root_console_login": 1}
ROOT = {"aws_root_console_login": 1}
RISKY = {"entra_risky_signin": 1}
CLI_LOGIN = {"endpoint_cloud_cli_auth": 1}


class Expected(NamedTuple):
    """What one replay must say. ``dispositions`` is compared when it is given; ``severity`` and ``day`` are those of the only alert."""

    alerts: dict[str, int]
    dispositions: dict[str, int] | None = None
    code: int = 0
    severity: str = ""
    day: str = ""


REPLAYS: dict[str, Expected] = {
    "A01": Expected(ROOT, severity="critical"),
    "A03": Expected(ROOT, severity="critical"),
    "A05": Expected(RISKY),
    "A07": Expected(RISKY, severity="critical"),
    "A08": Expected(RISKY, severity="critical"),
    "A10": Expected({}, {"refused:lookup_entry_without_record": 1}, code=1),
    **dict.fromkeys(("B01", "B03", "B04", "C01", "C03", "C04", "C05", "C08"), Expected(BOTH, {"stored": 2})),
    "C06": Expected(ROOT, {"stored": 1}),
    **dict.fromkeys(("D01", "D04", "D05", "D06", "D08", "D10", "D11"), Expected(BOTH, {"stored": 2})),
    "D12": Expected(ROOT, severity="critical"),
    "D14": Expected(ROOT, severity="critical"),
    "D16": Expected({}, {"ignored:unified_audit_log_carries_no_risk": 1}),
    "D17": Expected({**BOTH, **RISKY}, {"stored": 4, "duplicate": 1}),  # one document is there twice, as after a rollover
    "E01": Expected({"aws_console_login_no_mfa": 1}, severity="medium"),
    "E03": Expected({}, {"stored": 1}),
    "E04": Expected(RISKY, severity="critical"),
    "F01": Expected(BOTH, {"stored": 2, "refused:csv_columns_unknown": 1}),
    "F02": Expected({}, {"ignored:cloudtrail_digest": 1}),
    "F04": Expected(BOTH, {"stored": 2, "duplicate": 98}),
    "F05": Expected({}, {"refused:file_truncated_or_corrupt": 1}, code=1),  # no frame of zstd is behind its first bytes
    "G01": Expected(RISKY, day="2026-11-20"),
    "G04": Expected(RISKY, day="2026-11-20"),
    "G05": Expected({**RISKY, "xcloud_entra_risk_then_aws": 1}),
    "H01": Expected(CLI_LOGIN, severity="low"),
    "H03": Expected(CLI_LOGIN, severity="low"),
    "H04": Expected(CLI_LOGIN, severity="low"),
    "H05": Expected({}),
    "H06": Expected(CLI_LOGIN, severity="low"),
    "T10": Expected(BOTH, {"stored": 2}),
}
"""The cases that are a replay of one input."""

OTHERS: dict[str, str] = {
    "F07": "test_reading.py: one enormous line",
    "T01": "test_operators.py: a pattern among emergency accounts",
    "T04": "test_operators.py: a setting below a section",
    "T05": "test_operators.py: a compare file with a mistake",
    "T06": "test_operators.py: an alert that is open is not reopened",
    "T09": "test_operators.py: alerts list names the person",
}
"""The other cases, with the test that holds each."""

WAITING: dict[str, str] = {}
"""Cases that do not pass yet, with the part that makes them pass. One that passes may not stand here: its test says so."""
