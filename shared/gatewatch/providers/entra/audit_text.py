"""What people read of a directory audit. Values are raw; whoever shows them escapes them."""

from ...model import Event, Outcome
from ...model.text import visible
from .audit_table import AuditKind, audited
from .detail import DirectoryAudit, audit_of

_SHOWN_CHARACTERS = 80
_NOT_NAMED = "(not named)"
_ENDS = {Outcome.SUCCESS: "", Outcome.FAILURE: " (it failed)"}


def said(event: Event) -> str:
    """What was done, in the past tense and without a subject ("registered security info"); empty for anything but a directory audit."""
    audit = audit_of(event)
    if audit is None:
        return ""
    return _phrase(audit) + _ENDS.get(event.outcome, " (unknown outcome)")


def _phrase(audit: DirectoryAudit) -> str:
    found = audited(audit.activity)
    if found is None:
        return visible(audit.activity, _SHOWN_CHARACTERS)
    user = visible(audit.target_user or audit.target_user_id or "a user", _SHOWN_CHARACTERS)
    thing = visible(audit.target_name or audit.target_id or _NOT_NAMED, _SHOWN_CHARACTERS)
    phrase = found.phrase.format(user=user, object=thing)
    if audit.changes == AuditKind.TEMPORARY_ACCESS_PASS and found.kind is AuditKind.SECURITY_INFO:
        phrase = phrase.replace("security info", "a temporary access pass", 1)
    return phrase
