"""Decides which Entra records become evidence, and which version of a record ends its risk."""

from ...model import Event, Outcome
from ...tuning import Tuning
from .detail import risk_of, sign_in_of
from .vocabulary import BLOCKED_AFTER_PASSWORD, CLOSED_RISK_STATES, CLOUD_CLI_APPS, CONFIRMED_COMPROMISED, SAFE_RISK_DETAIL, is_no_risk

WITHOUT_RISK = "sign_in_without_risk"


def keep(event: Event, tuning: Tuning) -> str | None:
    """Keep every risk detection, and sign-ins that have a risk, were stopped by policy, are of break-glass accounts, or open a cloud CLI or AWS.

    Returns None when the event is kept, else the reason why not.
    """
    sign_in = sign_in_of(event)
    if sign_in is None:
        return None
    telling = (
        any(level and not is_no_risk(level) for level in (sign_in.level_during, sign_in.level_aggregated))
        or bool(sign_in.risk_types)
        or (sign_in.risk_state or "none") != "none"
        or (event.outcome is not Outcome.SUCCESS and sign_in.error_code in BLOCKED_AFTER_PASSWORD)
        or tuning.is_break_glass(event.names)
        or sign_in.app_id in CLOUD_CLI_APPS
        or sign_in.app_id in tuning.aws_app_ids
    )
    return None if telling else WITHOUT_RISK


def changing(event: Event) -> tuple[object, ...]:
    """The risk fields, which later versions of a record change."""
    sign_in, risk = sign_in_of(event), risk_of(event)
    if sign_in is not None:
        types = tuple(sorted(sign_in.risk_types))
        return (sign_in.level_during, sign_in.level_aggregated, sign_in.risk_state, sign_in.risk_detail, types)
    return (risk.level, risk.state, risk.detail, risk.risk_type) if risk is not None else ()


def closed(event: Event, tuning: Tuning) -> bool:
    """Whether this version says that the risk is over. It is checked before ``confirmed``."""
    state, detail = _state(event)
    if detail == SAFE_RISK_DETAIL:
        return True
    return state in CLOSED_RISK_STATES and (tuning.remediated_closes or state != "remediated")


def confirmed(event: Event) -> bool:
    """Whether this version says that the account is compromised."""
    return _state(event)[0] == CONFIRMED_COMPROMISED


def _state(event: Event) -> tuple[str, str]:
    sign_in, risk = sign_in_of(event), risk_of(event)
    if sign_in is not None:
        return (sign_in.risk_state or "").casefold(), (sign_in.risk_detail or "").casefold()
    return ((risk.state or "").casefold(), (risk.detail or "").casefold()) if risk is not None else ("", "")
