"""A report from a store, and from a person's case. Everything is read, nothing written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import batched

from msgspec import Struct, structs

from .. import __version__
from ..cases import PersonCase
from ..documents.rule_metadata import metadata_of
from ..errors import ConfigError
from ..flow.every_alert import every_alert
from ..flow.policy import current
from ..flow.responses import merged
from ..model import Alert, AlertStatus
from ..model.text import fold
from ..ports import Ports
from ..tuning.report import report as uses_of
from .annex import annex
from .details import playbook
from .entries import EvidenceReading, counts, coverage
from .model import Entry, FilesRead, Report, RuleText, Suppression, WhatWasRead
from .numbers import numbers
from .rows import row
from .what_if import Comparison

_BATCH = 1_000
_MOST_ENTRIES = 500
"""Uses and unexplained logins that a report lists; the exports have all of them."""
_STANDING = (AlertStatus.OPEN, AlertStatus.CLOSED)


class ReportRequest(Struct, frozen=True, kw_only=True):
    """What a report is asked for, and what is known besides the store."""

    source: str  # for people: the store's name, or the files
    store: str = ""  # how a command names the store; empty where nothing is kept
    since: datetime | None = None
    person: str = ""
    files: FilesRead | None = None
    what_if: Comparison | None = None
    cases: tuple[PersonCase, ...] = ()


class Built(Struct, frozen=True, kw_only=True):
    """A report with what it was made from: its alerts in the order of its rows, and every entry."""

    report: Report
    alerts: tuple[Alert, ...]
    entries: tuple[Entry, ...]


def build(ports: Ports, asked: ReportRequest) -> Built:
    """The report of a store.

    Raises:
        StoreUnavailable: the store is away.
    """
    ports = current(ports)
    found = [alert for some in batched(every_alert(ports.store), _BATCH) for alert in merged(some, ports.store)]
    wanted = [alert for alert in found if _is_wanted(alert, asked)]
    reading = EvidenceReading(ports.store, ports.tuning, ports.clock())
    entries = tuple(one for one in reading.entries(asked.since) if _is_person(asked.person, (one.person, one.who)))
    read = structs.replace(reading.read(asked.source, sum(map(counts, entries))), files=asked.files)
    return _built(wanted, entries, read, ports, asked)


def of_case(case: PersonCase, ports: Ports, asked: ReportRequest) -> Built:
    """The report of one person's case: the case, and the alerts in it.

    Raises:
        StoreUnavailable: the store is away.
    """
    times = [moment.text.time for moment in case.moments]
    read = WhatWasRead(
        source=asked.source,
        days=(),
        first=min(times, default=None),
        last=max(times, default=None),
        silent_days=(),
        evidence=len(times),
        by_provider={},
        evidence_digest="",
    )
    return _built(list(case.alerts), (), read, current(ports), structs.replace(asked, cases=(case,)))


def _built(alerts: Sequence[Alert], entries: tuple[Entry, ...], read: WhatWasRead, ports: Ports, asked: ReportRequest) -> Built:
    standing = sorted((alert for alert in alerts if alert.status in _STANDING), key=_height)
    rows = tuple(map(row, standing))
    counted = numbers(rows, len(alerts) - len(standing))
    responses = [response for alert in alerts for response in alert.responses]
    newest = entries[::-1]
    report = Report(
        generated=ports.clock().astimezone(UTC),
        version=__version__,
        since=asked.since,
        person=asked.person,
        store=asked.store,
        read=read,
        numbers=counted,
        rows=rows,
        coverage=coverage(entries),
        uses=tuple(one for one in newest if one.use)[:_MOST_ENTRIES],
        unexplained=tuple(one for one in newest if one.unexplained)[:_MOST_ENTRIES],
        suppressions=_suppressions(standing, ports),
        what_if=asked.what_if,
        annex=annex(rows, responses, ports, read, counted),
        rules=tuple(_rule(rule) for rule in dict.fromkeys(rule for one in rows for rule in (one.rule, *one.rules))),
        cases=asked.cases,
    )
    return Built(report=report, alerts=tuple(standing), entries=entries)


def _height(alert: Alert) -> tuple[int, float, str]:
    return -alert.score, -alert.snapshot.last_seen.timestamp(), alert.id


def _is_wanted(alert: Alert, asked: ReportRequest) -> bool:
    snapshot = alert.snapshot
    if asked.since is not None and snapshot.last_seen < asked.since:
        return False
    texts = [text for event in snapshot.events for text in event.texts]
    names = (snapshot.person or "", alert.key.principal, *snapshot.lead.event.names, *(text.name for text in texts))
    return _is_person(asked.person, names)


def _is_person(wanted: str, names: Iterable[str]) -> bool:
    return not wanted or fold(wanted) in {fold(name) for name in names if name}


def _suppressions(alerts: Sequence[Alert], ports: Ports) -> tuple[Suppression, ...]:
    highest: dict[str, int] = defaultdict(int)
    for alert in alerts:
        for event in alert.snapshot.events:
            if event.suppressed_by is not None:
                highest[event.suppressed_by] = max(highest[event.suppressed_by], event.score)
    return tuple(Suppression(use=use, highest=highest.get(use.id)) for use in uses_of(ports.tuning, alerts, ports.clock(), days=36_500))


def _rule(rule: str) -> RuleText:
    found = metadata_of(rule)
    try:
        page = playbook(rule)
    except ConfigError:
        page = ""
    if found is None:
        return RuleText(id=rule, title=rule, meaning="", tier=2, attack=(), controls=(), false_positives=(), playbook=page)
    return RuleText(
        id=rule,
        title=found.title,
        meaning=found.meaning,
        tier=found.tier,
        attack=found.attack,
        controls=found.controls,
        false_positives=found.false_positives,
        playbook=page,
    )
