"""The attack that the demo plays and `examples/` holds: raw records as AWS and Microsoft write them, at times relative to one moment.

Documentation addresses (RFC 5737), example domains and AWS's example account only.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

ACCOUNT = "111122223333"
TENANT = "9f3c7a52-6b1d-4f0e-8c2a-5d7e1b3f9a60"
CARLA = ("Carla Reyes", "carla.reyes@example.com", "5b0f7c1e-93a4-4f2d-a8b6-1c2d3e4f5a6b")
ANONYMIZER = "198.51.100.66"
OFFICE = "203.0.113.10"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
_NAMESPACE = uuid.UUID("0b8d3f1c-4e57-4a19-9d2b-7c6a5e4f3d21")

type Record = dict[str, Any]


class Cloud(Struct, frozen=True):
    """A cloud in which acts of the story happen, and what its host sends and knows."""

    option: str  # of the command line: the name of the runtime that plays it
    name: str  # for people
    sns: bool  # whether its host sends to SNS beside Teams
    tenant: str | None = None  # of its connection


AWS = Cloud("aws", "AWS", sns=True)
ENTRA = Cloud("entra", "Entra ID", sns=False, tenant=TENANT)
CLOUDS = (AWS, ENTRA)


class Act(Struct, frozen=True):
    """One thing that happens. ``late`` acts are on a Graph page that becomes visible only on a later poll."""

    title: str
    cloud: Cloud
    record: Record
    expect: str
    late: bool = False


def acts(start: datetime) -> list[Act]:
    """The story in order of arrival; ``start`` is when the first thing happens."""

    def after(minutes: float) -> datetime:
        return start + timedelta(minutes=minutes)

    root = console_login(after(4), root_identity(), OFFICE, mfa="No")
    return [
        Act("Bob signs in to AWS through the company's identity provider", AWS, console_login(after(1), saml_identity("bob@example.com"), OFFICE, saml=True), "silent: the identity provider did MFA"),
        Act("the root user signs in without MFA", AWS, root, "an alert, critical"),
        Act("the same root login is delivered again", AWS, root, "nothing new"),
        Act("a build user signs in with a password alone", AWS, console_login(after(5), iam_identity("ci-release"), OFFICE, mfa="No"), "an alert, medium"),
        Act("Carla signs in to AWS through the identity provider", AWS, console_login(after(7), saml_identity(CARLA[1]), "192.0.2.201", saml=True), "silent, so far"),
        Act("Carla's morning sign-in, from the office", ENTRA, sign_in(after(0), OFFICE), "not kept: nothing in it"),
        Act("Carla signed in through an anonymizer; the page arrives late", ENTRA, sign_in(after(2), ANONYMIZER, risk=("anonymizedIPAddress",), level="medium"), "an alert, and the login to AWS is seen in a new light", late=True),
    ]  # fmt: skip


def console_login(at: datetime, identity: Record, address: str, *, mfa: str | None = None, saml: bool = False) -> Record:
    """An EventBridge envelope around a CloudTrail ConsoleLogin."""
    event_id = _id("aws", at, identity["arn"], address)
    extra: Record = {"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": mfa or "No"}
    if saml:
        extra["SamlProviderArn"] = f"arn:aws:iam::{ACCOUNT}:saml-provider/ExampleIdP"
    return {
        "version": "0",
        "id": _id("envelope", at, identity["arn"], address),
        "detail-type": "AWS Console Sign In via CloudTrail",
        "source": "aws.signin",
        "account": ACCOUNT,
        "time": _stamp(at),
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": identity,
            "eventTime": _stamp(at),
            "eventSource": "signin.amazonaws.com",
            "eventName": "ConsoleLogin",
            "awsRegion": "us-east-1",
            "sourceIPAddress": address,
            "userAgent": BROWSER,
            "requestParameters": None,
            "responseElements": {"ConsoleLogin": "Success"},
            "additionalEventData": extra,
            "eventID": event_id,
            "readOnly": False,
            "eventType": "AwsConsoleSignIn",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        },
    }


def root_identity() -> Record:
    """The account's root user."""
    return {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT, "accessKeyId": ""}


def iam_identity(name: str) -> Record:
    """An IAM user."""
    return {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEPRINCIPAL",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "accountId": ACCOUNT,
        "userName": name,
    }


def saml_identity(session: str) -> Record:
    """A role session that an identity provider opened; Entra sets the session name to the UPN."""
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLEROLEID:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/{session}",
        "accountId": ACCOUNT,
    }


_DEVICE = {
    "deviceId": "",
    "displayName": "",
    "operatingSystem": "Windows 10",
    "browser": "Edge 142",
    "isCompliant": False,
    "isManaged": False,
    "trustType": "",
}
_MADRID = {
    "city": "Madrid",
    "state": "Madrid",
    "countryOrRegion": "ES",
    "geoCoordinates": {"altitude": None, "latitude": 40.4, "longitude": -3.7},
}

_PORTAL = {
    "appId": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    "appDisplayName": "Azure Portal",
    "resourceDisplayName": "Windows Azure Service Management API",
    "resourceId": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
}
_OFFICE = {
    "appId": "4765445b-32c6-49b0-83e6-1d93765276ca",
    "appDisplayName": "OfficeHome",
    "resourceDisplayName": "Microsoft Graph",
    "resourceId": "00000003-0000-0000-c000-000000000000",
}


def sign_in(at: datetime, address: str, *, risk: tuple[str, ...] = (), level: str = "none") -> Record:
    """A Microsoft Graph v1.0 signIn of Carla's."""
    name, upn, user_id = CARLA
    return {
        "id": _id("entra", at, upn, address),
        "createdDateTime": _stamp(at),
        "userDisplayName": name,
        "userPrincipalName": upn,
        "userId": user_id,
        **(_PORTAL if risk else _OFFICE),
        "ipAddress": address,
        "clientAppUsed": "Browser",
        "correlationId": _id("correlation", at, upn, address),
        "conditionalAccessStatus": "notApplied",
        "isInteractive": True,
        "riskDetail": "none",
        "riskLevelAggregated": level,
        "riskLevelDuringSignIn": level,
        "riskState": "atRisk" if risk else "none",
        "riskEventTypes": list(risk),
        "riskEventTypes_v2": list(risk),
        "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
        "deviceDetail": _DEVICE,
        "location": _MADRID,
        "appliedConditionalAccessPolicies": [],
    }


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _id(*parts: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, "|".join(map(str, parts))))
