"""Microsoft's spelling of closed vocabularies. Events have them in lower case; documents have Graph's spelling, which queries use."""

# Microsoft Graph v1.0 and beta: riskLevel, riskState, riskDetail, riskDetectionTimingType, authenticationRequirement,
# protocolType, originalTransferMethods, incomingTokenType, clientCredentialType, signInAccessType (npm microsoft-graph-types-beta, 2026-11).
_TERMS = (
    "atRisk", "confirmedSafe", "confirmedCompromised", "remediated", "dismissed", "none",
    "low", "medium", "high", "hidden", "unknownFutureValue",
    "adminGeneratedTemporaryPassword", "userPerformedSecuredPasswordChange", "userPerformedSecuredPasswordReset",
    "adminConfirmedSigninSafe", "aiConfirmedSigninSafe", "userPassedMFADrivenByRiskBasedPolicy", "adminDismissedAllRiskForUser",
    "adminConfirmedSigninCompromised", "adminConfirmedUserCompromised", "adminConfirmedServicePrincipalCompromised",
    "adminDismissedAllRiskForServicePrincipal", "m365DAdminDismissedDetection", "userChangedPasswordOnPremises",
    "adminDismissedRiskForSignIn", "adminConfirmedAccountSafe",
    "realtime", "nearRealtime", "offline", "notDefined", "signin", "user",
    "singleFactorAuthentication", "multiFactorAuthentication",
    "oAuth2", "ropc", "wsFederation", "saml20", "deviceCode", "authenticationTransfer", "nativeAuth", "authorizationCodeWithPkce",
    "authorizationCodeWithoutPkce", "clientCredentials", "refreshTokenGrant", "directUserGrant", "kerberos", "prtGrant",
    "prtBrokerBased", "prtNonBrokerBased", "seamlessSso", "onBehalfOf", "samlOnBehalfOf", "encryptedAuthorizeResponse",
    "deviceCodeFlow", "primaryRefreshToken", "saml11", "remoteDesktopToken", "refreshToken",
    "clientSecret", "clientAssertion", "federatedIdentityCredential", "managedIdentity", "certificate",
    "b2bCollaboration", "b2bDirectConnect", "microsoftSupport", "serviceProvider", "passthrough",
    "success", "failure", "notApplied",
)  # fmt: skip
_SPELLED = {word.casefold(): word for word in _TERMS}


def spelled(word: str | None) -> str | None:
    """The value in Graph's spelling if it is known, otherwise unchanged."""
    return None if word is None else _SPELLED.get(word.casefold(), word)
