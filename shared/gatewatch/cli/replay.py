"""`gatewatch replay`: history through the same pipeline that runs in the clouds, into a store of your choice."""

import contextlib
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from ..errors import ConfigError
from ..flow.replay import Replayed, replay
from ..model import Alert, AlertStatus, Severity
from ..notify.terminal import TerminalNotifier
from ..ports import AlertQuery, Ports, Store
from ..stores.memory import MemoryStore
from ..tuning import Tuning
from . import wiring
from .command import DONE, Command
from .compare import differences, show
from .records import reader
from .screen import Screen

SHOWN = 10_000
HISTORY = timedelta(days=365 * 100)  # files may be of any age: nothing has left its retention


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="files (.json, .jsonl, .ndjson, each also .gz), folders, or - for standard input"
    )
    parser.add_argument(
        "--store", metavar="STORE", help="sqlite:FILE (default sqlite:gatewatch.sqlite), memory: or an Elasticsearch address"
    )
    parser.add_argument("--tuning", metavar="FILE", help="a tuning file, TOML or JSON")
    parser.add_argument("--geo", metavar="FILE,...", help="MMDB files that say where AWS addresses are (default: GATEWATCH_GEO)")
    parser.add_argument("--compare", metavar="TUNING2", help="store nothing; say what this other tuning would have changed")
    parser.add_argument("--notify", action="store_true", help="print a notification for each alert on this terminal (default: none)")
    parser.add_argument("--tenant", metavar="ID", help="the Entra tenant of Graph records, which name none")
    parser.add_argument("--json", action="store_true", help="the summary as one JSON line")


def run(options: Namespace, screen: Screen) -> int:
    """Replay, then say what became of every record."""
    tuning = wiring.tuning(options.tuning, screen)
    if options.compare:
        return _compare(options, tuning, screen)
    with contextlib.closing(wiring.store(options.store, wiring.environment())) as store:
        done = _replay(options, store, tuning, screen)
        kept = standing(store.search(AlertQuery(limit=SHOWN)))
        if options.json:
            screen.json(summary(done, kept))
        else:
            _show(done, kept, screen)
            name = wiring.store_name(options.store, wiring.environment())
            screen.line("nothing was kept" if name == "memory:" else f"kept in {name}: gatewatch alerts list --store {name}")
    return DONE


def _replay(options: Namespace, store: Store, tuning: Tuning, screen: Screen) -> Replayed:
    notified = screen._replace(out=screen.err) if options.json else screen
    notifiers = {"terminal": TerminalNotifier(notified.out, links=wiring.links())} if options.notify else {}
    ports = Ports(
        store=store,
        clock=wiring.now,
        tuning=tuning,
        channels=tuple(notifiers),
        seeds=False,
        notifiers=notifiers,
        geo=wiring.geo(options.geo),
        worker="replay",
        retention=HISTORY,
    )
    with reader(options.paths, screen, options.tenant) as records, screen.progress("records read") as step:
        seen = 0

        def moved(total: int) -> None:
            nonlocal seen
            step(total - seen)
            seen = total

        return replay(records, ports, moved)


def _compare(options: Namespace, tuning: Tuning, screen: Screen) -> int:
    if not Path(options.compare).is_file():
        raise ConfigError(f"--compare: {options.compare} is not a file")
    other = wiring.tuning(options.compare, screen)
    before = _replay(options, MemoryStore(), tuning, screen)
    after = _replay(options, MemoryStore(), other, screen)
    show(differences(before.alerts, after.alerts, tuning, other), screen, as_json=options.json)
    return DONE


def summary(done: Replayed, kept: Sequence[Alert]) -> dict[str, object]:
    """Every record by its disposition, every alert that the store holds now by rule and severity."""
    return {
        "records": done.records,
        "dispositions": dict(sorted(done.counts.items())),
        "alerts": len(kept),
        "alerts_changed": len(standing(done.alerts)),
        "alerts_by_rule": dict(sorted(Counter(alert.rule for alert in kept).items())),
        "alerts_by_severity": {
            severity.value: number for severity in Severity if (number := sum(alert.severity is severity for alert in kept))
        },
        "suppressed": sum(alert.snapshot.suppressed for alert in kept),
        "notified": len(done.sent),
        "refused": [{"origin": item.origin, "reason": item.reason} for item in done.refused],
    }


def standing(alerts: Sequence[Alert]) -> list[Alert]:
    """The alerts that count: neither retracted nor merged into another."""
    return [alert for alert in alerts if alert.status in {AlertStatus.OPEN, AlertStatus.CLOSED}]


def _show(done: Replayed, kept: Sequence[Alert], screen: Screen) -> None:
    screen.line(f"{done.records} records, {sum(done.counts.values())} accounted for")
    screen.table(
        ("what became of them", "count"),
        ((disposition.replace(":", ": "), number) for disposition, number in sorted(done.counts.items()) if number),
    )
    screen.line()
    newest = f"the newest {SHOWN} alerts" if len(kept) == SHOWN else f"{len(kept)} alerts"
    suppressed = sum(alert.snapshot.suppressed for alert in kept)
    screen.line(
        f"{newest} in the store, {suppressed} suppressed; {len(standing(done.alerts))} changed now, {len(done.sent)} notifications sent"
    )
    by_rule = Counter((alert.rule, alert.severity) for alert in kept)
    screen.table(("rule", "severity", "count"), ((rule, severity, number) for (rule, severity), number in sorted(by_rule.items())))
    for item in done.refused[:10]:
        screen.note(f"refused {item.origin}: {item.reason}")
    if len(done.refused) > 10:
        screen.note(f"and {len(done.refused) - 10} more refused; --json lists them")


COMMAND = Command(
    "replay",
    "read log files and keep the evidence and alerts they hold",
    "gatewatch replay examples/records.jsonl --store memory:",
    _arguments,
    run,
)
