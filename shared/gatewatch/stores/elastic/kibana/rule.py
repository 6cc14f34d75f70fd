"""The rule that promotes alerts into Elastic Security, as ``POST /api/detection_engine/rules/_import`` takes it. Pure.

It reads what Elastic's own
promotion rules read (``event.kind``, ``event.severity``, ``event.risk_score``, ``event.ingested``, ``message``). Elastic's "External
Alerts" covers ``logs-*`` only, hence a rule of ours.
"""

from uuid import UUID, uuid5

from ....documents.alert import EVENT_SEVERITY
from ....model import Severity
from ..answers import Json
from ..names import Names

RULES = UUID("2f6f7c1e-6c0a-4c55-9a0e-5b7b6f3f1021")
"""An installation's rule has the id that its namespace gives within this one, so that one Kibana can hold the rules of two."""

HIGHLIGHTED = (
    "message",
    "gatewatch.rule",
    "gatewatch.severity",
    "gatewatch.score",
    "gatewatch.score_components.reason",
    "gatewatch.person",
    "gatewatch.account",
    "gatewatch.addresses",
    "gatewatch.countries",
    "gatewatch.mfa.verdict",
    "gatewatch.status",
    "gatewatch.alert_id",
)
"""The fields that Elastic Security shows first."""

QUERY = "event.kind:alert and event.module:gatewatch and gatewatch.status:open and not gatewatch.suppressed:true"


def detection_rule(names: Names, space: str = "") -> Json:
    """The promotion rule, switched off as shipped. ``space`` is the path before ``/app/`` in the Kibana that it is for, such as ``/s/security``.

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
        "note": _guide(names, space),
        "setup": "Gatewatch writes the alerts; this rule reads them. Nothing else is needed.",
        "investigation_fields": {"field_names": list(HIGHLIGHTED)},
        "author": ["Gatewatch"],
        "license": "Apache-2.0",
        "false_positives": [],
        "references": ["https://attack.mitre.org/techniques/T1021/007/"],
        "enabled": False,
        "version": 1,
    }


def _guide(names: Names, space: str) -> str:
    """The investigation guide, in Markdown."""
    return f"""\
## Triage

1. Read `message`, then `gatewatch.score_components.reason`: each line of the score says what was seen.
2. Open the [Gatewatch dashboard]({space}/app/dashboards#/view/gatewatch-overview-{names.namespace}), or the alert by its `gatewatch.alert_id`.
3. `gatewatch alerts show ALERT_ID` shows the score and the evidence; `gatewatch case ALERT_ID` what else the person did in those days.
4. `gatewatch pivot ALERT_ID` prints the queries and the commands that contain the account, filled in.

The playbook of the rule in `gatewatch.rule` is `docs/playbooks/RULE.md` of the project.

## Close it where it was opened

`gatewatch alerts close ALERT_ID --verdict malicious|expected|mistaken|test --reason TEXT` closes the alert of Gatewatch, and its verdict
measures the rule. Closing this one in Elastic Security changes nothing there.
"""


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
