"""Rows of Sentinel's table AWSCloudTrail, from a query or from the portal's CSV (``TimeGenerated [UTC]``).

Source: Azure Monitor reference, table AWSCloudTrail. ``TimeGenerated`` is the time of the event. The objects of a record that have no columns
of their own are strings with JSON.
"""

from collections.abc import Mapping

from ....reading.fields import Fields
from ....reading.late_pattern import LatePattern
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import row, translated
from .paths import PORTAL

_SESSION = "userIdentity.sessionContext"
_ROWS = (
    row("eventID", "AwsEventId"),
    row("eventTime", "TimeGenerated"),
    row("eventVersion", "EventVersion"),
    row("eventSource", "EventSource"),
    row("eventName", "EventName"),
    row("eventType", "EventTypeName"),
    row("eventCategory", "Category"),
    row("managementEvent", "ManagementEvent"),
    row("readOnly", "ReadOnly"),
    row("awsRegion", "AWSRegion"),
    row("sourceIPAddress", "SourceIpAddress"),
    row("userAgent", "UserAgent"),
    row("errorCode", "ErrorCode"),
    row("errorMessage", "ErrorMessage"),
    row("requestID", "AwsRequestId_", "AwsRequestId"),
    row("recipientAccountId", "RecipientAccountId"),
    row("vpcEndpointId", "VpcEndpointId"),
    row("requestParameters", "RequestParameters"),
    row("responseElements", "ResponseElements"),
    row("additionalEventData", "AdditionalEventData"),
    row("serviceEventDetails", "ServiceEventDetails"),
    row("tlsDetails.tlsVersion", "TlsVersion"),
    row("tlsDetails.cipherSuite", "CipherSuite"),
    row("tlsDetails.clientProvidedHostHeader", "ClientProvidedHostHeader"),
    row("userIdentity.type", "UserIdentityType"),
    row("userIdentity.principalId", "UserIdentityPrincipalid"),
    row("userIdentity.arn", "UserIdentityArn"),
    row("userIdentity.accountId", "UserIdentityAccountId"),
    row("userIdentity.invokedBy", "UserIdentityInvokedBy"),
    row("userIdentity.accessKeyId", "UserIdentityAccessKeyId"),
    row("userIdentity.userName", "UserIdentityUserName"),
    row(f"{_SESSION}.attributes.mfaAuthenticated", "SessionMfaAuthenticated"),
    row(f"{_SESSION}.attributes.creationDate", "SessionCreationDate"),
    row(f"{_SESSION}.sessionIssuer.type", "SessionIssuerType"),
    row(f"{_SESSION}.sessionIssuer.principalId", "SessionIssuerPrincipalId"),
    row(f"{_SESSION}.sessionIssuer.arn", "SessionIssuerArn"),
    row(f"{_SESSION}.sessionIssuer.accountId", "SessionIssuerAccountId"),
    row(f"{_SESSION}.sessionIssuer.userName", "SessionIssuerUserName"),
    row(f"{_SESSION}.ec2RoleDelivery", "EC2RoleDelivery"),
)
_TIMES = ("TimeGenerated", "SessionCreationDate")
_IDENTITY = ("AwsEventId", "UserIdentityType", "UserIdentityArn", "UserIdentityPrincipalid", "UserIdentityUserName")


_ZONE = LatePattern(r" \[([^\]]{1,64})\]$")


def _is_row(record: Fields) -> bool:
    return "EventName" in record.data and any(name.startswith(_TIMES) for name in record.data)


def _is_local(record: Fields) -> bool:
    """Whether the portal wrote the times in the zone of a browser."""
    return not {match.group(1).casefold() for name in record.data if (match := _ZONE.search(name))} <= {"utc"}


def _translate(record: Fields) -> Mapping[str, object]:
    return translated(Fields({name.partition(" [")[0]: value for name, value in record.data.items()}), _ROWS)


_STORE = Gap("identity_store", "onBehalfOf has no column: a portal user is known by name only.", actions=PORTAL)
_SAMPLE: dict[str, object] = {
    "AwsEventId": "00000000-0000-4000-8000-000000000001",
    "EventVersion": "1.11",
    "EventSource": "signin.amazonaws.com",
    "EventTypeName": "AwsConsoleSignIn",
    "EventName": "ConsoleLogin",
    "UserIdentityType": "Root",
    "UserIdentityPrincipalid": "111122223333",
    "UserIdentityArn": "arn:aws:iam::111122223333:root",
    "UserIdentityAccountId": "111122223333",
    "AWSRegion": "us-east-1",
    "SourceIpAddress": "203.0.113.10",
    "UserAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "ResponseElements": '{"ConsoleLogin":"Success"}',
    "AdditionalEventData": '{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"}',
    "RecipientAccountId": "111122223333",
    "Type": "AWSCloudTrail",
}
SENTINEL = Dialect(
    name="Sentinel table AWSCloudTrail",
    marks=frozenset(_IDENTITY),
    recognise=lambda record: _is_row(record) and not _is_local(record),
    translate=_translate,
    columns=(columns("TimeGenerated", "EventName", "UserIdentityType"), columns("TimeGenerated", "EventName", "AwsEventId")),
    cannot_carry=(_STORE,),
    sample={"TimeGenerated": "2026-11-20T09:01:00Z", **_SAMPLE},
)
SENTINEL_LOCAL = Dialect(
    name="Sentinel table AWSCloudTrail with times of another zone (`TimeGenerated [Local Time]`)",
    marks=frozenset(_IDENTITY),
    recognise=lambda record: _is_row(record) and _is_local(record),
    translate=_translate,
    cannot_carry=(_STORE, Gap("time_zone", "Its times are those of a browser, read as UTC: up to 14 hours wrong. Export in UTC.")),
    sample={"TimeGenerated [Local Time]": "11/20/2026, 9:01:00.000 AM", **_SAMPLE},
)
