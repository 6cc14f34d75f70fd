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

# The gallery application "AWS Single-Account Access" has another appId in each tenant (the template id is not the appId).
# Tenants add theirs in ``aws_app_ids``.

# The password was correct, and policy, MFA or risk stopped the sign-in (Microsoft Entra authentication and authorization error codes).
BLOCKED_AFTER_PASSWORD = frozenset({
    50055, 50072, 50074, 50076, 50079, 50105, 50131, 50135, 50158, 500121, 53000, 53001, 53002, 53003, 53004, 53011, 530034,
})  # fmt: skip

# Risk event types (Microsoft Graph riskEventType), compared with ``casefold``.
ANONYMIZED_RISK_TYPES = frozenset({"anonymizedipaddress", "riskyipaddress"})
FLOOR_HIGH_RISK_TYPES = frozenset({"nationstateip", "leakedcredentials", "attackerinthemiddle", "attemptedprtaccess"})
GENERIC_RISK_TYPE = "generic"

RISK_LEVELS = {"none": 0, "hidden": 0, "unknownfuturevalue": 0, "low": 1, "medium": 2, "high": 3}
CLOSED_RISK_STATES = frozenset({"remediated", "dismissed", "confirmedsafe"})
CONFIRMED_COMPROMISED = "confirmedcompromised"
SAFE_RISK_DETAIL = "aiconfirmedsigninsafe"


def is_no_risk(level: str) -> bool:
    """Whether this level reports no risk: ``none``, or ``hidden`` (a tenant without Entra ID P2)."""
    return level.casefold() in {"none", "hidden"}


def rank(level: str | None) -> int:
    """The level as a number: 0 none, hidden or unknown; 1 low; 2 medium; 3 high."""
    return RISK_LEVELS.get((level or "none").casefold(), 0)
