"""Responses to alerts: applied to the stored alerts by compare-and-swap, and merged into what people read.

No evidence is read: the state is computed from the alert's snapshot, its notification log and its responses.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from ..alerts.group import alert_id
from ..alerts.query import matches_query
from ..alerts.state import apply_responses, with_responses
from ..errors import Conflict
from ..model import Alert, GroupKey, Response
from ..ports import AlertQuery, AlertWrite, Ports, Store, Written
from .malicious import teach_verdicts
from .policy import alert_inputs

APPLIED_WITHIN = timedelta(days=7)
"""How old a response may be when the sweep applies it. After a longer pause the next recomputation of its alert does it."""

MAX_SWAPS = 20


def apply_new(ports: Ports) -> list[Alert]:
    """Apply the responses that their alerts do not have yet; returns the alerts written. Raises as ``apply_to``."""
    recent = _recent(ports.store, ports.clock())
    stored = ports.store.read_alerts({response.key for response in recent}) if recent else {}
    known = {response.id for found in stored.values() for response in found.alert.responses}
    return apply_to({response.key for response in recent if response.id not in known and response.key in stored}, ports)


def teach_new(ports: Ports) -> None:
    """Teach the verdicts of the newest responses; raises as ``teach_verdicts``. Run it before the days that are asked for."""
    teach_about({response.key for response in _recent(ports.store, ports.clock()) if response.verdict is not None}, ports)


def teach_about(keys: Collection[GroupKey], ports: Ports) -> None:
    """Teach the verdicts on the alerts of these groups; raises as ``teach_verdicts``."""
    teach_verdicts(_of(keys, ports.store), ports)


def apply_to(keys: Collection[GroupKey], ports: Ports) -> list[Alert]:
    """Bring the alerts of these groups in line with their responses; returns the alerts written.

    Raises:
        StoreUnavailable: the store went away; run it again.
        Conflict: other writers kept winning; run it again.
    """
    written: list[Alert] = []
    left = set(keys)
    for _ in range(MAX_SWAPS):
        if not left:
            return written
        stored = ports.store.read_alerts(left)
        inputs = alert_inputs(ports, responses=_by_key(_of(stored, ports.store), stored))
        changed = [(found, alert) for found in stored.values() if (alert := apply_responses(found.alert, inputs)) is not found.alert]
        writes = [AlertWrite(alert, found.version) for found, alert in changed]
        results = ports.store.write_alerts(writes) if writes else []
        written += [write.alert for write, result in zip(writes, results, strict=True) if result is Written.DONE]
        left = {write.alert.key for write, result in zip(writes, results, strict=True) if result is Written.CONFLICT}
    if not left:
        return written
    message = "other writers kept changing the same alerts"
    raise Conflict(message)


def merged(alerts: Iterable[Alert], store: Store) -> list[Alert]:
    """The alerts as their responses leave them, those included that nobody applied yet. Nothing is written."""
    found = list(alerts)
    answers = _by_key(_of([alert.key for alert in found], store), [alert.key for alert in found])
    return [with_responses(alert, answers.get(alert.key, ())) for alert in found]


def search_alerts(store: Store, query: AlertQuery, now: datetime) -> list[Alert]:
    """What ``Store.search`` finds, with the responses that nobody applied yet: an alert that one of them closed or reopened is in its place."""
    found = {alert.key: alert for alert in store.search(query)}
    others = {response.key for response in _recent(store, now)} - found.keys()
    stored = store.read_alerts(others) if others else {}
    known = [*found.values(), *(item.alert for item in stored.values())]
    wanted = [alert for alert in merged(known, store) if matches_query(alert, query)]
    return sorted(wanted, key=lambda alert: (alert.snapshot.last_seen, alert.id), reverse=True)[: query.limit]


def _recent(store: Store, now: datetime) -> list[Response]:
    """The newest responses whose alert can exist: whoever may respond may name any group."""
    return [response for response in store.responses_since(now - APPLIED_WITHIN) if _is_day(response.key.day)]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _of(keys: Iterable[GroupKey], store: Store) -> list[Response]:
    ids = {alert_id(key) for key in keys}
    return store.responses_of(ids) if ids else []


def _by_key(responses: Iterable[Response], keys: Iterable[GroupKey]) -> dict[GroupKey, list[Response]]:
    """By the group of the alert, which its id decides: a response is never applied to another group because it names one."""
    by_id = {alert_id(key): key for key in keys}
    found: dict[GroupKey, list[Response]] = defaultdict(list)
    for response in responses:
        found[by_id[response.alert_id]].append(response)
    return dict(found)
