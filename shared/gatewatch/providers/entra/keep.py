"""Decides which Entra records become evidence, and which fields of a record later versions change."""

from datetime import timedelta
from functools import lru_cache

from ...model import Event, Outcome
from ...tuning import Tuning
from ..limit import Limit
from ..phrases import identifiers
from . import flows
from .aws_application import is_aws_application
from .control_planes import control_plane
from .detail import EntraSignIn, audit_of, risk_of, sign_in_of
from .dialects import audit_log, identity_logon, portal
from .sync_accounts import is_sync_account, is_sync_application
from .vocabulary import CONFIRMED_APPLICATION, FAILED_SECOND_FACTOR, STOPPED_BY_POLICY, WRONG_CREDENTIAL, is_no_risk

WITHOUT_RISK = "sign_in_without_risk"
CARRIES_NO_RISK = {
    audit_log.CATEGORY: "unified_audit_log_carries_no_risk",
    portal.CATEGORY: "portal_export_carries_no_risk",
    identity_logon.CATEGORY: "identity_logon_carries_no_risk",
}
"""Why a sign-in of these dialects is not kept: they do not say whether there was a risk."""

COUNTED_CODES = WRONG_CREDENTIAL | FAILED_SECOND_FACTOR
CONTEXT_CODES = STOPPED_BY_POLICY | {CONFIRMED_APPLICATION}


def keep(event: Event, tuning: Tuning) -> str | None:
    """Keep every risk detection and directory audit, and the sign-ins that a rule reads by themselves.

    These are: any risk, a stop by policy, failures that windowed rules count, the entry to a control plane or to AWS, a device code,
    a password grant, and the accounts that the tuning names or that synchronise directories. Returns None when the event is kept,
    else the reason why not. What is first for its principal is kept as well, but that is familiarity's word and not this one's.
    """
    sign_in = sign_in_of(event)
    if sign_in is None or _is_kept(event, sign_in, tuning):
        return None
    return CARRIES_NO_RISK.get(sign_in.category or "", WITHOUT_RISK)


def _is_kept(event: Event, sign_in: EntraSignIn, tuning: Tuning) -> bool:
    if has_risk(sign_in):
        return True
    if (tuning.break_glass or tuning.privileged_principals) and _is_listed(identifiers(event), tuning):
        return True
    if is_sync_account(event, sign_in, tuning) or is_sync_application(sign_in):
        return True
    if event.outcome is not Outcome.SUCCESS:
        return sign_in.error_code in CONTEXT_CODES or sign_in.error_code in COUNTED_CODES
    if control_plane(sign_in) is not None or is_aws_application(sign_in, tuning):
        return True
    return flows.is_device_code(sign_in) or flows.is_password_grant(event, sign_in)


def _is_listed(names: tuple[str, ...], tuning: Tuning) -> bool:
    return tuning.is_break_glass(names) or tuning.is_privileged(names)


_FAILURES = Limit("address", timedelta(minutes=1), 60, asked_from=15)
_SHOWN = Limit("principal", timedelta(days=1), 200)


def limit(event: Event) -> Limit | None:
    """Failures that only windowed rules count: those rules ask for 10, and an address may make thousands. And what is only shown."""
    sign_in = sign_in_of(event)
    if sign_in is None:
        return _SHOWN if audit_of(event) is not None else None
    if event.outcome is Outcome.SUCCESS or has_risk(sign_in) or sign_in.error_code not in COUNTED_CODES:
        return None
    return _FAILURES


def has_risk(sign_in: EntraSignIn) -> bool:
    """Whether the record reports a risk. A workload has a level "low" always, so for it only the state counts (``facts.levels``)."""
    if (sign_in.risk_state or "none") != "none" or sign_in.risk_types:
        return True
    return not flows.is_workload(sign_in) and (_is_level(sign_in.level_during) or _is_level(sign_in.level_aggregated))


@lru_cache(maxsize=1_024)
def _is_level(level: str | None) -> bool:
    return bool(level) and not is_no_risk(level or "")


def teaches(event: Event) -> bool:
    """Whether a sign-in says enough to teach what is usual. Two dialects name neither country nor device, and one no application."""
    sign_in = sign_in_of(event)
    return sign_in is not None and sign_in.category not in {audit_log.CATEGORY, identity_logon.CATEGORY}


def silent(event: Event) -> bool:
    """Whether this version of a sign-in names no level, no state and no type of risk: exports of several products cannot carry them."""
    sign_in = sign_in_of(event)
    return sign_in is not None and not (sign_in.level_during or sign_in.level_aggregated or sign_in.risk_state or sign_in.risk_types)


def changing(event: Event) -> tuple[object, ...] | None:
    """The fields that later versions of a record change: its risk, and the second factor, which Entra may complete minutes later.

    None for a directory audit, which never changes.
    """
    sign_in, risk = sign_in_of(event), risk_of(event)
    if sign_in is not None:
        types = tuple(sorted(sign_in.risk_types)) if len(sign_in.risk_types) > 1 else sign_in.risk_types
        return (sign_in.level_during, sign_in.level_aggregated, sign_in.risk_state, sign_in.risk_detail, types, sign_in.mfa)
    return (risk.level, risk.state, risk.detail, risk.risk_type) if risk is not None else None
