"""Documents of Elastic's aws.cloudtrail integration and of Filebeat's aws module, without ``event.original`` or with a broken one.

Source: elastic/integrations, packages/aws, ingest pipeline and expected documents of the data stream cloudtrail. The pipeline keeps the objects
``requestParameters``, ``responseElements``, ``additionalEventData`` and ``serviceEventDetails`` as the text of a Java map, and as objects under
``flattened`` unless the agent's option drops them.
"""

from collections.abc import Mapping

from ....reading.fields import Fields, mapping, scalar
from ....reading.struct_text import struct_in
from ...dialect import Dialect, Gap, columns, nested
from ...dialect_rows import put
from .paths import PORTAL

_SESSION = "userIdentity.sessionContext"
_CLOUDTRAIL = {
    "eventVersion": "event_version",
    "eventType": "event_type",
    "eventCategory": "event_category",
    "errorCode": "error_code",
    "errorMessage": "error_message",
    "requestID": "request_id",
    "recipientAccountId": "recipient_account_id",
    "managementEvent": "management_event",
    "readOnly": "read_only",
    "vpcEndpointId": "vpc_endpoint_id",
    "userIdentity.type": "user_identity.type",
    "userIdentity.arn": "user_identity.arn",
    "userIdentity.accessKeyId": "user_identity.access_key_id",
    "userIdentity.invokedBy": "user_identity.invoked_by",
    f"{_SESSION}.attributes.mfaAuthenticated": "user_identity.session_context.mfa_authenticated",
    f"{_SESSION}.attributes.creationDate": "user_identity.session_context.creation_date",
    f"{_SESSION}.sessionIssuer.type": "user_identity.session_context.session_issuer.type",
    f"{_SESSION}.sessionIssuer.principalId": "user_identity.session_context.session_issuer.principal_id",
    f"{_SESSION}.sessionIssuer.arn": "user_identity.session_context.session_issuer.arn",
    f"{_SESSION}.sessionIssuer.accountId": "user_identity.session_context.session_issuer.account_id",
}
_COMMON = {
    "eventTime": "@timestamp",
    "eventName": "event.action",
    "eventSource": "event.provider",
    "eventID": "event.id",
    "awsRegion": "cloud.region",
    "sourceIPAddress": "source.address",
    "userAgent": "user_agent.original",
    "userIdentity.accountId": "cloud.account.id",
    "userIdentity.principalId": "user.id",
    "tlsDetails.cipherSuite": "tls.cipher",
    "tlsDetails.clientProvidedHostHeader": "tls.client.server_name",
}
_TEXTS = {
    "requestParameters": "request_parameters",
    "responseElements": "response_elements",
    "additionalEventData": "additional_eventdata",
    "serviceEventDetails": "service_event_details",
}
_LOGIN = {"MFAUsed": "mfa_used", "MobileVersion": "mobile_version", "LoginTo": "login_to"}
_SAID = {"true": "Yes", "false": "No"}
_DOTTED = frozenset({
    "aws.cloudtrail.user_identity.type", "aws.cloudtrail.user_identity.arn", "aws.cloudtrail.event_type", "aws.cloudtrail.event_version",
    "aws.cloudtrail.console_login.additional_eventdata.mfa_used", "aws.cloudtrail.recipient_account_id", "aws.cloudtrail.response_elements",
})  # fmt: skip


_HAS = ("user_identity", "event_version", "event_type", "recipient_account_id", "flattened")
_OF_IDENTITY = ("type", "arn", "access_key_id", "invoked_by", "session_context")


def _recognise(record: Fields) -> bool:
    """A document of the integration; Gatewatch's own documents have these fields as well and are none."""
    data = record.data
    if "gatewatch" in data or any(name.startswith("gatewatch.") for name in data):
        return False
    return not _DOTTED.isdisjoint(data) or bool(mapping(mapping(data.get("aws")).get("cloudtrail")))


def _translate(record: Fields) -> Mapping[str, object]:
    document = Fields(nested(record.data))
    cloudtrail = document.object("aws").object("cloudtrail")
    found: dict[str, object] = {}
    for holder, names in ((document, _COMMON), (cloudtrail, _CLOUDTRAIL)):
        for path, place in names.items():
            _set(found, path, at(holder, place))
    if "sourceIPAddress" not in found:
        _set(found, "sourceIPAddress", at(document, "source.ip"))
    for path, place in _TEXTS.items():
        _set(found, path, _object(cloudtrail, place))
    identity = cloudtrail.get("user_identity") if cloudtrail.has(*_HAS) else cloudtrail.data
    if identity not in (None, "", {}) and not Fields(mapping(identity)).has(*_OF_IDENTITY):
        found["userIdentity"] = identity  # what cannot be read: the decoder flags it
    _login(found, document, cloudtrail)
    _names(found, document)
    return found


def _object(cloudtrail: Fields, place: str) -> object:
    """The object from ``flattened``, else from the text of a Java map. A text that cannot be read stays as it is."""
    kept = cloudtrail.object("flattened").get(place)
    if kept not in (None, ""):
        return kept
    text = cloudtrail.get(place)
    opened = struct_in(text) if isinstance(text, str) else None
    return text if opened is None else opened


def _login(found: dict[str, object], document: Fields, cloudtrail: Fields) -> None:
    """What the pipeline says of a console login with fields of its own, where the objects are not there or cannot be read."""
    if scalar(found.get("eventName")) != "ConsoleLogin":
        return
    login = cloudtrail.object("console_login").object("additional_eventdata")
    if not mapping(found.get("additionalEventData")):
        said = {name: login.get(place) for name, place in _LOGIN.items() if login.get(place) is not None}
        if said:
            found["additionalEventData"] = {name: _SAID.get(scalar(value) or "", value) for name, value in said.items()}
    outcome = scalar(document.object("event").get("outcome"))
    if not mapping(found.get("responseElements")) and outcome in {"success", "failure"}:
        found["responseElements"] = {"ConsoleLogin": outcome.capitalize()}


def _names(found: dict[str, object], document: Fields) -> None:
    """``user.name`` is the user's own name, but for a role session the name of the role."""
    name = document.object("user").get("name")
    kind = (scalar(mapping(found.get("userIdentity")).get("type")) or "").casefold()
    _set(found, f"{_SESSION}.sessionIssuer.userName" if kind == "assumedrole" else "userIdentity.userName", name)
    version = scalar(document.object("tls").get("version"))
    _set(found, "tlsDetails.tlsVersion", f"TLSv{version}" if version else None)


def at(record: Fields, place: str) -> object:
    """The value at a dotted path below a record, or None."""
    *outer, last = place.split(".")
    for name in outer:
        record = record.object(name)
    return record.get(last)


def _set(found: dict[str, object], path: str, value: object) -> None:
    if value not in (None, ""):
        put(found, path, value)


ELASTIC = Dialect(
    name="Elastic aws.cloudtrail documents",
    marks=frozenset({"aws", *_DOTTED}),
    recognise=_recognise,
    translate=_translate,
    columns=(columns("@timestamp", "event.action", "event.provider", "aws.cloudtrail.user_identity.type"),),
    cannot_carry=(
        Gap("identity_store", "The pipeline drops onBehalfOf and credentialId: a portal user is known by name only.", actions=PORTAL),
        Gap("role_delivery", "The pipeline drops ec2RoleDelivery.", flagged=False),
    ),
    sample={
        "@timestamp": "2026-11-20T09:01:00.000Z",
        "event.dataset": "aws.cloudtrail",
        "event.provider": "signin.amazonaws.com",
        "event.action": "ConsoleLogin",
        "event.outcome": "success",
        "event.id": "00000000-0000-4000-8000-000000000001",
        "aws.cloudtrail.event_version": "1.11",
        "aws.cloudtrail.event_type": "AwsConsoleSignIn",
        "aws.cloudtrail.recipient_account_id": "111122223333",
        "aws.cloudtrail.user_identity.type": "Root",
        "aws.cloudtrail.user_identity.arn": "arn:aws:iam::111122223333:root",
        "aws.cloudtrail.response_elements": "{ConsoleLogin=Success}",
        "aws.cloudtrail.additional_eventdata": "{LoginTo=https://console.aws.amazon.com/console/home, MobileVersion=No, MFAUsed=No}",
        "aws.cloudtrail.console_login.additional_eventdata.mfa_used": False,
        "cloud.account.id": "111122223333",
        "cloud.region": "us-east-1",
        "source.address": "203.0.113.10",
        "source.ip": "203.0.113.10",
        "user.id": "111122223333",
        "user_agent.original": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    },
)
