"""Saved searches: what a shift asks every day, as Discover sessions in KQL and in ES|QL."""

from ....providers.catalogue import PROVIDERS
from ..answers import Json
from ..names import Names
from .published import esql, kql
from .saved import SOURCE, kuery, reference, saved, text
from .views import TIME, alerts_view, evidence_view

_ALERT = ("gatewatch.severity", "gatewatch.score", "message", "gatewatch.person", "gatewatch.addresses", "gatewatch.status")
_EVIDENCE = ("event.action", "event.outcome", "gatewatch.person", "source.ip", "user_agent.original")


SEARCHES = (
    ("open_alerts_high", "Open alerts, high and critical", "What a shift looks at first.", ()),
    ("unacknowledged_alerts", "Notified and not yet taken", "Alerts that people were notified of and that no responder took.", ()),
    ("owed_notifications", "Notifications that are pending", "Alerts with a message that has not gone out on every channel.", ()),
    ("suppressed_alerts", "Suppressed alerts", "What the allowlist silenced.", ("gatewatch.suppressed_by",)),
    ("doubtful_alerts", "Alerts on doubtful records", "Alerts whose evidence was cut or partly unreadable.", ("gatewatch.data_quality",)),
)
"""Searches of alerts: the name of the published query, a title, what it answers, and the columns it has besides."""

QUERIES = (
    ("alerts_per_rule_and_day", "Alerts by rule and day"),
    ("suppressions", "What each allowlist entry silenced"),
    ("time_to_detect", "Time to detect, by rule"),
    ("time_to_ingest", "Time to ingest, by source"),
    ("time_to_respond", "Time to respond, by severity"),
)
"""The ES|QL queries without parameters: Discover asks for no values."""


def search_id(name: str, names: Names) -> str:
    """The id of a saved search of this installation."""
    return f"gatewatch-{name}-{names.namespace}"


def searches(names: Names) -> list[Json]:
    """Every saved search: those of alerts, those that each provider declares of its evidence, and those in ES|QL."""
    alerts = [_by_kql(name, (title, answers), (*_ALERT, *more), alerts_view(names), names) for name, title, answers, more in SEARCHES]
    declared = [one for provider in PROVIDERS for one in provider.saved_searches]
    evidence = [_by_kql(one.name, (one.title, one.answers), _EVIDENCE, evidence_view(names), names) for one in declared]
    return [*alerts, *evidence, *(_by_esql(name, title, names) for name, title in QUERIES)]


def _by_kql(name: str, said: tuple[str, str], columns: tuple[str, ...], view: str, names: Names) -> Json:
    source = {"query": kuery(kql(name)), "filter": [], "indexRefName": SOURCE, "highlightAll": False, "version": True}
    attributes = {**_common(*said, names), "columns": list(columns), "sort": [[TIME, "desc"]], "isTextBasedQuery": False}
    attributes["kibanaSavedObjectMeta"] = {"searchSourceJSON": text(source)}
    return saved("search", search_id(name, names), attributes, [reference("index-pattern", view, SOURCE)])


def _by_esql(name: str, title: str, names: Names) -> Json:
    query = esql(name, names)
    index = names.evidence if names.evidence in query else names.alerts
    view = {"id": search_id(f"{name}-source", names), "title": index, "timeFieldName": TIME, "type": "esql"}
    attributes = {**_common(title, "In ES|QL.", names), "columns": [], "sort": [], "isTextBasedQuery": True, "usesAdHocDataView": True}
    attributes["kibanaSavedObjectMeta"] = {"searchSourceJSON": text({"query": {"esql": query}, "filter": [], "index": view})}
    return saved("search", search_id(name, names), attributes)


def _common(title: str, answers: str, names: Names) -> Json:
    return {
        "title": f"Gatewatch ({names.namespace}): {title}",
        "description": answers,
        "grid": {},
        "hideChart": False,
        "timeRestore": False,
    }
