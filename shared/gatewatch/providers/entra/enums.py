"""Entra's vocabularies in canonical spelling, and readers that accept other spellings."""

import re

from ...reading.fields import Fields, Notes, harmless, items, word
from ...reading.lost import is_cut_list
from ...reading.powershell import is_type_name

LEVELS = frozenset({"none", "low", "medium", "high", "hidden"})
STATES = frozenset({"none", "confirmedsafe", "remediated", "dismissed", "atrisk", "confirmedcompromised"})
# Defender's numbers, which other products copy. 0 and 1 are left out: Graph's own enumeration counts from 0, with other meanings.
_NUMBERS = {"10": "low", "50": "medium", "100": "high"}
_SENTINEL = "unknownfuturevalue"
_SEPARATORS = re.compile(r"[,;\s]+")
_TYPES_LIMIT = 32
_TYPE_LIMIT_CHARS = 128

# Microsoft Graph riskEventType, riskState and riskDetail (microsoft-graph-docs and entra-docs, 2026-03).
CANONICAL = {
    name.casefold(): name
    for name in (
        "anonymizedIPAddress", "riskyIPAddress", "nationStateIP", "unlikelyTravel", "mcasImpossibleTravel", "impossibleTravel",
        "maliciousIPAddress", "unfamiliarFeatures", "anomalousToken", "tokenIssuerAnomaly", "passwordSpray", "suspiciousBrowser",
        "newCountry", "investigationsThreatIntelligence", "investigationsThreatIntelligenceSigninLinked",
        "mcasSuspiciousInboxManipulationRules", "suspiciousInboxForwarding", "mcasFinSuspiciousFileAccess", "generic",
        "adminConfirmedUserCompromised", "leakedCredentials", "anomalousUserActivity", "attackerinTheMiddle", "attemptedPrtAccess",
        "suspiciousAPITraffic", "suspiciousSendingPatterns", "userReportedSuspiciousActivity", "malwareInfectedIPAddress",
        "suspiciousIPAddress", "maliciousIPAddressValidCredentialsBlockedIP", "suspiciousSignins", "anomalousServicePrincipalActivity",
        "maliciousApplication", "suspiciousApplication", "unknownFutureValue",
    )
}  # fmt: skip


def level(value: object, notes: Notes) -> str | None:
    """A risk level, lower case. Whatever is no level is flagged: a number without a meaning, an object, a word of another language."""
    said = _term(value, LEVELS)
    said = _NUMBERS.get(said or "", said)
    if said in LEVELS or value in (None, "", [], {}):
        return said
    if said is not None:
        notes.doubt("unknown_enum")
    if said != _SENTINEL:
        notes.unreadable("risk_level")
    return said


def state(value: object, notes: Notes) -> str | None:
    """A risk state, lower case. An unknown word is a state of the future, which is open; a number or an object is unreadable."""
    said = _term(value, STATES)
    if said in STATES or value in (None, "", [], {}):
        return said
    if said is not None:
        notes.doubt("unknown_enum")
    if said is None or not said.isalpha() or is_type_name(value):
        notes.unreadable("risk_state")
    return said


def _term(value: object, known: frozenset[str]) -> str | None:
    """A term of Graph's; portals write it in words ("At risk")."""
    said = word(value)
    if said is None or said in known:
        return said
    joined = "".join(c for c in said if c.isalnum())
    return joined if joined in known else said


def risk_type(value: object, notes: Notes) -> str | None:
    """One risk type in canonical spelling; an unknown type as written; None for none.

    A risk type is a string, which may hold JSON text. Anything else is flagged ``unknown_enum`` and is no type, as is the name of a
    .NET type that PowerShell wrote in its place.
    """
    if value is None:
        return None
    if not isinstance(value, str) or is_type_name(value):
        notes.doubt("unknown_enum")
        notes.unreadable("risk_type")
        return None
    folded = word(value)
    if folded is None or folded == "none":
        return None
    written = value if "[" not in value and '"' not in value else folded
    return CANONICAL.get(folded) or harmless(written.strip()[:_TYPE_LIMIT_CHARS])


def risk_types(properties: Fields, notes: Notes) -> tuple[str, ...]:
    """The types of riskEventTypes_v2 and riskEventTypes together, without duplicates (case is ignored). Unknown types are kept.

    ``unknownFutureValue`` means a type that this API version cannot name. It is kept only if there is no other type.
    """
    found: dict[str, str] = {}
    for name in ("riskEventTypes_v2", "riskEventTypes"):
        written = properties.get(name)
        if isinstance(written, str) and is_cut_list(written):
            notes.unreadable("risk_type")
            written = written.replace('"', "")  # the types before the cut are read
        for item in items(written):
            parts = _SEPARATORS.split(item.strip(" []'")) if isinstance(item, str) and not is_type_name(item) else [item]
            for part in parts:
                known = risk_type(part.strip("'") if isinstance(part, str) else part, notes)
                if known is not None and len(found) < _TYPES_LIMIT:
                    found.setdefault(known.casefold(), known)
    if len(found) > 1:
        found.pop(_SENTINEL, None)
    return tuple(found.values())
