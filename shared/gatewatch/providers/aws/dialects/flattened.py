"""CloudTrail records whose objects became columns: ``userIdentity.type``. Splunk's field lists, pandas' ``json_normalize`` and jq write them so."""

from collections.abc import Mapping

from ....reading.fields import Fields
from ...dialect import Dialect, columns, nested

_MARKS = frozenset({
    "userIdentity.type", "userIdentity.arn", "userIdentity.principalId", "userIdentity.accountId", "userIdentity.userName",
    "responseElements.ConsoleLogin", "additionalEventData.MFAUsed",
})  # fmt: skip


def _recognise(record: Fields) -> bool:
    return record.has("eventName") and not isinstance(record.data.get("userIdentity"), dict)


def _translate(record: Fields) -> Mapping[str, object]:
    return nested(record.data)


FLATTENED = Dialect(
    name="CloudTrail with flattened columns",
    marks=_MARKS,
    recognise=_recognise,
    translate=_translate,
    columns=(columns("eventName", "eventTime", "userIdentity.type"),),
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
