"""The paths of a CloudTrail record, and how exports spell them when they make a column of each.

Source: CloudTrail user guide, "CloudTrail record contents" and "CloudTrail userIdentity element".
"""

import re

PORTAL = (
    "UserAuthentication",
    "CredentialVerification",
    "CredentialChallenge",
    "CreateToken",
    "GetRoleCredentials",
    "Authenticate",
    "Federate",
)
"""The events whose user is known by the id in an identity store (``onBehalfOf``)."""

OBJECTS = (
    "userIdentity", "requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "tlsDetails", "insightDetails",
)  # fmt: skip
"""The properties of a record that are objects."""

_USER = (
    "type", "principalId", "arn", "accountId", "accessKeyId", "userName", "invokedBy", "identityProvider", "credentialId",
    "onBehalfOf.userId", "onBehalfOf.identityStoreArn", "sessionContext.attributes.mfaAuthenticated",
    "sessionContext.attributes.creationDate", "sessionContext.sessionIssuer.type", "sessionContext.sessionIssuer.principalId",
    "sessionContext.sessionIssuer.arn", "sessionContext.sessionIssuer.accountId", "sessionContext.sessionIssuer.userName",
    "sessionContext.ec2RoleDelivery", "sessionContext.sourceIdentity", "sessionContext.webIdFederationData.federatedProvider",
)  # fmt: skip
_EXTRA = (
    "MFAUsed", "MFAIdentifier", "LoginTo", "RedirectTo", "MobileVersion", "SamlProviderArn", "SwitchFrom", "client_id", "grant_type", "success",
    "AuthWorkflowID", "CredentialType", "DeviceEnrollmentRequired", "UserName", "identitystore:UserId", "identitystore:IdentityStoreArn",
)  # fmt: skip
_ANSWER = (
    "ConsoleLogin", "CheckMfa", "SwitchRole", "ExitRole", "RenewRole", "GetSigninToken", "PasswordRecoveryRequested",
    "PasswordRecoveryCompleted", "PasswordUpdated", "accessToken", "credentials.accessKeyId", "federatedUser.federatedUserId",
)  # fmt: skip
_SERVICE = ("CredentialChallenge", "CredentialVerification", "UserAuthentication", "account_id", "role_name")
_TLS = ("tlsVersion", "cipherSuite", "clientProvidedHostHeader")
_REQUEST = ("client_id", "clientId", "grantType", "roleArn", "roleSessionName", "name", "trailName")

PATHS: tuple[str, ...] = tuple(
    f"{outer}.{inner}"
    for outer, names in (
        ("userIdentity", _USER), ("additionalEventData", _EXTRA), ("responseElements", _ANSWER), ("serviceEventDetails", _SERVICE),
        ("tlsDetails", _TLS), ("requestParameters", _REQUEST),
    )
    for inner in names
)  # fmt: skip


_MARKS = re.compile(r"[^A-Za-z0-9]+")


def joined(name: str) -> str:
    """The form in which a path and the column that was made of it are equal: letters and digits only, case folded."""
    return _MARKS.sub("", name).casefold()


BY_COLUMN: dict[str, str] = {joined(path): path for path in PATHS}
"""Joined column name to path."""

_DECIDING = (
    "userIdentity.type", "userIdentity.arn", "userIdentity.principalId", "userIdentity.accountId", "userIdentity.userName",
    "responseElements.ConsoleLogin", "additionalEventData.MFAUsed",
)  # fmt: skip


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).casefold()


def _spellings(path: str) -> set[str]:
    outer, inner = path.split(".")
    snake = {f"{_snake(outer)}{mark}{end}" for mark in "._" for end in (_snake(inner), inner.casefold())}
    plain = {f"{outer}{mark}{inner}" for mark in (".", "_", "", "__", "/", ":", "-")}
    return {*snake, *plain, *(name.casefold() for name in plain), f"{outer[0].upper()}{outer[1:]}{inner[0].upper()}{inner[1:]}"}


COLUMNS: frozenset[str] = frozenset(spelling for path in _DECIDING for spelling in _spellings(path))
"""Every spelling of the columns of which an export has at least one."""
