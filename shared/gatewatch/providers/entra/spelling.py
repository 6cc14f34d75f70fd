"""How Microsoft spells its closed vocabularies. The model keeps them in lower case; queries compare them as Graph prints them."""

# Microsoft Graph v1.0 and beta: riskLevel, riskState, riskDetail, riskDetectionTimingType, authenticationRequirement, protocolType.
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
    "oAuth2", "ropc", "wsFederation", "saml20", "deviceCode", "authenticationTransfer",
    "success", "failure", "notApplied",
)  # fmt: skip
_SPELLED = {word.casefold(): word for word in _TERMS}


def spelled(word: str | None) -> str | None:
    """As Graph prints it where the word is known, else as it stands."""
    return None if word is None else _SPELLED.get(word.casefold(), word)
