"""One alert as a Detection Finding of OCSF 1.5.0 (class 2004). Source: schema.ocsf.io, version 1.5.0."""

import ipaddress
from datetime import datetime
from typing import Any

from .. import __version__
from ..model.text import visible
from .model import AlertRow, RuleText

VERSION = "1.5.0"
CLASS, CATEGORY, CREATE = 2004, 2, 1
SEVERITIES = {"low": (2, "Low"), "medium": (3, "Medium"), "high": (4, "High"), "critical": (5, "Critical")}
NEW, SUPPRESSED, RESOLVED = (1, "New"), (3, "Suppressed"), (4, "Resolved")
VERDICTS = {"malicious": (2, "True Positive"), "expected": (5, "Benign"), "mistaken": (1, "False Positive"), "test": (6, "Test")}
_LIMIT = 2_000


def finding(row: AlertRow, rule: RuleText | None) -> dict[str, Any]:
    """The alert as a finding. Its texts are visible and on one line."""
    severity_id, severity = SEVERITIES[row.severity.value]
    status_id, status = SUPPRESSED if row.suppressed_by else NEW if row.status == "open" else RESOLVED
    found: dict[str, Any] = {
        "activity_id": CREATE,
        "category_uid": CATEGORY,
        "class_uid": CLASS,
        "type_uid": CLASS * 100 + CREATE,
        "time": _ms(row.time),
        "start_time": _ms(row.first),
        "end_time": _ms(row.last),
        "count": row.events,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "risk_score": row.score,
        "message": _text(row.reason),
        "finding_info": _info(row, rule),
        "metadata": {
            "version": VERSION,
            "uid": row.id,
            "product": {"name": "Gatewatch", "vendor_name": "Gatewatch", "version": __version__, "lang": "en"},
        },
        "evidences": _evidences(row),
        "resources": [{"type": "Account", "uid": _text(row.account or "unknown")}],
    }
    if row.verdict in VERDICTS:
        found["verdict_id"], found["verdict"] = VERDICTS[row.verdict]
    return found


def _info(row: AlertRow, rule: RuleText | None) -> dict[str, Any]:
    title = rule.title if rule is not None else row.rule
    info: dict[str, Any] = {
        "uid": row.id,
        "title": title,
        "desc": _text(rule.meaning if rule is not None and rule.meaning else row.reason),
        "types": [row.family],
        "created_time": _ms(row.created),
        "first_seen_time": _ms(row.first),
        "last_seen_time": _ms(row.last),
        "analytic": {"uid": row.rule, "name": title, "type_id": 1, "type": "Rule"},
    }
    if rule is not None and rule.attack:
        info["attacks"] = [{"technique": {"uid": technique}, "version": "18"} for technique in rule.attack]
    return info


def _evidences(row: AlertRow) -> list[dict[str, Any]]:
    actor = {"user": {"name": _text(row.who), "uid": _text(row.principal)}}
    return [{"actor": actor, "src_endpoint": _endpoint(address)} for address in row.addresses[:20]] or [{"actor": actor}]


def _endpoint(address: str) -> dict[str, str]:
    """By address; a text that is none is a name (CloudTrail writes names of services there)."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return {"name": _text(address)}
    return {"ip": address}


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _text(value: str) -> str:
    return visible(value, _LIMIT)
