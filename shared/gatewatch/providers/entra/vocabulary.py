"""Entra's closed vocabularies as data: application ids, error codes, risk types. Each table names its source."""

# Applications that are cloud command lines. Compare the id, not the display name.
# merill/microsoft-info (Graph, EntraDocs), elastic/detection-rules; checked 2026-11-21.
CLOUD_CLI_APPS = {
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Azure CLI",
    "1950a258-227b-4e31-a9cf-717495945fc2": "Azure PowerShell",
    "14d82eec-204b-4c2f-b7e8-296a70dab67e": "Microsoft Graph Command Line Tools",
    "fb78d390-0c51-40cd-8e17-fdbfab77341b": "Exchange Online PowerShell",
    "1b730954-1685-4b74-9bfd-dac224a7b894": "Azure Active Directory PowerShell (legacy)",
    "9bc3ab49-b65d-410a-85ad-de819febfddc": "SharePoint Online Management Shell",
}

# The password was correct, and policy, MFA or risk stopped the sign-in (entra-docs reference-error-codes; "password right" is our reading).
BLOCKED_AFTER_PASSWORD = frozenset({
    50055, 50072, 50074, 50076, 50078, 50079, 50105, 50131, 50135, 50144, 50158, 500121,
    53000, 53001, 53002, 53003, 53004, 53010, 53011, 530032, 530034,
})  # fmt: skip

# The same by security defaults. Legacy programs are stopped with this code all day, so the rule on risky blocked sign-ins leaves it out.
STOPPED_BY_POLICY = BLOCKED_AFTER_PASSWORD | {530035}

# A wrong or unknown credential: these failures are counted by windowed rules. 50053 is also "locked" and "malicious address".
WRONG_CREDENTIAL = frozenset({50034, 50053, 50055, 50056, 50057, 50064, 50126, 81010, 81011, 81012})

# A second factor was asked for and not given (50074 also when the prompt was only shown).
FAILED_SECOND_FACTOR = frozenset({50074, 50088, 500121})

CONFIRMED_APPLICATION = 50199
"""The user confirmed an application after a device code was entered (CmsiInterrupt); some mobile sign-ins have this code as well."""

# Flows in which a password alone opens a session (authenticationProtocol). What "directUserGrant" means is not documented; it is read as
# the successor of ROPC.
PASSWORD_PROTOCOLS = frozenset({"ropc", "directusergrant"})
# Client programs of legacy authentication (clientAppUsed, letters only). "Authenticated SMTP" is left out: printers and scanners send
# mail with it all day and can read nothing.
PASSWORD_CLIENTS = frozenset({
    "autodiscover", "exchangeactivesync", "exchangeonlinepowershell", "exchangewebservices", "imap4", "imap", "mapioverhttp",
    "offlineaddressbook", "otherclients", "outlookanywhererpcoverhttp", "pop3", "pop", "reportingwebservices",
})  # fmt: skip
PASSWORD_USER_AGENT = "bav2ropc"  # noqa: S105 - Entra's user agent for a legacy client that sent a password

DEVICE_CODE_PROTOCOL = "devicecode"
DEVICE_CODE_TRANSFER = "devicecodeflow"

# Risk event types (Microsoft Graph riskEventType), compared with ``casefold``.
ANONYMIZED_RISK_TYPES = frozenset({"anonymizedipaddress", "riskyipaddress"})
FLOOR_HIGH_RISK_TYPES = frozenset({"nationstateip", "leakedcredentials", "attackerinthemiddle", "attemptedprtaccess"})
GENERIC_RISK_TYPE = "generic"

RISK_LEVELS = {"none": 0, "hidden": 0, "unknownfuturevalue": 0, "low": 1, "medium": 2, "high": 3}
CLOSED_RISK_STATES = frozenset({"remediated", "dismissed", "confirmedsafe"})
CONFIRMED_COMPROMISED = "confirmedcompromised"

# What closes a risk (riskDetail; entra-docs howto-identity-protection-remediate-unblock 2025-06, concept-risk-detection-types 2025-07).
# A person, or Defender, said that there is no risk: closes always.
CLOSED_BY_A_PERSON = frozenset({
    "adminconfirmedsigninsafe", "adminconfirmedaccountsafe", "admindismissedallriskforuser", "admindismissedriskforsignin",
    "admindismissedallriskforserviceprincipal", "m365dadmindismisseddetection",
})  # fmt: skip
# The password was changed: closes, unless the tuning says that nothing remediated closes.
CLOSED_BY_A_PASSWORD = frozenset({
    "userperformedsecuredpasswordchange", "userperformedsecuredpasswordreset", "userchangedpasswordonpremises",
    "admingeneratedtemporarypassword",
})  # fmt: skip
PASSED_SECOND_FACTOR = "userpassedmfadrivenbyriskbasedpolicy"
SAFE_RISK_DETAIL = "aiconfirmedsigninsafe"  # Microsoft's own word, which a passed second factor can leave as well
# What a passed second factor does not disprove: tokens and sessions may be in other hands although the owner answered the prompt.
NOT_DISPROVED_BY_SECOND_FACTOR = frozenset({
    "attackerinthemiddle", "anomaloustoken", "tokenissueranomaly", "attemptedprtaccess", "leakedcredentials", "suspiciousapitraffic",
})  # fmt: skip


def is_no_risk(level: str) -> bool:
    """Whether this level reports no risk: ``none``, or ``hidden`` (a tenant without Entra ID P2)."""
    return level.casefold() in {"none", "hidden"}


def rank(level: str | None) -> int:
    """The level as a number: 0 none, hidden or unknown; 1 low; 2 medium; 3 high."""
    return RISK_LEVELS.get((level or "none").casefold(), 0)
