"""Records that differ from an ignored one in a single value: what decides about them is that value, and nothing hides it."""

import copy
from collections.abc import Iterator
from typing import Any

from gatewatch.providers.aws.event_names import CALLS
from gatewatch.providers.entra import control_planes, vocabulary

SIGN_IN = {
    "id": "calm-1",
    "createdDateTime": "2026-11-20T12:00:00Z",
    "userPrincipalName": "nobody@contoso.example",
    "userId": "99999999-0000-4000-8000-000000000009",
    "userDisplayName": "Nobody",
    "appId": "4765445b-32c6-49b0-83e6-1d93765276ca",
    "appDisplayName": "OfficeHome",
    "resourceDisplayName": "Office",
    "resourceId": "4765445b-32c6-49b0-83e6-1d93765276cb",
    "clientAppUsed": "Browser",
    "authenticationProtocol": "none",
    "originalTransferMethod": "none",
    "userAgent": "Mozilla/5.0",
    "ipAddress": "198.51.100.7",
    "riskState": "none",
    "riskLevelDuringSignIn": "none",
    "riskLevelAggregated": "hidden",
    "riskEventTypes_v2": [],
    "status": {"errorCode": 50140},
}
SUCCESS = SIGN_IN | {"status": {"errorCode": 0}}
WITHOUT_STATUS = {**SIGN_IN, "status": {}}
CALL = {
    "eventID": "c-1",
    "eventTime": "2026-11-20T12:00:00Z",
    "eventSource": "ec2.amazonaws.com",
    "eventName": "DescribeInstances",
    "sourceIPAddress": "198.51.100.7",
    "recipientAccountId": "111122223333",
    "userIdentity": {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:session",
        "arn": "arn:aws:sts::111122223333:assumed-role/Builder/session",
        "accessKeyId": "ASIAEXAMPLE",
    },
    "requestParameters": {"name": "x", "state": "DISABLED", "grantType": "urn:ietf:params:oauth:grant-type:device_code"},
    "responseElements": {"accessToken": "HIDDEN", "ConsoleLogin": "Success"},
}

# Every value that some reader of these forms knows, under the properties in which it may stand.
ENTRA: dict[tuple[str, ...], tuple[Any, ...]] = {
    ("riskState",): ("atRisk", "confirmedCompromised", "remediated", "none"),
    ("riskLevelDuringSignIn",): ("high", "low", "unheardOf"),
    ("riskLevelAggregated",): ("medium", "none"),
    ("riskEventTypes_v2",): (["anonymizedIPAddress"], "unfamiliarFeatures", ["none"]),
    ("riskEventTypes",): (["maliciousIPAddress"], '["newCountry"]'),
    ("status", "errorCode"): (*sorted(vocabulary.WRONG_CREDENTIAL)[:3], *sorted(vocabulary.STOPPED_BY_POLICY)[:3], 50199, "0", 0),
    ("appId",): (*sorted(control_planes.CLIENTS), "6bb4d2b0-0000-4000-8000-0000000000a1"),
    ("resourceId",): tuple(sorted(control_planes.RESOURCES)),
    ("resourceIdentity",): tuple(sorted(control_planes.RESOURCES)),
    ("appDisplayName",): ("AWS Contoso", "ConnectSyncProvisioning_x", "my (Amazon Web Services)"),
    ("resourceDisplayName",): ("aws", "Straws"),
    ("authenticationProtocol",): ("deviceCode", *sorted(vocabulary.PASSWORD_PROTOCOLS)),
    ("originalTransferMethod",): ("deviceCodeFlow",),
    ("clientAppUsed",): ("IMAP4", "Exchange ActiveSync", "Other clients", "Mobile Apps and Desktop clients"),
    ("userAgent",): ("BAV2ROPC",),
    ("userPrincipalName",): (
        "Sync_SRV_0123456789ab@contoso.example", "ADToAADSyncServiceAccount@contoso.example", "ana@contoso.example",
        "J\u00d6RG@contoso.example", "bob_partner.example#EXT#@contoso.example", "carol@contoso.example",
    ),
    ("userId",): ("11111111-0000-4000-8000-000000000001",),
    ("userDisplayName",): ("On-Premises Directory Synchronization Service Account", "on-premi\u017fes directory synchronization service account"),
    ("servicePrincipalName",): ("ConnectSyncProvisioning_x", "On-Premises Directory Synchronization Service Account"),
}  # fmt: skip
AWS: dict[tuple[str, ...], tuple[Any, ...]] = {
    ("eventSource",): ("signin.amazonaws.com", "eu-west-1.signin.aws.amazon.com"),
    ("userIdentity", "accessKeyId"): ("AKIAEXAMPLE",),
    ("userIdentity", "principalId"): ("AROAEXAMPLE:i-0123456789abcdef0",),
    ("userIdentity", "arn"): ("arn:aws:sts::111122223333:assumed-role/Builder/i-0123456789abcdef0",),
    ("userIdentity",): (
        {"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0123456789abcdef0"},
        {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:i-0123456789abcdef0",
            "arn": "arn:aws:sts::111122223333:assumed-role/Builder/i-0123456789abcdef0",
        },
    ),
}


def _with(record: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    found = copy.deepcopy(record)
    inner = found
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    inner[path[-1]] = value
    return found


def _flat() -> Iterator[dict[str, Any]]:
    for base in (SIGN_IN, SUCCESS, WITHOUT_STATUS):
        yield base
        for path, values in ENTRA.items():
            yield from (_with(base, path, value) for value in values)
    for value in ENTRA["resourceIdentity",]:
        yield _with({name: other for name, other in SUCCESS.items() if name != "resourceId"}, ("resourceIdentity",), value)
    for code in (0, "50126", 53003, "0"):
        yield WITHOUT_STATUS | {"resultType": code}
    nameless = {name: value for name, value in SUCCESS.items() if name not in {"userPrincipalName", "userId"}}
    workload = nameless | {"servicePrincipalId": "s-1", "signInEventTypes": ["servicePrincipal"]}
    for path in (("servicePrincipalName",), ("appDisplayName",)):
        yield from (_with(workload, path, value) for value in ENTRA[path])


def _calls() -> Iterator[dict[str, Any]]:
    yield CALL
    for path, values in AWS.items():
        yield from (_with(CALL, path, value) for value in values)
    for (service, _), name in CALLS.items():
        for who in (CALL["userIdentity"], {"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u"}}):
            yield CALL | {"eventSource": f"{service}.amazonaws.com", "eventName": name, "userIdentity": who}
    yield CALL | {"eventSource": "lambda.amazonaws.com", "eventName": "DeleteEventSourceMapping20150331"}


def _envelope(record: dict[str, Any]) -> dict[str, Any]:
    service = str(record["eventSource"]).partition(".")[0].replace("eu-west-1", "signin")
    return {"source": f"aws.{service}", "detail-type": "AWS API Call via CloudTrail", "detail": record}


def single_values() -> Iterator[dict[str, Any]]:
    """Records in every form."""
    for record in _flat():
        yield record
        outer = {"category": "SignInLogs", "properties": record}
        yield outer
        if "resultType" in record:
            yield outer | {"resultType": record["resultType"], "properties": {**record, "resultType": None}}
    for record in _calls():
        yield record
        yield _envelope(record)
    yield {"source": "aws.signin", "detail-type": "Sign-in Anomaly Alert", "detail": CALL}
