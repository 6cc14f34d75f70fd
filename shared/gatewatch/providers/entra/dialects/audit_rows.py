"""Rows of Log Analytics' AuditLogs with the times of a portal's export, and the CSV files that hold them."""

from collections.abc import Mapping

from ....reading.fields import Fields
from ...dialect import Dialect, Gap, columns

_UTC = " [UTC]"
_MARKS = frozenset({f"TimeGenerated{_UTC}", f"ActivityDateTime{_UTC}"})


def _recognise(record: Fields) -> bool:
    return not _MARKS.isdisjoint(record.data) and record.has("InitiatedBy") and record.has("OperationName", "ActivityDisplayName")


def _translate(record: Fields) -> Mapping[str, object]:
    return {name.removesuffix(_UTC): value for name, value in record.data.items()}


AUDIT_ROWS = Dialect(
    name="Log Analytics and Sentinel: AuditLogs rows with times in UTC (`ActivityDateTime [UTC]`)",
    marks=_MARKS,
    recognise=_recognise,
    translate=_translate,
    columns=(
        columns("TimeGenerated", "OperationName", "InitiatedBy", "TargetResources"),
        columns("ActivityDateTime", "ActivityDisplayName", "InitiatedBy"),
    ),
    cannot_carry=(Gap("columns_left_out", "What the query did not project is unknown.", flagged=False),),
    sample={
        "TimeGenerated [UTC]": "11/20/2026, 10:16:00.000 AM",
        "ActivityDateTime [UTC]": "11/20/2026, 10:15:00.000 AM",
        "ActivityDisplayName": "User registered security info",
        "OperationName": "User registered security info",
        "Category": "UserManagement",
        "Id": "Directory_00000000-0000-4000-9000-000000000001_A1B2C_100001",
        "InitiatedBy": '{"user":{"id":"00000000-0000-4000-a000-000000000001","userPrincipalName":"dana@example.com","ipAddress":"198.51.100.66"}}',
        "TargetResources": '[{"id":"00000000-0000-4000-a000-000000000001","type":"User","userPrincipalName":"dana@example.com"}]',
        "Result": "success",
        "Type": "AuditLogs",
    },
)
