"""What a case produced, in the words that case files use, and how that compares with what was expected."""

from typing import Any

import msgspec

from ...documents import alert_document, evidence_document
from ...flow.intake import Fate
from ...model import Alert, AlertStatus, Band
from ...notify import teams, terminal, text
from ...ports import Notice
from ...providers.people import person_of
from .trial import Result

COUNTED = (AlertStatus.OPEN, AlertStatus.CLOSED)
CROSS_CLOUD = "x-"  # in these cases ``alerts`` counts those above low
_COMPARED = (
    "fire", "rule", "severity", "score", "alerts", "notifications", "event_count", "suppressed", "notified", "record", "data_quality",
    "final_status", "person", "config_error",
)  # fmt: skip
_NOT_COMPARED = ("severity_in", "expand", "invariants", "no_crash", "redact")
_MEANINGLESS_WITHOUT_ALERT = ("rule", "severity", "score")


def describe(name: str, result: Result) -> dict[str, Any]:
    """Everything ``check --json`` says of one case."""
    highest = result.highest
    counted = [alert for alert in result.alerts if alert.status in COUNTED]
    if name.startswith(CROSS_CLOUD):
        counted = [alert for alert in counted if alert.band is not Band.LOW]
    found: dict[str, Any] = {
        "fire": highest is not None,
        "rule": highest.rule if highest else None,
        "severity": highest.band.value if highest else None,
        "score": highest.score if highest else None,
        "alerts": len(counted),
        "notifications": len(result.notices),
        "event_count": highest.event_count if highest else 0,
        "suppressed": bool(highest and highest.suppressed),
        "notified": bool(result.notices),
        "record": any(item.fate in {Fate.STORED, Fate.DUPLICATE} for item in result.items),
        "data_quality": any(item.event.data_quality for item in result.evidence),
        "final_status": _status(highest, result),
        "person": _person(highest, result),
        "config_error": bool(result.problems),
        "config_errors": list(result.problems),
        "ignored": sorted({item.reason for item in result.items if item.fate is Fate.IGNORED}),
        "refused": sorted({item.reason for item in result.items if item.fate is Fate.REFUSED}),
        "documents": {
            "alerts": [alert_document(alert) for alert in result.alerts],
            "evidence": [evidence_document(item) for item in result.evidence],
        },
        "rendered": rendered(Notice(alert=highest, why="new")) if highest else None,
    }
    return found


def rendered(notice: Notice) -> dict[str, Any]:
    """What every channel would show of a notice."""
    return {
        "sns": {"subject": text.subject(notice), "message": text.message(notice)},
        "teams": teams.card(notice),
        "terminal": terminal.render(notice),
    }


def _status(highest: Alert | None, result: Result) -> str | None:
    """Where the highest alert stands; when none counts any more, where the one that was highest went."""
    gone = max(result.alerts, key=lambda a: (a.score, a.id), default=None)
    found = highest or gone
    return found.status.value if found else None


def _person(highest: Alert | None, result: Result) -> str | None:
    if highest is not None:
        return highest.person
    people = sorted({person for item in result.evidence if (person := person_of(item.event, result.tuning))})
    return people[0] if people else None


def problems(expect: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Every difference between what was expected and what came, in words; empty when the case holds."""
    unknown = sorted(set(expect) - set(_COMPARED) - set(_NOT_COMPARED))
    differences = [f"unknown expectation {name!r}" for name in unknown]
    for name in _COMPARED:
        if name not in expect or (name in _MEANINGLESS_WITHOUT_ALERT and not expect.get("fire", True)):
            continue
        if expect[name] != found[name]:
            differences.append(f"{name}: expected {expect[name]!r}, got {found[name]!r}")
    written = "\n".join(_strings(msgspec.to_builtins([found["documents"], found["rendered"]])))
    differences += [
        f"redact: {len(secret)} characters that must not be written were" for secret in expect.get("redact", ()) if secret in written
    ]
    return differences


def _strings(value: object) -> list[str]:
    """Every string in a JSON value, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (str(key), *_strings(inner))]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _strings(inner)]
    return []
