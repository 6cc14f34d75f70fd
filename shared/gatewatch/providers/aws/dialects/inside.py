"""CloudTrail records below one property of a shipper's document (``json``, ``detail``, ``attributes``), as an object or as columns with its path.

Filebeat's ``decode_json_fields``, Datadog's archives, EventBridge targets with an input path, tables of Wazuh's alerts (``data.aws.eventName``).
"""

from collections.abc import Mapping

from ....reading.fields import Fields
from ...dialect import Dialect, columns

_HOLDERS = (
    "detail",
    "json",
    "record",
    "Record",
    "attributes",
    "payload",
    "raw",
    "body",
    "log",
    "cloudtrail",
    "aws",
    "_source",
    "properties",
)
_OBJECTS = (*_HOLDERS, "data", "event", "eventData", "document", "doc", "msg")
_PATHS = (*_HOLDERS, "data.aws", "_source.data.aws", "Records", "_source.detail", "attributes.attributes", "aws.cloudtrail")
_NAMES = ("eventName", "userIdentity.type", "userIdentity.arn", "userIdentity")


def _held(record: Fields) -> Mapping[str, object] | None:
    """The object that is a CloudTrail record by its own names; None if there is none or if the whole is an EventBridge envelope."""
    data = record.data
    if "detail-type" in data or ("detail" in data and "source" in data):
        return None
    for name in _OBJECTS:
        held = data.get(name)
        if isinstance(held, dict) and "eventName" in held and ("eventSource" in held or "userIdentity" in held):
            return held
    return None


def _prefix(record: Fields) -> str | None:
    return next((f"{path}." for path in _PATHS if any(f"{path}.{name}" in record.data for name in _NAMES)), None)


def _translate_columns(record: Fields) -> Mapping[str, object]:
    prefix = _prefix(record) or ""
    return {name.removeprefix(prefix): value for name, value in record.data.items() if name.startswith(prefix)}


_LOGIN: dict[str, object] = {
    "eventVersion": "1.11",
    "eventTime": "2026-11-20T09:01:00Z",
    "eventSource": "signin.amazonaws.com",
    "eventName": "ConsoleLogin",
    "sourceIPAddress": "203.0.113.10",
    "eventID": "00000000-0000-4000-8000-000000000001",
    "recipientAccountId": "111122223333",
}
INSIDE = Dialect(
    name="CloudTrail below a property of a shipper's document",
    marks=frozenset(_OBJECTS),
    recognise=lambda record: _held(record) is not None,
    translate=lambda record: _held(record) or {},
    sample={
        "@timestamp": "2026-11-20T09:01:02Z",
        "json": {
            **_LOGIN,
            "userIdentity": {"type": "Root", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333"},
            "responseElements": {"ConsoleLogin": "Success"},
            "additionalEventData": {"MobileVersion": "No", "MFAUsed": "No"},
        },
    },
)
PREFIXED = Dialect(
    name="CloudTrail in columns with a path in front (`data.aws.eventName`, `detail.eventName`)",
    marks=frozenset(f"{path}.{name}" for path in _PATHS for name in _NAMES),
    recognise=lambda record: _prefix(record) is not None,
    translate=_translate_columns,
    columns=tuple(columns(f"{path}.eventName", f"{path}.userIdentity.type") for path in _PATHS),
    sample={
        "timestamp": "2026-11-20T09:01:02Z",
        "rule.id": "80254",
        **{f"data.aws.{name}": value for name, value in _LOGIN.items()},
        "data.aws.userIdentity.type": "Root",
        "data.aws.userIdentity.arn": "arn:aws:iam::111122223333:root",
        "data.aws.responseElements.ConsoleLogin": "Success",
        "data.aws.additionalEventData.MFAUsed": "No",
    },
)
