"""The names of the CloudTrail events that rules read, by service."""

import re

from .identity import is_long_term_key

SIGN_IN_EVENTS = {
    name.casefold(): name
    for name in (
        "ConsoleLogin", "CreateOAuth2Token", "AuthorizeOAuth2Access", "GetSigninToken", "SwitchRole", "ExitRole", "RenewRole",
        "CheckMfa", "PasswordUpdated", "PasswordRecoveryRequested", "PasswordRecoveryCompleted", "EmailUpdated",
        "UserAuthentication", "CredentialVerification", "CredentialChallenge", "ExternalIdPDirectoryLogin", "FederatedLogin",
        "CreateOAuth2TokenWithIAM", "CreateOAuth2TokenWithTokenExchange", "RevokeOAuth2TokenWithIAM", "IntrospectOAuth2TokenWithIAM",
    )
}  # fmt: skip

CALLS = {
    (service, name.casefold()): name
    for service, names in {
        "sts": ("GetFederationToken",),
        "sso": ("CreateToken", "GetRoleCredentials", "Authenticate", "Federate", "ListAccounts", "ListAccountRoles"),
        "sso-oauth": ("CreateTokenWithIAM",),
        "cloudtrail": ("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"),
        "events": (
            "DisableRule",
            "DeleteRule",
            "RemoveTargets",
            "PutTargets",
            "PutRule",
            "DeleteEventBus",
            "RemovePermission",
            "PutPermission",
        ),
        "lambda": ("UpdateEventSourceMapping", "DeleteEventSourceMapping", "PutFunctionConcurrency", "DeleteFunction"),
    }.items()
    for name in names
}
"""API calls that are read whoever makes them: service and folded name to the name in AWS's spelling."""

WATCHING_CALLS = frozenset(name for (service, _), name in CALLS.items() if service in {"cloudtrail", "events", "lambda"})
"""Calls that may weaken what CloudTrail records or what is delivered."""

AGENT_CALLS = frozenset({
    "UpdateInstanceInformation", "UpdateInstanceAssociationStatus", "PutInventory", "PutComplianceItems", "ListInstanceAssociations",
})  # fmt: skip
"""Calls to ``ssm`` that the agent of an instance makes by itself (measured: 21 of 21 with the agent's user agent)."""

AGENT_SERVICES = frozenset({"ec2messages", "ssmmessages"})
"""Services that only the agent of an instance calls."""

_VERSION = re.compile(r"(?<=[a-z])\d{8}(?:v\d+)?$")  # Lambda's names end in the version of its API: UpdateEventSourceMapping20150331
_OAUTH_PREFIXES = ("createoauth2token", "authorizeoauth2access", "revokeoauth2token", "introspectoauth2token")


def canonical(service: str | None, written: str) -> str:
    """The name of an event in AWS's spelling. A call that is read only for its caller is named with its service: ``s3:ListBuckets``."""
    if service in {"signin", None}:
        return SIGN_IN_EVENTS.get(written.casefold(), written)
    return call_name(service or "", written) or f"{service}:{written}"


def call_name(service: str, written: str) -> str | None:
    """The name of an API call that is read whoever makes it, without the version of the API; otherwise None."""
    return CALLS.get((service, _VERSION.sub("", written).casefold()))


def is_oauth(name: str) -> bool:
    """Whether an event of sign-in belongs to the OAuth flows, whose result is in ``additionalEventData.success``."""
    return name.casefold().startswith(_OAUTH_PREFIXES)


def is_agent_call(name: str) -> bool:
    """Whether an instance's own agent makes this call, by its canonical name."""
    service, _, call = name.partition(":")
    return service in AGENT_SERVICES or (service == "ssm" and call in AGENT_CALLS)


def is_read(service: str, written: str, access_key: str | None, *, instance: bool) -> bool:
    """Whether a rule reads this API call: by its name, or because a long-term key or the role of an instance made it."""
    return is_long_term_key(access_key) or instance or call_name(service, written) is not None
