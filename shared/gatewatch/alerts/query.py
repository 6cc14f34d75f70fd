"""Whether an alert matches what people ask for. Pure; stores with a query language of their own answer alike."""

from ..model import Alert
from ..ports import AlertQuery


def matches_query(alert: Alert, query: AlertQuery) -> bool:
    """Whether the alert matches every filter of the query; its limit is not looked at."""
    text = (query.text or "").casefold()
    haystack = (alert.id, alert.key.principal, alert.snapshot.person or "")
    return (
        (query.since is None or alert.snapshot.last_seen >= query.since)
        and (query.until is None or alert.snapshot.last_seen <= query.until)
        and (not query.statuses or alert.status.value in query.statuses)
        and (not query.severities or alert.severity.value in query.severities)
        and (not text or any(text in value.casefold() for value in haystack))
    )
