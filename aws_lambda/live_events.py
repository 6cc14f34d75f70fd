"""Which records EventBridge should have brought before their log file came: those of the rules that no parameter switches off.

``tests/adapters/aws/test_live_events.py`` holds the names equal to the rules of the template (``scripts/event_rules.py``).
"""

from collections.abc import Collection, Mapping

import msgspec
from msgspec import Struct

ALL, NONE = "all", "none"

NAMES: Mapping[str, frozenset[str]] = {
    "signin.amazonaws.com": frozenset(
        {
            "ConsoleLogin", "SwitchRole", "UserAuthentication", "CredentialChallenge", "CredentialVerification", "PasswordUpdated",
            "PasswordRecoveryRequested", "PasswordRecoveryCompleted", "EmailUpdated", "GetSigninToken", "AuthorizeOAuth2Access",
        }
    ),
    "sts.amazonaws.com": frozenset({"GetFederationToken"}),
    "sso.amazonaws.com": frozenset({"CreateToken", "Authenticate", "Federate", "GetRoleCredentials"}),
    "sso-oauth.amazonaws.com": frozenset({"CreateTokenWithIAM"}),
    "cloudtrail.amazonaws.com": frozenset({"StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"}),
    "events.amazonaws.com": frozenset(
        {
            "DisableRule", "DeleteRule", "RemoveTargets", "PutTargets", "PutRule", "DeleteEventBus", "RemovePermission", "PutPermission",
        }
    ),
    "lambda.amazonaws.com": frozenset(),
}  # fmt: skip
PREFIXES: Mapping[str, tuple[str, ...]] = {
    "signin.amazonaws.com": ("CreateOAuth2Token", "RevokeOAuth2Token", "IntrospectOAuth2Token"),
    "lambda.amazonaws.com": ("UpdateEventSourceMapping", "DeleteEventSourceMapping", "PutFunctionConcurrency", "DeleteFunction2"),
}


class _Named(Struct):
    eventSource: str = ""  # noqa: N815 - CloudTrail's names
    eventName: str = ""  # noqa: N815
    awsRegion: str = ""  # noqa: N815
    recipientAccountId: str = ""  # noqa: N815


_NAMED = msgspec.json.Decoder(_Named)


class LiveEvents:
    """The accounts and Regions from which events come through EventBridge, as ``account/region``; ``all`` of them, or ``none``."""

    def __init__(self, places: Collection[str]) -> None:
        self._all, self._places = ALL in places, frozenset(places) - {ALL, NONE}

    def reaches(self, account: str, region: str) -> bool:
        """Whether events come through EventBridge from there."""
        return self._all or f"{account}/{region}" in self._places

    def brings(self, record: object) -> bool:
        """Whether EventBridge should have brought this record of CloudTrail, parsed or not."""
        if not self._all and not self._places:
            return False
        try:
            found = _NAMED.decode(record) if isinstance(record, msgspec.Raw) else msgspec.convert(record, _Named)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return False
        if not self.reaches(found.recipientAccountId, found.awsRegion):
            return False
        return found.eventName in NAMES.get(found.eventSource, ()) or found.eventName.startswith(PREFIXES.get(found.eventSource, ("\0",)))
