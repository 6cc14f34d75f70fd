"""CloudTrail records as Logstash's CloudTrail codec hands them on: it moves ``eventTime`` to ``@timestamp``.

Source: Logstash codec plugin cloudtrail, ``decode``; seen in published security data sets.
"""

from collections.abc import Mapping

from ....reading.fields import Fields
from ...dialect import Dialect

_OWN = ("@timestamp", "@version")


def _recognise(record: Fields) -> bool:
    data = record.data
    return "@timestamp" in data and "eventName" in data and "eventSource" in data and not record.has("eventTime")


def _translate(record: Fields) -> Mapping[str, object]:
    kept = {name: value for name, value in record.data.items() if name not in _OWN}
    return {**kept, "eventTime": record.data["@timestamp"]}


LOGSTASH = Dialect(
    name="Logstash, CloudTrail codec",
    marks=frozenset({"@timestamp"}),
    recognise=_recognise,
    translate=_translate,
    sample={
        "@timestamp": "2026-11-20T09:01:00.000Z",
        "@version": "1",
        "eventVersion": "1.11",
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "eventType": "AwsConsoleSignIn",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.10",
        "userIdentity": {
            "type": "Root",
            "principalId": "111122223333",
            "arn": "arn:aws:iam::111122223333:root",
            "accountId": "111122223333",
        },
        "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": {"MFAUsed": "No"},
        "eventID": "00000000-0000-4000-8000-000000000001",
        "recipientAccountId": "111122223333",
    },
)
