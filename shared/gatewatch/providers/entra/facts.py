"""The effective risk of one activity, from the sign-in and its risk detections. Only this module derives level and types."""

from msgspec import Struct

from ...model import Activity, Event, Outcome
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
_NONE: frozenset[str] = frozenset()
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
    outcome_lost: bool = False  # whether it succeeded could not be read
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
    sign_in = sign_in_of(event)
    if sign_in is None and risk_of(event) is None:
        return None
    detections = activity.detections or ((event,) if sign_in is None else ())
    levels = _levels(event, detections)
    types = _types(event, detections) if detections or (sign_in is not None and sign_in.risk_types) else _NONE
    level = max((rank(item) for item in levels), default=0)
    return EntraFacts(
        sign_in=sign_in is not None,
        success=sign_in is not None and (event.outcome is Outcome.SUCCESS or OUTCOME_LOST in event.data_quality),
        outcome_lost=sign_in is not None and OUTCOME_LOST in event.data_quality,
        blocked=sign_in is not None and event.outcome is Outcome.FAILURE and sign_in.error_code in BLOCKED_AFTER_PASSWORD,
        level=level if types.isdisjoint(FLOOR_HIGH_RISK_TYPES) else HIGH,
        types=types,
        hidden=any(item == "hidden" for item in levels),
        confirmed=_confirmed(event, detections, types),
    )


def _levels(event: Event, detections: tuple[Event, ...]) -> tuple[str, ...]:
    sign_in = sign_in_of(event)
    own = (sign_in.level_during, sign_in.level_aggregated) if sign_in is not None and _has_level(sign_in) else ()
    linked = (risk.level for risk in map(risk_of, detections) if risk is not None)
    return tuple(level.casefold() for level in (*own, *linked) if level)


def _has_level(sign_in: EntraSignIn) -> bool:
    """A workload's level is "low" although nothing is at risk (43 of 43 public records), so for it the state decides."""
    return not is_workload(sign_in) or (sign_in.risk_state or "none") != "none"


def _types(event: Event, detections: tuple[Event, ...]) -> frozenset[str]:
    sign_in = sign_in_of(event)
    own = sign_in.risk_types if sign_in is not None else ()
    linked = (risk.risk_type or "" for risk in map(risk_of, detections) if risk is not None)
    folded = (name.strip().casefold() for name in (*own, *linked))
    return frozenset(_TYPE_ALIASES.get(name, name) for name in folded if name not in _NO_TYPES)


def _confirmed(event: Event, detections: tuple[Event, ...], types: frozenset[str]) -> bool:
    sign_in = sign_in_of(event)
    own = ((sign_in.risk_state, sign_in.risk_detail),) if sign_in is not None else ()
    linked = tuple((risk.state, risk.detail) for risk in map(risk_of, detections) if risk is not None)
    said = any((state or "").casefold() == CONFIRMED_COMPROMISED or _is_confirmation(detail or "") for state, detail in (*own, *linked))
    return said or any(_is_confirmation(name) for name in types)


def _is_confirmation(name: str) -> bool:
    """Whether this is adminConfirmedSigninCompromised, adminConfirmedUserCompromised or another name of that form."""
    folded = name.strip().casefold()
    return folded.startswith("adminconfirmed") and folded.endswith("compromised")
