"""Which version of an Entra record ends its risk, and whether that can be believed.

A passed second factor does not end every risk: adversary-in-the-middle kits and stolen tokens pass it. Source: entra-docs
concept-identity-protection-risks (2026-03), "can intercept the user's credentials, including tokens"; remediate-unblock (2025-06).
"""

from collections.abc import Collection
from functools import lru_cache

from msgspec import structs

from ...model import Event
from ...tuning import Tuning
from ..versions import Versions
from .detail import EntraSignIn, RiskDetection, risk_of, sign_in_of
from .vocabulary import (
    CLOSED_BY_A_PASSWORD,
    CLOSED_BY_A_PERSON,
    CLOSED_RISK_STATES,
    CONFIRMED_COMPROMISED,
    NOT_DISPROVED_BY_SECOND_FACTOR,
    PASSED_SECOND_FACTOR,
    SAFE_RISK_DETAIL,
    rank,
)

_REMEDIATED = "remediated"
_NONE: frozenset[str] = frozenset()


def closed(event: Event, tuning: Tuning) -> bool:
    """Whether this version says that the risk is over. Whether that can be believed depends on other records: see ``believed``.

    It is checked before ``confirmed``.
    """
    state, detail = _said(event)
    return bool(state or detail) and _closes(state, detail, remediated_closes=tuning.remediated_closes)


@lru_cache(maxsize=1_024)
def _closes(state: str | None, detail: str | None, *, remediated_closes: bool) -> bool:
    """The same, by what the version says: versions by the thousand say one of few things."""
    state, detail = (state or "").casefold(), (detail or "").casefold()
    if detail in CLOSED_BY_A_PERSON:
        return state != CONFIRMED_COMPROMISED
    if detail in CLOSED_BY_A_PASSWORD:
        return remediated_closes and state != CONFIRMED_COMPROMISED
    if detail == SAFE_RISK_DETAIL:
        return True
    return state in CLOSED_RISK_STATES and (remediated_closes or state != _REMEDIATED)


def believed(record: Versions, contradicting: frozenset[str]) -> bool:
    """Whether the record is closed and stays so. A passed second factor does not close risks that it does not disprove.

    ``contradicting`` are the types of the records that belong together, as ``not_disproved`` gives them.
    """
    return record.closed and not (by_second_factor(record.newest) and contradicting)


def confirmed(event: Event) -> bool:
    """Whether this version says that the account is compromised."""
    return (_said(event)[0] or "").casefold() == CONFIRMED_COMPROMISED


def by_second_factor(event: Event) -> bool:
    """Whether all that ends the risk in this version is a passed second factor, or Microsoft's word after one."""
    return (_said(event)[1] or "").casefold() in {PASSED_SECOND_FACTOR, SAFE_RISK_DETAIL}


def not_disproved(records: Collection[Versions]) -> frozenset[str]:
    """The risk types of these records that a passed second factor does not disprove. None where no record is closed by one.

    Types of a record that is closed otherwise (by a person, by a new password) are left out. A version that is closed may have
    lost its types, so the newest open version counts as well.
    """
    if not any(record.closed and by_second_factor(record.newest) for record in records):
        return _NONE
    standing = (record for record in records if not record.closed or by_second_factor(record.newest))
    versions = (version for record in standing for version in (record.newest, record.newest_open) if version is not None)
    return frozenset(kind for version in versions for kind in types(version)) & NOT_DISPROVED_BY_SECOND_FACTOR


def speaking(record: Versions, *, believed: bool, activity_closed: bool) -> Event | None:
    """The version of a record that counts, or None: a risk that was never open is no risk.

    The newest version counts while the record is open, and while another record keeps the activity open. The newest open version
    counts in a closed activity. If a closure is not believed, the version with the higher level counts, the newest of equal ones:
    the level was taken back together with the closure.
    """
    if not record.closed:
        return record.newest
    if not believed:
        return max((record.newest, record.newest_open or record.newest), key=_level)
    return record.newest_open if activity_closed or record.newest_open is None else record.newest


def without_risk(event: Event) -> Event:
    """The sign-in without its levels and types, which were never open; its state and its reason stay."""
    sign_in = sign_in_of(event)
    if sign_in is None:
        return event
    return structs.replace(event, detail=structs.replace(sign_in, level_during=None, level_aggregated=None, risk_types=()))


def types(event: Event) -> frozenset[str]:
    """The risk types that this record names, case folded."""
    sign_in, risk = sign_in_of(event), risk_of(event)
    named = sign_in.risk_types if sign_in is not None else (risk.risk_type or "",) if risk is not None else ()
    return frozenset(name.strip().casefold() for name in named)


def _said(event: Event) -> tuple[str | None, str | None]:
    """State and reason of the risk, as this version says them."""
    detail = event.detail
    if isinstance(detail, EntraSignIn):
        return detail.risk_state, detail.risk_detail
    return (detail.state, detail.detail) if isinstance(detail, RiskDetection) else (None, None)


def _level(event: Event) -> int:
    sign_in, risk = sign_in_of(event), risk_of(event)
    if sign_in is not None:
        return max(rank(sign_in.level_during), rank(sign_in.level_aggregated))
    return rank(risk.level) if risk is not None else 0
