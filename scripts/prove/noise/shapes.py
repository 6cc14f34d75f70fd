"""Raw records of the organisation, in the vendors' shapes of `gatewatch simulate`, filled in fast: tens of thousands of them."""

import itertools
import random
from datetime import datetime
from typing import Any

from gatewatch.cli.simulate.behaviour import RecordTemplate, shape
from gatewatch.model import RawRecord

from .people import Network, Person

TENANT = "00000000-0000-4000-8000-00000000c0de"
ACCOUNT = "999988887777"
APPS = (
    ("00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online"),
    ("cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services"),
    ("00000003-0000-0ff1-ce00-000000000000", "Office 365 SharePoint Online"),
    ("4765445b-32c6-49b0-83e6-1d93765276ca", "OfficeHome"),
)
PORTAL = ("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal")
AWS_APP = ("00000000-0000-4000-8000-0000000000a5", "AWS Single-Account Access")
SAML_PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Entra"
AZURE_CLI = ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI")
ARM = {"resourceDisplayName": "Windows Azure Service Management API", "resourceId": "797f4846-ba00-4fd7-ba43-dac1f8f63013"}
_SIGN_IN, _PROCESS, _SAML, _KEY, _WORKLOAD = (
    shape(RecordTemplate(base)) for base in ("sign_in", "process", "saml_login", "key_call", "service_principal_sign_in")
)
_count = itertools.count(1)


def stamp(at: datetime) -> str:
    """A time as the vendors write it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _id() -> str:
    return f"{next(_count):08x}-0000-4000-8000-0000000000aa"


def raw(record: dict[str, Any], at: datetime) -> RawRecord:
    """The record as a poller hands it over."""
    return RawRecord(data=record, fetched=at, tenant=TENANT, origin="noise")


def device(person: Person, *, phone: bool) -> dict[str, Any]:
    """A managed laptop or a registered phone."""
    count = person.phone if phone else person.laptop
    system, browser, kind = ("iOS 19", "Mobile Safari 19", "2") if phone else ("Windows 11", "Edge 142.0.0", "1")
    return {
        "deviceId": f"{kind}{count:07d}-0000-4000-8000-{person.number:012d}",
        "displayName": f"{'PHONE' if phone else 'LAPTOP'}-{person.number:03d}-{count}",
        "operatingSystem": system,
        "browser": browser,
        "isCompliant": not phone,
        "isManaged": not phone,
        "trustType": "Azure AD registered" if phone else "Azure AD joined",
    }


def sign_in(person: Person, at: datetime, place: Network, rng: random.Random, app: tuple[str, str], **changes: Any) -> RawRecord:
    """One Entra sign-in of this person."""
    phone = changes.pop("phone", False)
    return raw(
        {
            **_SIGN_IN,
            "id": _id(),
            "createdDateTime": stamp(at),
            "userPrincipalName": person.upn,
            "userId": person.user_id,
            "userDisplayName": f"Person {person.number}",
            "appId": app[0],
            "appDisplayName": app[1],
            "resourceId": app[0],
            "resourceDisplayName": app[1],
            "ipAddress": place.address(rng),
            "location": {"countryOrRegion": place.country, "city": ""},
            "autonomousSystemNumber": place.asn,
            "correlationId": _id(),
            "sessionId": _id(),
            "deviceDetail": device(person, phone=phone),
            **changes,
        },
        at,
    )


def workload(name: str, at: datetime, place: Network, rng: random.Random, credential: str) -> RawRecord:
    """A sign-in of a service principal."""
    identity = {"appId": f"{name}-app", "servicePrincipalId": f"{name}-id", "servicePrincipalName": name, "appDisplayName": name}
    where = {"ipAddress": place.address(rng), "location": {"countryOrRegion": place.country}}
    return raw(
        {
            **_WORKLOAD,
            **identity,
            **where,
            "id": _id(),
            "createdDateTime": stamp(at),
            "correlationId": _id(),
            "clientCredentialType": credential,
        },
        at,
    )


def process(host: str, user: str, line: str, at: datetime, parent: str, email: str | None = None) -> RawRecord:
    """A process start."""
    args = line.split(" ")
    found = {
        "name": args[0],
        "executable": f"/usr/bin/{args[0]}",
        "command_line": line,
        "args": args,
        "pid": 4711,
        "parent": {"name": parent},
    }
    who = {"name": user, "domain": "CORP", **({"email": email} if email else {})}
    event = {**_PROCESS["event"], "id": _id()}
    return raw({**_PROCESS, "@timestamp": stamp(at), "event": event, "host": {"id": host, "name": host}, "user": who, "process": found}, at)


def saml_login(person: Person, at: datetime, place: Network, rng: random.Random, agent: str) -> RawRecord:
    """A console login through the identity provider."""
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/{person.upn}"
    issuer = {
        "type": "Role",
        "principalId": "AROACORP",
        "arn": f"arn:aws:iam::{ACCOUNT}:role/Developer",
        "accountId": ACCOUNT,
        "userName": "Developer",
    }
    session = {"sessionIssuer": issuer, "attributes": {"creationDate": stamp(at), "mfaAuthenticated": "false"}}
    who = {"type": "AssumedRole", "principalId": f"AROACORP:{person.upn}", "arn": arn, "accountId": ACCOUNT, "sessionContext": session}
    extra = {**_SAML["additionalEventData"], "SamlProviderArn": SAML_PROVIDER}
    return raw({**_aws(_SAML, at, place.address(rng), agent), "userIdentity": who, "additionalEventData": extra}, at)


def key_call(user: str, at: datetime, address: str, agent: str) -> RawRecord:
    """A GetCallerIdentity by a long-term key."""
    arn = f"arn:aws:iam::{ACCOUNT}:user/{user}"
    who = {
        "type": "IAMUser",
        "principalId": f"AIDA{user.upper()}",
        "arn": arn,
        "accountId": ACCOUNT,
        "accessKeyId": f"AKIA{user.upper()}",
        "userName": user,
    }
    return raw({**_aws(_KEY, at, address, agent), "userIdentity": who}, at)


def _aws(base: dict[str, Any], at: datetime, address: str, agent: str) -> dict[str, Any]:
    return {
        **base,
        "eventID": _id(),
        "requestID": _id(),
        "eventTime": stamp(at),
        "sourceIPAddress": address,
        "userAgent": agent,
        "recipientAccountId": ACCOUNT,
    }
