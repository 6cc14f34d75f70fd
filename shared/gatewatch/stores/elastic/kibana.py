"""What Kibana imports: the rule that promotes alerts into Elastic Security, and two data views. Pure.

Rule: ``POST /api/detection_engine/rules/_import``; data views: ``POST /api/saved_objects/_import``. The rule reads what Elastic's own
promotion rules read (``event.kind``, ``event.severity``, ``event.risk_score``, ``event.ingested``, ``message``). Elastic's "External
Alerts" covers ``logs-*`` only, hence a rule of ours.
"""

from uuid import UUID, uuid5

from ...documents.alert import EVENT_SEVERITY
from ...model import Severity
from .answers import Json
from .names import Names

RULES = UUID("2f6f7c1e-6c0a-4c55-9a0e-5b7b6f3f1021")
"""An installation's rule has the id that its namespace gives within this one, so that one Kibana can hold the rules of two."""

QUERY = "event.kind:alert and event.module:gatewatch and gatewatch.status:open and not gatewatch.suppressed:true"


def detection_rule(names: Names) -> Json:
    """The promotion rule, switched off as shipped.

    An alert document is updated in place, and each update would be promoted again: with the licence for it (Platinum, or Security
    Complete on Serverless) Kibana folds those of one alert, opening and severity into one; without it the setting has no effect.
    """
    levels = [
        {"field": "event.severity", "operator": "equals", "severity": name.value, "value": str(n)} for name, n in EVENT_SEVERITY.items()
    ]
    return {
        "rule_id": str(uuid5(RULES, names.namespace)),
        "name": f"Gatewatch alerts (promotion, {names.namespace})",
        "description": "Promotes each alert that Gatewatch writes to a Kibana security alert, with its own severity, risk score and title.",
        "type": "query",
        "language": "kuery",
        "query": QUERY,
        "index": [names.alerts],
        "from": "now-6m",
        "interval": "1m",
        "timestamp_override": "event.ingested",
        "max_signals": 1000,
        "risk_score": Severity.MEDIUM.highest,
        "risk_score_mapping": [{"field": "event.risk_score", "operator": "equals", "value": ""}],
        "severity": Severity.MEDIUM.value,
        "severity_mapping": levels,
        "rule_name_override": "message",
        "alert_suppression": {
            "group_by": ["gatewatch.alert_id", "gatewatch.occurrence", "gatewatch.severity"],
            "duration": {"value": 24, "unit": "h"},
            "missing_fields_strategy": "doNotSuppress",
        },
        "threat": _threat(),
        "tags": ["Domain: Cloud", "Domain: Identity", "Tactic: Lateral Movement", "Promotion: External Alerts"],
        "author": ["Gatewatch"],
        "license": "Apache-2.0",
        "false_positives": [],
        "references": ["https://attack.mitre.org/techniques/T1021/007/"],
        "enabled": False,
        "version": 1,
    }


def _threat() -> list[Json]:
    base = "https://attack.mitre.org"
    technique = {
        "id": "T1021",
        "name": "Remote Services",
        "reference": f"{base}/techniques/T1021/",
        "subtechnique": [{"id": "T1021.007", "name": "Cloud Services", "reference": f"{base}/techniques/T1021/007/"}],
    }
    tactic = {"id": "TA0008", "name": "Lateral Movement", "reference": f"{base}/tactics/TA0008/"}
    return [{"framework": "MITRE ATT&CK", "tactic": tactic, "technique": [technique]}]


def data_views(names: Names) -> list[Json]:
    """Alerts, evidence and responses, as saved objects."""
    return [
        _view(names.alerts, f"Gatewatch alerts ({names.namespace})", names.alerts),
        _view(names.evidence_template, f"Gatewatch evidence ({names.namespace})", names.evidence),
        _view(names.response_template, f"Gatewatch responses ({names.namespace})", names.responses),
    ]


def _view(name: str, title: str, index: str) -> Json:
    attributes = {"title": index, "name": title, "timeFieldName": "@timestamp", "allowHidden": False}
    return {"id": name, "type": "index-pattern", "attributes": attributes, "references": []}
