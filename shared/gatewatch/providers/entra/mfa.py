"""Decides whether an Entra sign-in satisfied multi-factor authentication, from several properties of the record."""

import re

from ...model import Fact, Outcome
from ...reading.fields import Fields, Notes, fact, items, mapping, scalar, word
from ...reading.late_pattern import LatePattern

_SATISFIED = LatePattern(
    r"mfa (?:requirement satisfied|requirement skipped due to remembered device|(?:successfully )?completed)", re.IGNORECASE
)

# Methods that are two factors by themselves: possession of a key and its PIN or biometry (Microsoft Entra, "Authentication methods",
# authenticationDetails.authenticationMethod). They satisfy MFA even where the record's requirement is a single factor.
_TWO_FACTORS_IN_ONE = LatePattern(
    r"fido2?|passkey|windows hello|platform credential|phone sign-?in|x\.?509 certificate.*multi-?factor|multi-?factor.*certificate",
    re.IGNORECASE,
)


def mfa(properties: Fields, status: Fields, outcome: Outcome, notes: Notes) -> Fact:
    """Present if any property proves MFA, absent if a single factor was enough, otherwise unknown. Unknown unless the sign-in succeeded."""
    if outcome is not Outcome.SUCCESS:
        return Fact.UNKNOWN
    requirement = "".join(c for c in word(properties.get("authenticationRequirement")) or "" if c.isalnum())  # portals write words
    detail = properties.object("mfaDetail")
    if (
        "multifactor" in requirement
        or _says_satisfied(status.get("additionalDetails"))
        or detail.first("authMethod", "authDetail") is not None
        or any(_step_proves(Fields(mapping(step))) for step in items(properties.get("authenticationDetails"))[:64])
    ):
        return Fact.PRESENT
    if "singlefactor" in requirement:
        return Fact.ABSENT
    if requirement:
        notes.doubt("unknown_enum")
    return Fact.UNKNOWN


def _step_proves(step: Fields) -> bool:
    if _says_satisfied(step.get("authenticationStepResultDetail")) or _says_satisfied(step.get("authenticationMethodDetail")):
        return True
    if fact(step.get("succeeded")) is not Fact.PRESENT:
        return False
    requirement, method = word(step.get("authenticationStepRequirement")) or "", scalar(step.get("authenticationMethod")) or ""
    return "multi" in requirement or "secondary" in requirement or _TWO_FACTORS_IN_ONE.match(method[:128].strip()) is not None


def _says_satisfied(value: object) -> bool:
    text = scalar(value)
    return text is not None and _SATISFIED.search(text[:512]) is not None
