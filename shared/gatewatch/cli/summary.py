"""What a replay says at its end: every record by its disposition, every file, what was left out and why, and the alerts of the store."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from ..flow.every_alert import every_alert
from ..flow.intake import Disposition
from ..flow.replay import Replayed
from ..flow.tally import KEPT, FileCount, Seen
from ..flow.wanted import OTHER_ACCOUNT, OUTSIDE_TIME
from ..model import Alert, AlertStatus, Severity
from ..ports import Store
from ..reading.files import FileReport, Journal
from .screen import Screen

FILES_SHOWN = 20
REFUSED_SHOWN = 10
FAIL_ON = (Disposition.REFUSED.value, Disposition.IGNORED.value, *(severity.value for severity in Severity))


class StandingAlerts(Struct):
    """The alerts that a store holds, counted: those that are neither retracted nor merged into another."""

    total: int = 0
    suppressed: int = 0
    by_rule: Counter[tuple[str, Severity]] = Counter()
    highest: Severity | None = None  # of those that are open and not suppressed

    def add(self, alert: Alert) -> None:
        """Count one."""
        self.total += 1
        self.suppressed += alert.snapshot.suppressed
        self.by_rule[alert.rule, alert.severity] += 1
        if alert.status is AlertStatus.OPEN and not alert.snapshot.suppressed and (self.highest is None or alert.severity > self.highest):
            self.highest = alert.severity


def standing(alerts: Iterable[Alert]) -> list[Alert]:
    """The alerts that count: neither retracted nor merged into another."""
    return [alert for alert in alerts if alert.status in {AlertStatus.OPEN, AlertStatus.CLOSED}]


def counted(store: Store) -> StandingAlerts:
    """Every alert of the store, however many there are."""
    found = StandingAlerts(by_rule=Counter())
    for alert in standing(every_alert(store)):
        found.add(alert)
    return found


def summary(done: Replayed, kept: StandingAlerts, journal: Journal) -> dict[str, Any]:
    """The summary as one JSON object; the counts are never cut, the refusals listed are the first ones."""
    return {
        "records": done.records,
        "dispositions": dict(sorted(done.counts.items())),
        **_said(done.seen),
        "left_out": dict(sorted(left_out(journal).items())),
        "alerts": kept.total,
        "alerts_changed": done.standing,
        "alerts_by_rule": dict(sorted(_sums((rule, number) for (rule, _), number in kept.by_rule.items()).items())),
        "alerts_by_severity": {
            severity.value: number
            for severity in Severity
            if (number := sum(count for (_, found), count in kept.by_rule.items() if found is severity))
        },
        "suppressed": kept.suppressed,
        "notified": len(done.sent),
        "refused": [{"origin": item.origin, "reason": item.reason, "detail": item.detail} for item in done.refused],
        "files": [_file(report, done.files.get(report.name)) for report in journal.files],
    }


def left_out(journal: Journal) -> Counter[str]:
    """How many files and parts of archives were left out, by reason."""
    return Counter(report.left_out for report in journal.files if report.left_out)


def code(done: Replayed, kept: StandingAlerts, fail_on: Iterable[str]) -> int:
    """1 when nothing could be read, when everything was refused, or when something happened that ``fail_on`` names; otherwise 0."""
    refused = sum(number for name, number in done.counts.items() if name.startswith(Disposition.REFUSED.value))
    ignored = sum(number for name, number in done.counts.items() if name.startswith(Disposition.IGNORED.value))
    wanted = set(fail_on)
    failed = (
        refused >= done.records
        or ("refused" in wanted and refused > 0)
        or ("ignored" in wanted and ignored > 0)
        or any(kept.highest is not None and kept.highest >= severity for severity in Severity if severity.value in wanted)
    )
    return int(failed)


def _said(seen: Seen) -> dict[str, Any]:
    return {"earliest": seen.earliest, "latest": seen.latest, "data_quality": dict(sorted(seen.doubts.items()))}


def _file(report: FileReport, found: FileCount | None) -> dict[str, Any]:
    count = FileCount() if found is None else found
    return {
        "file": report.name,
        "read_as": report.formats,
        "encoding": report.encoding,
        "records": count.records,
        "dispositions": {name: number for name, number in sorted(count.dispositions.items()) if number},
        **_said(count.seen),
        "notes": report.notes,
        "left_out": report.left_out or None,
        "detail": report.detail or None,
    }


def _sums(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, number in pairs:
        found[name] += number
    return found


def show(done: Replayed, kept: StandingAlerts, journal: Journal, screen: Screen) -> None:
    """The same for people."""
    read = [report for report in journal.files if not report.left_out]
    screen.line(f"{done.records} records, {sum(done.counts.values())} accounted for; {len(read)} files read{_span(done.seen)}")
    screen.table(
        ("what became of them", "count"),
        ((disposition.replace(":", ": "), number) for disposition, number in sorted(done.counts.items()) if number),
    )
    _show_files(read, done, screen)
    _show_left_out(journal, screen)
    if done.seen.doubts:
        screen.line(f"doubts: {', '.join(f'{name} {number}' for name, number in sorted(done.seen.doubts.items()))}")
    screen.line()
    changed = f"{done.standing} changed now, {len(done.sent)} notifications sent"
    screen.line(f"{kept.total} alerts in the store, {kept.suppressed} suppressed; {changed}")
    screen.table(("rule", "severity", "count"), ((rule, severity, number) for (rule, severity), number in sorted(kept.by_rule.items())))
    for item in done.refused[:REFUSED_SHOWN]:
        screen.note(f"refused {item.origin}: {item.reason}{f' ({item.detail})' if item.detail else ''}")
    more = sum(number for name, number in done.counts.items() if name.startswith("refused")) - REFUSED_SHOWN
    if more > 0:
        screen.note(f"and {more} more refused; --json lists the first {len(done.refused)}")
    if done.records == 0:
        screen.note("nothing could be read: this says nothing about what happened")
    elif code(done, kept, ()):
        screen.note("everything was refused: this says nothing about what happened")
    elif done.records == sum(done.counts.get(f"{Disposition.IGNORED.value}:{reason}", 0) for reason in (OTHER_ACCOUNT, OUTSIDE_TIME)):
        screen.note("no record is of the time and the account that were asked for: this says nothing about others")


def _show_files(read: list[FileReport], done: Replayed, screen: Screen) -> None:
    """The files, those with refusals first."""
    counts = {report.name: done.files.get(report.name, FileCount()) for report in read}
    ordered = sorted(read, key=lambda report: -_number(counts[report.name], "refused"))
    screen.table(
        ("file", "read as", "kept", "ignored", "refused", "time"),
        (
            (
                report.name,
                ", ".join([" in ".join(reversed(report.formats)), report.encoding, *report.notes]),
                count.dispositions[KEPT],
                _number(count, "ignored"),
                _number(count, "refused"),
                _span(count.seen).removeprefix(", "),
            )
            for report in ordered[:FILES_SHOWN]
            for count in [counts[report.name]]
        ),
    )
    if len(read) > FILES_SHOWN:
        screen.line(f"and {len(read) - FILES_SHOWN} more files; --json lists them")


def _show_left_out(journal: Journal, screen: Screen) -> None:
    found = [report for report in journal.files if report.left_out]
    if not found:
        return
    screen.line(f"left out, not read: {', '.join(f'{reason} {number}' for reason, number in sorted(left_out(journal).items()))}")
    for report in found[:REFUSED_SHOWN]:
        screen.note(f"left out {report.name}: {report.left_out}{f' ({report.detail})' if report.detail else ''}")
    if len(found) > REFUSED_SHOWN:
        screen.note(f"and {len(found) - REFUSED_SHOWN} more left out; --json lists them")


def _number(count: FileCount, disposition: str) -> int:
    return sum(number for name, number in count.dispositions.items() if name.startswith(disposition))


def _span(seen: Seen) -> str:
    if seen.earliest is None or seen.latest is None:
        return ""
    return f", {seen.earliest:%Y-%m-%d %H:%M} to {seen.latest:%Y-%m-%d %H:%M} UTC"
