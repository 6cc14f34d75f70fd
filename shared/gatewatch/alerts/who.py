"""Whom an alert is about."""

from ..model import Alert


def who(alert: Alert) -> str:
    """Whom an alert is about: a name that people know. Where only an id is known, it stands after the kind of identity."""
    texts = [text for row in alert.snapshot.events for text in row.texts[::-1]]
    ids = {alert.key.principal, *(text.identity for text in texts)}
    named = (text.name for text in texts if text.name and text.name not in ids)
    role = next((text.role for text in texts if text.role), "")
    return next(named, "") or alert.snapshot.person or f"{role} {alert.key.principal}".strip()
