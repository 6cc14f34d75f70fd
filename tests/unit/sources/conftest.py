"""Records as vendors write them, made from a sample by naming what differs."""

import pytest

from gatewatch.flow.decoding import event
from gatewatch.model import Event, RawRecord


def console_login(**changes):
    record = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/anaya",
            "accountId": "111122223333",
            "userName": "anaya",
        },
        "eventTime": "2026-11-20T10:00:00Z",
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.23",
        "userAgent": "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0.0.0 Safari/537.36",
        "eventID": "e-1",
        "eventType": "AwsConsoleSignIn",
        "recipientAccountId": "111122223333",
        "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": {"LoginTo": "https://console.aws.amazon.com/", "MobileVersion": "No", "MFAUsed": "No"},
    }
    return _changed(record, changes)


def envelope(detail, /, **changes):
    record = {
        "version": "0",
        "id": "x-1",
        "detail-type": "AWS Console Sign In via CloudTrail",
        "source": "aws.signin",
        "account": "999999999999",
        "time": "2026-11-20T10:00:05Z",
        "detail": detail,
    }
    return _changed(record, changes)


def sign_in(**changes):
    record = {
        "id": "s-1",
        "createdDateTime": "2026-11-20T10:00:00Z",
        "userDisplayName": "Alice Example",
        "userPrincipalName": "alice@contoso.com",
        "userId": "00000000-1111-4000-8000-00000000000A",
        "appId": "C44B4083-3bb0-49c1-b47d-974e53cbdf3c",
        "appDisplayName": "Azure Portal",
        "ipAddress": "198.51.100.77",
        "clientAppUsed": "Browser",
        "correlationId": "c-1",
        "isInteractive": True,
        "riskDetail": "none",
        "riskLevelAggregated": "medium",
        "riskLevelDuringSignIn": "medium",
        "riskState": "atRisk",
        "riskEventTypes_v2": [],
        "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
        "deviceDetail": {"operatingSystem": "Windows 10", "browser": "Edge 142"},
        "location": {"city": "Berlin", "state": "Berlin", "countryOrRegion": "DE", "geoCoordinates": {"latitude": 52.5, "longitude": 13.4}},
    }
    return _changed(record, changes)


def detection(**changes):
    record = {
        "id": "d-1",
        "requestId": "s-1",
        "correlationId": "c-1",
        "riskEventType": "anonymizedIPAddress",
        "riskState": "atRisk",
        "riskLevel": "low",
        "riskDetail": "none",
        "detectionTimingType": "realtime",
        "activity": "signin",
        "ipAddress": "198.51.100.77",
        "activityDateTime": "2026-11-20T10:00:00Z",
        "detectedDateTime": "2026-11-20T10:01:00Z",
        "lastUpdatedDateTime": "2026-11-20T10:02:00Z",
        "userId": "00000000-1111-4000-8000-00000000000A",
        "userPrincipalName": "alice@contoso.com",
        "additionalInfo": '[{"Key":"userAgent","Value":"Mozilla/5.0 (Windows NT 10.0; rv:78.0) Gecko/20100101 Firefox/78.0"}]',
    }
    return _changed(record, changes)


def process(**changes):
    record = {
        "@timestamp": "2026-11-20T10:00:00Z",
        "event": {"category": ["process"], "type": ["start"], "kind": "event", "id": "p-1"},
        "host": {"name": "ws-17", "id": "h17"},
        "user": {"name": "alice", "domain": "CONTOSO"},
        "process": {
            "name": "az",
            "command_line": "az login",
            "args": ["az", "login"],
            "pid": 7,
            "parent": {"name": "bash", "command_line": "bash"},
        },
    }
    return _changed(record, changes)


def _changed(record, changes):
    record = {**record, **changes}
    return {key: value for key, value in record.items() if value is not ...}


@pytest.fixture
def make():
    """The samples, by name."""

    class Make:
        pass

    for function in (console_login, envelope, sign_in, detection, process):
        setattr(Make, function.__name__, staticmethod(function))
    return Make


@pytest.fixture
def read():
    """One record into its one event."""

    def one(data, **carrier):
        found = event(RawRecord(data=data, **carrier))
        assert isinstance(found, Event), found
        return found

    return one


@pytest.fixture
def reason():
    """Why a record becomes no event."""
    return lambda data: event(RawRecord(data=data)).reason
