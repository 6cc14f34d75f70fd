"""`gatewatch tuning`: is the tuning file right, what does it silence, what does a change change, what may it hold."""

import contextlib
from argparse import ArgumentParser, Namespace
from datetime import timedelta
from pathlib import Path

import msgspec

from ..errors import ConfigError
from ..model.nouns import counted
from ..ports import AlertQuery
from ..providers.catalogue import BY_ID
from ..tuning import Tuning
from ..tuning import file as tuning_file
from ..tuning.changes import tuning_changes
from ..tuning.report import Standing, report
from . import junit, wiring
from .alerts import opened
from .command import DONE, USAGE, Command
from .numbers import ANY, DAYS
from .policy import STORED, show_changes, stored_tuning
from .screen import Screen
from .tuning_usage import usage

EVERYTHING = 10_000


def _existing(path: str) -> Path:
    where = Path(path)
    if not where.is_file():
        raise ConfigError(f"{path} is not a file")
    return where


def _load(path: str) -> tuple[Tuning, tuple[str, ...]]:
    return tuning_file.load(_existing(path), path, rules=BY_ID)


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="TUNING", help="tuning files, TOML or JSON")
    parser.add_argument("--json", action="store_true", help="one JSON line per problem")
    parser.add_argument("--junit", metavar="FILE", help="write the problems as JUnit XML as well")
    parser.add_argument("--store", metavar="STORE", help="say which entries, principals and networks any stored record ever matched")
    parser.add_argument("--days", type=ANY, default=14, metavar="N", help="warn of entries that expire within N days (default 14)")


def _check(options: Namespace, screen: Screen) -> int:
    now = wiring.now()
    results = {name: tuning_file.examine(_existing(name), name, now=now, rules=BY_ID) for name in options.files}
    if options.junit:
        junit.write(
            options.junit,
            "gatewatch tuning check",
            [junit.Result(name, [str(problem) for problem in found.errors]) for name, found in results.items()],
        )
    for name, found in results.items():
        _show_check(name, found, options, screen)
    return USAGE if any(found.errors for found in results.values()) else DONE


def _show_check(name: str, found: tuning_file.Examined, options: Namespace, screen: Screen) -> None:
    for problem in found.problems:
        if options.json:
            screen.json(problem)
        else:
            screen.note(f"{problem.level.value}: {problem}")
    for use in report(found.tuning, (), wiring.now(), soon_days=options.days):
        if use.standing is Standing.EXPIRING and not options.json:
            screen.note(f"warning: allowlist entry {use.id} expires {use.expires:%Y-%m-%d} (owner {use.owner}): renew it or let it go")
    if options.store:
        _show_usage(found.tuning, options, screen)
    if not found.errors and not options.json:
        screen.line(f"{name} is right: {counted(len(found.tuning.allowlist), 'allowlist entry', 'allowlist entries')}")


def _show_usage(tuning: Tuning, options: Namespace, screen: Screen) -> None:
    with opened(options) as store:
        found = usage(tuning, store)
    for part in found:
        if options.json:
            screen.json(part)
        elif part.last is None:
            screen.note(f"warning: {part.name} never matched a stored record")
        else:
            screen.line(f"{part.name}: {part.records} records, the latest of {part.last:%Y-%m-%d}")


def _report_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="TUNING", help="a tuning file, TOML or JSON")
    parser.add_argument("--store", metavar="STORE", help="where the alerts are (default sqlite:gatewatch.sqlite)")
    parser.add_argument("--days", type=DAYS, default=30, metavar="N", help="what was silenced in the last N days (default 30)")
    parser.add_argument("--json", action="store_true", help="one JSON line per entry")


def _report(options: Namespace, screen: Screen) -> int:
    tuning, problems = _load(options.file)
    now = wiring.now()
    with contextlib.closing(wiring.existing_store(options.store, wiring.environment())) as store:
        alerts = store.search(AlertQuery(since=now - timedelta(days=options.days), limit=EVERYTHING))
    for problem in problems:
        screen.note(problem)
    uses = report(tuning, alerts, now, days=options.days)
    if options.json:
        for use in uses:
            screen.json(use)
    else:
        screen.table(
            ("entry", "count", "last", "standing", "expires", "owner", "reason"),
            (
                (u.id, u.events, f"{u.last:%Y-%m-%d}" if u.last else "never", u.standing.value, f"{u.expires:%Y-%m-%d}", u.owner, u.reason)
                for u in uses
            ),
        )
    return DONE


def _diff_arguments(parser: ArgumentParser) -> None:
    what = "a tuning file; or stored, the policy in force; or stored:VERSION, an earlier one"
    parser.add_argument("before", metavar="TUNING", help=what)
    parser.add_argument("after", metavar="TUNING2", help="the same, as it would be")
    parser.add_argument("--store", metavar="STORE", help="where the policy is (default sqlite:gatewatch.sqlite)")
    parser.add_argument("--json", action="store_true", help="one JSON line per difference")


def _diff(options: Namespace, screen: Screen) -> int:
    found = tuning_changes(_side(options.before, options, screen), _side(options.after, options, screen))
    show_changes(found, screen, as_json=options.json)
    if not found and not options.json:
        screen.line("the two mean the same; gatewatch replay --compare says what a difference would do")
    return DONE


def _side(name: str, options: Namespace, screen: Screen) -> Tuning:
    if name.partition(":")[0] == STORED and not Path(name).exists():
        with opened(options) as store:
            return stored_tuning(store, name)
    tuning, problems = _load(name)
    for problem in problems:
        screen.note(f"{name}: {problem}")
    return tuning


def _schema_arguments(parser: ArgumentParser) -> None:
    parser.set_defaults(json=True)


def _schema(options: Namespace, screen: Screen) -> int:
    del options
    screen.text(msgspec.json.format(msgspec.json.encode(tuning_file.schema()), indent=2).decode())
    return DONE


COMMANDS = (
    Command("tuning check", "name every problem of a tuning file", "gatewatch tuning check examples/tuning.toml", _check_arguments, _check),
    Command(
        "tuning report",
        "what each allowlist entry has silenced",
        "gatewatch tuning report examples/tuning.toml",
        _report_arguments,
        _report,
    ),
    Command(
        "tuning diff",
        "what differs between two tunings, and what of it loosens",
        "gatewatch tuning diff examples/tuning.toml examples/tuning.toml",
        _diff_arguments,
        _diff,
    ),
    Command("tuning schema", "the JSON Schema of a tuning file", "gatewatch tuning schema", _schema_arguments, _schema),
)
