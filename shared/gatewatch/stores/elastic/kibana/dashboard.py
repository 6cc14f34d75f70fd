"""The dashboard: what is open, how it came, who and what is behind it, and the list to work through."""

from collections.abc import Iterator

from ..answers import Json
from ..names import Names
from .charts import bars, donut, highest, number, table, top
from .charts import count as alerts
from .published import kql
from .saved import kuery, reference, saved, text
from .searches import search_id
from .views import alerts_view

COUNTED = 'not gatewatch.status: ("retracted" or "merged")'
VISIBLE = f"{COUNTED} and gatewatch.suppressed: false"
FULL = 48  # columns of Kibana's grid
_SCORE = "gatewatch.score"


def dashboard_id(names: Names) -> str:
    """The id of this installation's dashboard."""
    return f"gatewatch-overview-{names.namespace}"


def dashboard(names: Names) -> Json:
    """The dashboard as a saved object, with the last 30 days."""
    panels, references = [], []
    for panel, named in _panels(names):
        panels.append(panel)
        references += named
    attributes = {
        "title": f"Gatewatch ({names.namespace}): overview",
        "description": "Open alerts, how they came, who is behind them. Made by `gatewatch elastic kibana push`.",
        "kibanaSavedObjectMeta": {"searchSourceJSON": text({"query": kuery(), "filter": []})},
        "optionsJSON": text({"useMargins": True, "syncColors": True, "hidePanelTitles": False}),
        "panelsJSON": text(panels),
        "timeRestore": True,
        "timeFrom": "now-30d",
        "timeTo": "now",
    }
    return saved("dashboard", dashboard_id(names), attributes, references)


def _panels(names: Names) -> Iterator[tuple[Json, list[Json]]]:
    """Every panel with the references that it brings."""
    for place, (x, y, width, height, lens) in enumerate(_charts(alerts_view(names))):
        panel = _panel(f"chart{place}", "lens", (x, y, width, height), {"attributes": lens, "enhancements": {}}, lens["title"])
        yield panel, [{**each, "name": f"chart{place}:{each['name']}"} for each in lens["references"]]
    listed = _panel("list", "search", (0, 44, FULL, 18), {"enhancements": {}}, "Open alerts, high and critical")
    yield {**listed, "panelRefName": "panel_list"}, [reference("search", search_id("open_alerts_high", names), "list:panel_list")]


def _charts(view: str) -> Iterator[tuple[int, int, int, int, Json]]:
    """Place (x, y), size (columns, rows) and chart."""
    yield 0, 0, 12, 6, number("Open, high and critical", kql("open_alerts_high"), view)
    yield 12, 0, 12, 6, number("Notified and not yet taken", kql("unacknowledged_alerts"), view)
    yield 24, 0, 12, 6, number("Notifications pending", kql("owed_notifications"), view)
    yield 36, 0, 12, 6, number("Suppressed", kql("suppressed_alerts"), view)
    yield 0, 6, 32, 14, bars("Alerts by severity", VISIBLE, view, top("Severity", "gatewatch.severity", 4, "count"))
    yield 32, 6, 16, 14, donut("Alerts by family", VISIBLE, view, top("Family", "gatewatch.family", 5, "count"))
    yield 0, 20, 24, 12, table("Rules", VISIBLE, view, _ranked("Rule", "gatewatch.rule", 15))
    yield 24, 20, 24, 12, table("People", VISIBLE, view, _ranked("Person", "gatewatch.person", 15))
    yield 0, 32, 16, 12, table("Addresses", VISIBLE, view, _ranked("Address", "gatewatch.addresses", 15))
    yield 16, 32, 16, 12, table("Countries", VISIBLE, view, _ranked("Country", "gatewatch.countries", 15))
    yield (
        32,
        32,
        16,
        12,
        table("What the allowlist silenced", kql("suppressed_alerts"), view, _ranked("Entry", "gatewatch.suppressed_by", 15)),
    )


def _ranked(label: str, field: str, size: int) -> dict[str, Json]:
    return {"value": top(label, field, size, "highest"), "count": alerts(), "highest": highest("Highest score", _SCORE)}


def _panel(name: str, kind: str, place: tuple[int, int, int, int], config: Json, title: str) -> Json:
    x, y, width, height = place
    grid = {"x": x, "y": y, "w": width, "h": height, "i": name}
    return {"type": kind, "panelIndex": name, "gridData": grid, "embeddableConfig": config, "title": title, "version": "8.19.0"}
