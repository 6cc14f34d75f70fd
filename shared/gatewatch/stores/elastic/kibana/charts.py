"""The charts of the dashboard, in the form of Kibana's Lens: a layer of columns over the alerts, and how it is drawn."""

from collections.abc import Mapping

from ..answers import Json
from .saved import kuery, reference
from .views import TIME

LAYER = "layer1"
RECORDS = "___records___"
SEVERITIES = {"critical": "#7b1fa2", "high": "#c62828", "medium": "#ef6c00", "low": "#1565c0"}


def count(label: str = "Alerts") -> Json:
    """A column: how many alerts."""
    return _number(label, "count", RECORDS, {"emptyAsNull": True})


def highest(label: str, field: str) -> Json:
    """A column: the highest value of a number."""
    return _number(label, "max", field, {"emptyAsNull": True})


def by_day(label: str = "Day") -> Json:
    """A column: the time, in steps that Kibana chooses."""
    params = {"interval": "auto", "includeEmptyRows": True, "dropPartials": False}
    return {**_column(label, "date_histogram", TIME), "dataType": "date", "isBucketed": True, "scale": "interval", "params": params}


def top(label: str, field: str, size: int, order_by: str) -> Json:
    """A column: the most frequent values of a keyword, ordered by another column."""
    params = {
        "size": size,
        "orderBy": {"type": "column", "columnId": order_by},
        "orderDirection": "desc",
        "otherBucket": False,
        "missingBucket": False,
        "parentFormat": {"id": "terms"},
    }
    return {**_column(label, "terms", field), "dataType": "string", "isBucketed": True, "scale": "ordinal", "params": params}


def number(title: str, query: str, view: str) -> Json:
    """One number: how many alerts match."""
    shown = {"layerId": LAYER, "layerType": "data", "metricAccessor": "count"}
    return _lens(title, "lnsMetric", {"count": count(title)}, shown, query, view)


def bars(title: str, query: str, view: str, split: Json) -> Json:
    """Bars over time, stacked by the values of a column."""
    layer = {
        "layerId": LAYER,
        "layerType": "data",
        "seriesType": "bar_stacked",
        "position": "top",
        "showGridlines": False,
        "xAccessor": "time",
        "splitAccessor": "split",
        "accessors": ["count"],
    }
    shown = {
        "preferredSeriesType": "bar_stacked",
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "layers": [layer],
    }
    return _lens(title, "lnsXY", {"time": by_day(), "split": split, "count": count()}, shown, query, view)


def donut(title: str, query: str, view: str, split: Json) -> Json:
    """A ring of the values of a column."""
    layer = {
        "layerId": LAYER,
        "layerType": "data",
        "primaryGroups": ["split"],
        "metrics": ["count"],
        "numberDisplay": "value",
        "categoryDisplay": "default",
        "legendDisplay": "default",
        "nestedLegend": False,
    }
    return _lens(title, "lnsPie", {"split": split, "count": count()}, {"shape": "donut", "layers": [layer]}, query, view)


def table(title: str, query: str, view: str, columns: Mapping[str, Json]) -> Json:
    """A table of these columns."""
    shown = {"layerId": LAYER, "layerType": "data", "columns": [{"columnId": name} for name in columns]}
    return _lens(title, "lnsDatatable", columns, shown, query, view)


def _column(label: str, operation: str, field: str) -> Json:
    return {"label": label, "customLabel": True, "operationType": operation, "sourceField": field}


def _number(label: str, operation: str, field: str, params: Json) -> Json:
    return {**_column(label, operation, field), "dataType": "number", "isBucketed": False, "scale": "ratio", "params": params}


def _lens(title: str, kind: str, columns: Mapping[str, Json], shown: Json, query: str, view: str) -> Json:
    layer = {"columns": dict(columns), "columnOrder": list(columns), "incompleteColumns": {}}
    return {
        "title": title,
        "type": "lens",
        "visualizationType": kind,
        "references": [reference("index-pattern", view, f"indexpattern-datasource-layer-{LAYER}")],
        "state": {
            "visualization": shown,
            "query": kuery(query),
            "filters": [],
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}, "textBased": {"layers": {}}},
            "internalReferences": [],
            "adHocDataViews": {},
        },
    }
