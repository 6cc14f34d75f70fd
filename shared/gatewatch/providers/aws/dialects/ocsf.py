"""CloudTrail in OCSF, as Security Lake and converters write it: Authentication (3002), API Activity (6003) and the account classes.

Sources: ocsf/examples, mappings of CloudTrail for OCSF 1.0.0-rc.2, 1.1.0 and 1.5.0; Security Lake user guide. What has no attribute in OCSF is in
``unmapped`` under its path. In rc.2 ``uid`` is the principal id and ``uuid`` the ARN; from 1.1.0 ``uid`` is the ARN and ``uid_alt`` the id.
"""

from collections.abc import Mapping, Sequence

from ....reading.fields import Fields, items, mapping, scalar
from ....reading.struct_text import looks_like_struct, struct_in
from ...dialect import Dialect, Gap, columns, nested
from ...dialect_rows import put

_SESSION = "userIdentity.sessionContext"
_PLAIN = {
    "eventName": "api.operation",
    "eventSource": "api.service.name",
    "requestID": "api.request.uid",
    "errorCode": "api.response.error",
    "errorMessage": "api.response.message",
    "requestParameters": "api.request.data",
    "awsRegion": "cloud.region",
    "recipientAccountId": "cloud.account.uid",
    "userAgent": "http_request.user_agent",
    "eventID": "metadata.uid",
    "eventType": "metadata.event_code",
    "eventVersion": "metadata.product.version",
    "eventCategory": "metadata.product.feature.name",
    "vpcEndpointId": "src_endpoint.uid",
    "userIdentity.userName": "actor.user.name",
    "userIdentity.invokedBy": "actor.invoked_by",
    f"{_SESSION}.attributes.creationDate": "actor.session.created_time_dt",
    f"{_SESSION}.sessionIssuer.arn": "actor.session.issuer",
    "additionalEventData.LoginTo": "dst_endpoint.svc_name",
    "tlsDetails.tlsVersion": "tls.version",
    "tlsDetails.cipherSuite": "tls.cipher",
    "tlsDetails.clientProvidedHostHeader": "tls.sni",
}
_MFA = {True: "Yes", False: "No"}
_PORTAL = "identitycenteruser"
_PRODUCTS = frozenset({"cloudtrail", "aws cloudtrail"})
_NO_KIND = frozenset({"unknown", "other"})  # what OCSF calls a kind of user that it cannot name; ``unmapped`` may have it
_STATUS = {"1": "Success", "2": "Failure"}


def _recognise(record: Fields) -> bool:
    if not any(isinstance(record.data.get(name), dict | str) for name in ("metadata", "api")) and "api.operation" not in record.data:
        return False
    record = _opened(record)
    product = record.object("metadata").object("product")
    return (scalar(product.get("name")) or "").casefold() in _PRODUCTS and record.object("api").has("operation")


def _translate(record: Fields) -> Mapping[str, object]:
    record = _opened(record)
    found = dict(nested(_unmapped(record.get("unmapped"))))
    for path, place in _PLAIN.items():
        _set(found, path, _at(record, place))
    _set(found, "userIdentity.type", _kind(record))
    _set(found, "eventTime", record.first("time", "time_dt"))
    _set(found, "sourceIPAddress", record.object("src_endpoint").first("ip", "domain"))
    _set(found, "responseElements", _answer(record))
    _set(found, "additionalEventData.MFAUsed", _said(record.first("is_mfa", "mfa"), _MFA))
    session = record.object("actor").object("session")
    _set(found, f"{_SESSION}.attributes.mfaAuthenticated", _said(session.first("is_mfa", "mfa"), {True: "true", False: "false"}))
    for path, value in _identity(record.object("actor")).items():
        _set(found, path, value)
    who = _lost(record)
    places = {"userIdentity": who, "additionalEventData": record.get("unmapped")}
    lost = {name: lost for name, lost in places.items() if _unreadable(lost)}  # for the decoder to flag
    if who and "userIdentity" not in found:
        lost["userIdentity"] = who  # an object of which nothing is known
    return found | lost


def _kind(record: Fields) -> object:
    """The kind of identity, unless OCSF has no name for it."""
    written = _at(record, "actor.user.type")
    return None if (scalar(written) or "").casefold() in _NO_KIND else written


def _unreadable(value: object) -> bool:
    return value not in (None, "", {}, []) and not mapping(value) and not _unmapped(value)


def _lost(record: Fields) -> object:
    """The actor, or the user in it if that is no object."""
    user = record.object("actor").get("user")
    return record.get("actor") if user is None else user


def _opened(record: Fields) -> Fields:
    """The record with objects for columns that are text of a struct (Athena) or paths (``api.operation``)."""
    data = record.data
    if any("." in name for name in data):
        data = nested(data)
    if any(isinstance(value, str) and value[:1] == "{" for value in data.values()):
        data = {name: _struct(value) for name, value in data.items()}
    return Fields(data)


def _struct(value: object) -> object:
    opened = struct_in(value) if isinstance(value, str) and looks_like_struct(value) else None
    return value if opened is None else opened


def _identity(actor: Fields) -> dict[str, object]:
    """Who acted. Of the ids of a user, the one that begins like an ARN is the ARN."""
    user = actor.object("user")
    ids = [user.get(name) for name in ("uid", "uuid", "uid_alt")]
    arn = next((text for text in ids if (scalar(text) or "").startswith("arn:")), None)
    other = next((text for text in ids if text not in (None, "", arn)), None)
    portal = (scalar(user.get("type")) or "").casefold() == _PORTAL
    account = user.object("account").get("uid") or user.get("account_uid")
    credential = user.get("credential_uid")
    found = {"userIdentity.arn": arn, "userIdentity.accountId": account}
    if portal:
        store = actor.object("idp").get("uid")
        return found | {
            "userIdentity.onBehalfOf.userId": other,
            "userIdentity.onBehalfOf.identityStoreArn": store,
            "userIdentity.credentialId": credential,
        }
    return found | {"userIdentity.principalId": other, "userIdentity.accessKeyId": credential}


def _answer(record: Fields) -> object:
    """``responseElements``. Where the answer is not there, the status still says success or failure of a console login."""
    answer = _at(record, "api.response.data")
    if answer not in (None, ""):
        return answer
    written = (scalar(record.get("status")) or "").capitalize()
    status = written if written in _STATUS.values() else _STATUS.get(scalar(record.get("status_id")) or "")
    login = scalar(record.get("class_uid")) == "3002" or scalar(_at(record, "api.operation")) == "ConsoleLogin"
    return {"ConsoleLogin": status} if status is not None and login else None


def _unmapped(value: object) -> dict[str, object]:
    """The map of what has no attribute: an object, or the list of pairs or of keys with values that Parquet readers make of a map."""
    entries = items(value)
    if not all(isinstance(item, dict) and item.keys() == {"key", "value"} for item in entries) and (found := mapping(value)):
        return dict(found)
    pairs: list[Sequence[object]] = [(item["key"], item["value"]) for item in entries if isinstance(item, dict)]
    pairs += [item for item in entries if isinstance(item, list | tuple) and len(item) == 2]
    return {item[0]: item[1] for item in pairs if isinstance(item[0], str)}


def _said(value: object, names: Mapping[bool, str]) -> object:
    """A boolean as CloudTrail writes it; any other value as it is."""
    known = {"true": True, "false": False}.get(value.casefold(), value) if isinstance(value, str) else value
    return names[known] if isinstance(known, bool) else value


def _at(record: Fields, place: str) -> object:
    *outer, last = place.split(".")
    for name in outer:
        record = record.object(name)
    return record.get(last)


def _set(found: dict[str, object], path: str, value: object) -> None:
    if value not in (None, ""):
        put(found, path, value)


OCSF = Dialect(
    name="OCSF (Security Lake)",
    marks=frozenset({"class_uid", "api.operation"}),
    recognise=_recognise,
    translate=_translate,
    columns=(columns("class_uid", "metadata", "api", "actor"), columns("api.operation", "metadata.product.name", "actor.user.type")),
    cannot_carry=(Gap("session_issuer_type", "OCSF 1.0.0-rc.2 has no place for the kind of the session's issuer.", flagged=False),),
    sample={
        "metadata": {
            "product": {"name": "CloudTrail", "vendor_name": "AWS", "version": "1.11", "feature": {"name": "Management"}},
            "uid": "00000000-0000-4000-8000-000000000001",
            "version": "1.1.0",
            "event_code": "AwsConsoleSignIn",
        },
        "time": 1795165260000,
        "cloud": {"provider": "AWS", "region": "us-east-1"},
        "api": {
            "operation": "ConsoleLogin",
            "service": {"name": "signin.amazonaws.com"},
            "response": {"data": '{"ConsoleLogin":"Success"}'},
        },
        "actor": {
            "user": {"type": "Root", "uid": "arn:aws:iam::111122223333:root", "uid_alt": "111122223333", "account": {"uid": "111122223333"}}
        },
        "dst_endpoint": {"svc_name": "https://console.aws.amazon.com/console/home"},
        "src_endpoint": {"ip": "203.0.113.10"},
        "http_request": {"user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"},
        "class_uid": 3002,
        "class_name": "Authentication",
        "activity_id": 1,
        "type_uid": 300201,
        "is_mfa": False,
        "status": "Success",
        "unmapped": {"additionalEventData.MobileVersion": "No", "recipientAccountId": "111122223333", "readOnly": "false"},
    },
)
