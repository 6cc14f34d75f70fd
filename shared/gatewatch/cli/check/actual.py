"""The actual result of a case, in the words of case files: what expectations are compared with and ``check --json`` prints."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from ...documents import alert_document, evidence_document
from ...documents.fields import mappings
from ...flow.intake import Disposition
from ...model import Alert, Severity
from ...notify import teams, terminal, text
from ...ports import Notice
from ...providers.people import person_of
from .cases import WorkedCase
from .run import RunResult

type Json = dict[str, Any]


class ActualResult(Struct, frozen=True, kw_only=True):
    """Everything that one run of a case left behind."""

    case: WorkedCase
    run: RunResult
    values: Json  # by the key of the expectation that names it
    alert_documents: tuple[Json, ...]
    evidence_documents: tuple[Json, ...]
    mappings: Json  # by the sort of document: how an index takes its fields
    rendered: tuple[Json, ...]  # the highest alert first, then every notice that was sent

    @property
    def documents(self) -> tuple[Json, ...]:
        """Every document, alerts first."""
        return (*self.alert_documents, *self.evidence_documents)

    def texts(self) -> Iterator[str]:
        """Every string in a document or a rendering, the names of fields included."""
        return _strings(msgspec.to_builtins([self.documents, self.rendered]))

    def to_json(self) -> Json:
        """What ``check --json`` prints."""
        items = self.run.items
        return self.values | {
            "config_errors": list(self.run.problems),
            "ignored": sorted({item.reason for item in items if item.disposition is Disposition.IGNORED}),
            "refused": sorted({item.reason for item in items if item.disposition is Disposition.REFUSED}),
            "documents": {"alerts": self.alert_documents, "evidence": self.evidence_documents},
            "rendered": self.rendered[0] if self.run.highest else None,
        }


def actual_result(case: WorkedCase, run: RunResult) -> ActualResult:
    """The result of this run of this case."""
    shown = [Notice(alert=run.highest, why="new")] if run.highest else []
    return ActualResult(
        case=case,
        run=run,
        values=_values(case, run),
        alert_documents=tuple(alert_document(alert) for alert in run.alerts),
        evidence_documents=tuple(evidence_document(item) for item in run.evidence),
        mappings={"alert": mappings("alert"), "evidence": mappings("evidence")},
        rendered=tuple(_render(notice) for notice in (*shown, *run.notices)),
    )


def _values(case: WorkedCase, run: RunResult) -> Json:
    highest = run.highest
    return {
        "fire": highest is not None,
        "rule": highest.rule if highest else None,
        "severity": highest.severity.value if highest else None,
        "score": highest.score if highest else None,
        "alerts": sum(_counts(alert, case) for alert in run.counted),
        "notifications": len(run.notices),
        "event_count": highest.snapshot.event_count if highest else 0,
        "suppressed": bool(highest and highest.snapshot.suppressed),
        "notified": bool(run.notices),
        "record": any(item.disposition in {Disposition.STORED, Disposition.DUPLICATE} for item in run.items),
        "data_quality": any(item.event.data_quality for item in run.evidence),
        "final_status": _status(run),
        "person": _person(run),
        "config_error": bool(run.problems),
        "no_crash": True,  # a run that raised has no actual result
    }


def _counts(alert: Alert, case: WorkedCase) -> bool:
    """Cases across providers count incidents: a low alert of one side is not one."""
    return not (case.crosses_providers and alert.severity is Severity.LOW)


def _status(run: RunResult) -> str | None:
    """The status of the highest alert; if none counts any more, of the one that was highest."""
    found = run.highest or max(run.alerts, key=lambda alert: (alert.score, alert.id), default=None)
    return found.status.value if found else None


def _person(run: RunResult) -> str | None:
    if run.highest is not None:
        return run.highest.snapshot.person
    people = sorted({person for item in run.evidence if (person := person_of(item.event, run.tuning))})
    return people[0] if people else None


def _render(notice: Notice) -> Json:
    """What every channel shows of a notice."""
    return {
        "sns": {"subject": text.subject(notice), "message": text.message(notice)},
        "teams": teams.card(notice),
        "terminal": terminal.render(notice),
    }


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
