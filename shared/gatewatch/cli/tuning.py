"""`gatewatch tuning`: is the tuning file right, what does it silence, what does a change change, what may it hold."""

import contextlib
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from ..errors import ConfigError
from ..ports import AlertQuery
from ..providers.catalogue import BY_ID
from ..tuning import Tuning
from ..tuning import file as tuning_file
from ..tuning.report import Standing, report
from . import wiring
from .command import DONE, USAGE, Command
from .screen import Screen

EVERYTHING = 10_000


def _existing(path: str) -> Path:
    where = Path(path)
    if not where.is_file():
        raise ConfigError(f"{path} is not a file")
    return where


def _load(path: str) -> tuple[Tuning, tuple[str, ...]]:
    return tuning_file.load(_existing(path), path, rules=BY_ID)


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="TUNING", help="a tuning file, TOML or JSON")
    parser.add_argument("--json", action="store_true", help="one JSON line per problem")
    parser.add_argument("--days", type=int, default=14, metavar="N", help="warn of entries that expire within N days (default 14)")


def _check(options: Namespace, screen: Screen) -> int:
    now = wiring.now()
    found = tuning_file.examine(_existing(options.file), options.file, now=now, rules=BY_ID)
    for problem in found.problems:
        if options.json:
            screen.json(problem)
        else:
            screen.note(f"{problem.level.value}: {problem}")
    for use in report(found.tuning, (), now, soon_days=options.days):
        if use.standing is Standing.EXPIRING and not options.json:
            screen.note(f"warning: allowlist entry {use.id} expires {use.expires:%Y-%m-%d} (owner {use.owner}): renew it or let it go")
    if not found.errors and not options.json:
        screen.line(f"{options.file} is right: {len(found.tuning.allowlist)} allowlist entries")
    return USAGE if found.errors else DONE


def _report_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="TUNING", help="a tuning file, TOML or JSON")
    parser.add_argument("--store", metavar="STORE", help="where the alerts are (default sqlite:gatewatch.sqlite)")
    parser.add_argument("--days", type=int, default=30, metavar="N", help="what was silenced in the last N days (default 30)")
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
    parser.add_argument("before", metavar="TUNING", help="the tuning file as it is")
    parser.add_argument("after", metavar="TUNING2", help="the tuning file as it would be")
    parser.add_argument("--json", action="store_true", help="one JSON line per difference")


def _diff(options: Namespace, screen: Screen) -> int:
    (old, first), (new, second) = _load(options.before), _load(options.after)
    for path, problems in ((options.before, first), (options.after, second)):
        for problem in problems:
            screen.note(f"{path}: {problem}")
    found = list(_differences(_flat(old), _flat(new)))
    for name, before, after in found:
        if options.json:
            screen.json({"name": name, "before": before, "after": after})
        else:
            screen.line(f"{name}: {_said(before)} -> {_said(after)}")
    if not found and not options.json:
        screen.line("the two mean the same; gatewatch replay --compare says what a difference would do")
    return DONE


def _flat(tuning: Tuning) -> dict[str, Any]:
    """Every setting by name; allowlist entries and list members each by their own."""
    flat: dict[str, Any] = {}
    for name, value in msgspec.to_builtins(tuning).items():
        if name == "allowlist":
            flat |= {f"allowlist {entry['id']}": entry for entry in value}
        elif isinstance(value, list):
            flat |= {f"{name}: {member}": True for member in value}
        elif isinstance(value, dict):
            flat |= {f"{name}: {key}": inner for key, inner in value.items()}
        else:
            flat[name] = value
    return flat


def _differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _said(value: object) -> str:
    return "not there" if value is None else msgspec.json.encode(value).decode()


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
        "what differs between two tuning files",
        "gatewatch tuning diff examples/tuning.toml examples/tuning.toml",
        _diff_arguments,
        _diff,
    ),
    Command("tuning schema", "the JSON Schema of a tuning file", "gatewatch tuning schema", _schema_arguments, _schema),
)
