"""Entra's directory audits: typed ones, and the records of them that Graph shows."""

from datetime import datetime
from typing import Any

from gatewatch.model import Event, Outcome
from gatewatch.providers.entra import audit_samples, samples
from gatewatch.providers.entra.detail import DirectoryAudit

from .common import ALICE, NOON, having, with_detail

USER_ID = "00000000-1111-4000-8000-00000000000a"
SECURITY_INFO = "User registered security info"


def audit(number: int = 1, *, at: datetime = NOON, user: str = "U-1", activity: str = SECURITY_INFO, **changes: Any) -> Event:
    """Somebody did this in the directory."""
    part = DirectoryAudit(audit_id=f"A-{number}", activity=activity, changes="security_info", user_id=user)
    fields: dict[str, Any] = {
        "vendor_id": f"entra-audit|A-{number}",
        "time": at,
        "action": activity,
        "outcome": Outcome.SUCCESS,
        "account": "tenant",
        "principal": user,
        "person": ALICE,
        "names": (),
        "user_name": None,
    }
    return having(with_detail(samples.sign_in().event, part), **{**fields, **changes})


def audit_record(activity: str = SECURITY_INFO, **changes: Any) -> dict[str, Any]:
    """A directory audit of Graph; what is None is left out."""
    record = audit_samples.security_info(USER_ID) | {"activityDisplayName": activity} | changes
    return {name: value for name, value in record.items() if value is not ...}


def by_user(**changes: Any) -> dict[str, Any]:
    """``initiatedBy`` of a person."""
    user = {"id": USER_ID, "displayName": "Alice", "userPrincipalName": "alice@contoso.com", "ipAddress": "198.51.100.77"}
    return {"user": user | changes, "app": None}
