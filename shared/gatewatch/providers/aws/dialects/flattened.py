"""CloudTrail records whose objects became columns: ``userIdentity.type``, ``user_identity_type``, ``userIdentitytype``.

Splunk's field lists, Logs Insights, pandas' ``json_normalize``, jq, data frames and connectors (Fivetran) write them so.
"""

from collections.abc import Mapping

from ....reading.fields import Fields
from ...dialect import Dialect, columns, nested
from .paths import BY_COLUMN, COLUMNS, OBJECTS, joined

_BELOW = tuple(f"{outer}." for outer in OBJECTS)


def _recognise(record: Fields) -> bool:
    if not record.has("eventName", "eventSource"):
        return False
    return not isinstance(record.data.get("userIdentity"), dict) or any(name.startswith(_BELOW) for name in record.data)


def translate(record: Fields) -> Mapping[str, object]:
    """The record with objects again. A column below an object keeps its own spelling if it is none of the known paths."""
    found: dict[str, object] = {}
    for name, value in record.data.items():
        path = BY_COLUMN.get(joined(name)) or _below(name) or name
        if value in (None, "") and path in found:
            continue
        found[path] = _one(value)
    return nested(found)


def _one(value: object) -> object:
    """The value of a column that an index extracted twice: Splunk then has a list of equal values."""
    return value[0] if isinstance(value, list) and value and all(item == value[0] for item in value) else value


def _below(name: str) -> str | None:
    """``additionalEventData.Anything`` in AWS's spelling of the object; None for a column that is below no object of a record."""
    outer, dot, inner = name.partition(".")
    return next((f"{known}.{inner}" for known in OBJECTS if joined(known) == joined(outer)), None) if dot else None


FLATTENED = Dialect(
    name="CloudTrail with flattened columns",
    marks=COLUMNS,
    recognise=_recognise,
    translate=translate,
    columns=tuple(
        columns("eventName", "eventTime", f"{outer}{mark}{inner}")
        for outer, mark in (
            ("userIdentity", "."),
            ("userIdentity", ""),
            ("userIdentity", "/"),
            ("userIdentity", ":"),
            ("userIdentity", "-"),
        )
        for inner in ("type", "arn", "userName", "principalId")
    ),
    sample={
        "eventVersion": "1.11",
        "eventTime": "2026-11-20T09:01:00Z",
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.10",
        "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "eventID": "00000000-0000-4000-8000-000000000001",
        "eventType": "AwsConsoleSignIn",
        "recipientAccountId": "111122223333",
        "userIdentity.type": "Root",
        "userIdentity.principalId": "111122223333",
        "userIdentity.arn": "arn:aws:iam::111122223333:root",
        "userIdentity.accountId": "111122223333",
        "responseElements.ConsoleLogin": "Success",
        "additionalEventData.LoginTo": "https://console.aws.amazon.com/console/home",
        "additionalEventData.MobileVersion": "No",
        "additionalEventData.MFAUsed": "No",
    },
)
