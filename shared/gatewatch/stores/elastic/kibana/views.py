"""The data views: alerts, evidence and responses. An alert's id is a link to its document."""

from ..answers import Json
from ..names import Names
from .saved import saved, text

TIME = "@timestamp"


def alerts_view(names: Names) -> str:
    """The id of the data view of alerts."""
    return names.alerts


def evidence_view(names: Names) -> str:
    """The id of the data view of evidence."""
    return names.evidence_template


def data_views(names: Names) -> list[Json]:
    """Alerts, evidence and responses, as saved objects."""
    linked = {"gatewatch.alert_id": {"id": "url", "params": {"urlTemplate": _discover(names, "{{value}}"), "labelTemplate": "{{value}}"}}}
    return [
        _view(alerts_view(names), f"Gatewatch alerts ({names.namespace})", names.alerts, {"fieldFormatMap": text(linked)}),
        _view(evidence_view(names), f"Gatewatch evidence ({names.namespace})", names.evidence),
        _view(names.response_template, f"Gatewatch responses ({names.namespace})", names.responses),
    ]


def alert_page(names: Names, alert_id: str) -> str:
    """The path of the page that shows one alert, over a year, within a space; ``alert_id`` is encoded or a placeholder."""
    return f"/app/{_discover(names, alert_id)}"


def _discover(names: Names, alert_id: str) -> str:
    """The same from ``/app/`` on. Kibana puts the path of the space and ``/app/`` before a URL template that begins without a slash.

    One that begins with ``/app/`` would be right in the default space only. Kibana encodes the value that it puts into a template, and this
    project encodes the id of a notification's link. Source: Kibana, ``UrlFormat`` of the field formats.
    """
    search = (
        f"(dataSource:(dataViewId:'{alerts_view(names)}',type:dataView),query:(language:kuery,query:'gatewatch.alert_id:%22{alert_id}%22'))"
    )
    return f"discover#/?_g=(time:(from:now-1y,to:now))&_a={search}"


def _view(name: str, title: str, index: str, more: Json | None = None) -> Json:
    attributes = {"title": index, "name": title, "timeFieldName": TIME, "allowHidden": False, **(more or {})}
    return saved("index-pattern", name, attributes)
