"""The effective risk of one activity, from the sign-in and its risk detections. Only this module derives level and types."""

from functools import lru_cache

from msgspec import Struct

from ...model import Activity, Outcome
from ..rule import Trigger
from .detail import EntraSignIn, RiskDetection, risk_of, sign_in_of
from .flows import is_workload
from .vocabulary import (
    ANONYMIZED_RISK_TYPES,
    BLOCKED_AFTER_PASSWORD,
    CONFIRMED_COMPROMISED,
    FLOOR_HIGH_RISK_TYPES,
    GENERIC_RISK_TYPE,
    RISK_LEVELS,
    rank,
)

MEDIUM = RISK_LEVELS["medium"]
HIGH = RISK_LEVELS["high"]
LEVEL_NAMES = ("no", "low", "medium", "high")

# Two names of one risk type: Microsoft renamed it; Sigma and old Graph documents use the short name.
_TYPE_ALIASES = {"impossibletravel": "mcasimpossibletravel"}
_NO_TYPES = frozenset({"", "none", "unknownfuturevalue"})


OUTCOME_LOST = "unreadable_status"
"""The flag of a sign-in whose outcome was there and was lost when a file was written. Its risk counts as that of a success: to read it as a
failure would lose the alert, and a sign-in that is not there at all counts as a success as well (``link``)."""

ON = (Trigger(EntraSignIn), Trigger(RiskDetection))
"""The triggers of rules on Entra risk: sign-ins, and user-level risk detections."""


class EntraFacts(Struct, frozen=True, gc=False, kw_only=True):
    """The effective risk of one Entra activity."""

    sign_in: bool  # False for a user-level risk detection
    success: bool  # a sign-in that succeeded, or whose outcome was lost
    outcome_lost: bool  # whether it succeeded could not be read
    blocked: bool  # the password was correct, and policy, MFA or risk stopped the sign-in
    level: int  # 0 none, hidden or unknown; 1 low; 2 medium; 3 high
    types: frozenset[str]  # distinct, casefolded
    hidden: bool  # a level is "hidden": the tenant has no Entra ID P2
    confirmed: bool  # an administrator or Entra confirmed that it is compromised

    @property
    def outcome_text(self) -> str:
        """What a finding adds about an outcome that was lost; otherwise nothing."""
        return "; whether it succeeded could not be read" if self.outcome_lost else ""

    @property
    def anonymized(self) -> bool:
        """Whether the address belongs to an anonymizer (Tor, anonymous VPN)."""
        return not self.types.isdisjoint(ANONYMIZED_RISK_TYPES)

    @property
    def undetermined(self) -> bool:
        """Whether Entra reports a risk without type and level because of the tenant's licence."""
        return GENERIC_RISK_TYPE in self.types and self.hidden and self.level == 0

    @property
    def level_name(self) -> str:
        """The effective level as a word."""
        return LEVEL_NAMES[self.level]


_latest: list[tuple[Activity | None, EntraFacts | None]] = [(None, None)]
"""The facts of the activity that was asked about last: a dozen rules ask about one activity, one after the other."""


def entra_facts(activity: Activity) -> EntraFacts | None:
    """The effective risk of an Entra sign-in or user-level detection; None for other activities.

    The level is the highest of: during sign-in, aggregated, every linked detection. Four risk types always make it high.
    """
    known, facts = _latest[0]
    if known is not activity:
        facts = _derived(activity)
        _latest[0] = activity, facts
    return facts


def _derived(activity: Activity) -> EntraFacts | None:
    event = activity.event
    sign_in, own = sign_in_of(event), risk_of(event)
    if sign_in is None and own is None:
        return None
    detections = activity.detections or ((event,) if sign_in is None else ())
    risks = tuple(risk for risk in map(risk_of, detections) if risk is not None) if detections else ()
    linked = tuple((risk.risk_type, risk.level, risk.state, risk.detail) for risk in risks)
    if sign_in is None:
        return _facts(None, None, (), (), linked)
    levels = (sign_in.level_during, sign_in.level_aggregated) if _has_level(sign_in) else ()
    ended = event.outcome, OUTCOME_LOST in event.data_quality, sign_in.error_code
    return _facts(ended, (sign_in.risk_state, sign_in.risk_detail), levels, sign_in.risk_types, linked)


def _has_level(sign_in: EntraSignIn) -> bool:
    """A workload's level is "low" although nothing is at risk (43 of 43 public records), so for it the state decides."""
    return not is_workload(sign_in) or (sign_in.risk_state or "none") != "none"


@lru_cache(maxsize=4_096)
def _facts(
    ended: tuple[Outcome, bool, int | None] | None,
    said: tuple[str | None, str | None] | None,
    levels: tuple[str | None, ...],
    types: tuple[str, ...],
    linked: tuple[tuple[str | None, ...], ...],
) -> EntraFacts:
    """The facts of a kind of activity: how a sign-in ``ended`` (outcome, whether that was lost, code), its state and reason, levels and types.

    And of each ``linked`` detection type, level, state and reason. Hundreds of activities are of one kind.
    """
    outcome, lost, code = ended or (None, False, None)
    every = [level.casefold() for level in (*levels, *(each[1] for each in linked)) if level]
    folded = (name.strip().casefold() for name in (*types, *(each[0] or "" for each in linked)))
    named = frozenset(_TYPE_ALIASES.get(name, name) for name in folded if name not in _NO_TYPES)
    level = max(map(rank, every), default=0)
    states = (*((said,) if said is not None else ()), *(each[2:] for each in linked))
    confirmed = any((state or "").casefold() == CONFIRMED_COMPROMISED or _is_confirmation(detail or "") for state, detail in states)
    return EntraFacts(
        sign_in=ended is not None,
        success=outcome is Outcome.SUCCESS or lost,
        outcome_lost=lost,
        blocked=outcome is Outcome.FAILURE and code in BLOCKED_AFTER_PASSWORD,
        level=level if named.isdisjoint(FLOOR_HIGH_RISK_TYPES) else HIGH,
        types=named,
        hidden="hidden" in every,
        confirmed=confirmed or any(map(_is_confirmation, named)),
    )


def _is_confirmation(name: str) -> bool:
    """Whether this is adminConfirmedSigninCompromised, adminConfirmedUserCompromised or another name of that form."""
    folded = name.strip().casefold()
    return folded.startswith("adminconfirmed") and folded.endswith("compromised")
