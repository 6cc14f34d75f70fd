"""`gatewatch simulate`: plays behaviours and says whether somebody is notified."""

import contextlib
import json
from argparse import ArgumentParser, Namespace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from ...errors import ConfigError
from ...providers.catalogue import BY_ID
from ...tuning import Tuning
from ...tuning import file as tuning_file
from .. import wiring
from ..command import DONE, FAILED, Command
from ..numbers import ANY
from ..screen import Screen
from .behaviour import MARK, Behaviour, behaviour, names, simulated
from .run import SimulatedOutcome, run

STORE = "memory:"
LOCAL = frozenset({"memory", "sqlite"})
AGO = timedelta(hours=4)  # when a behaviour starts: every grace period has passed since


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="RULE|STORY", help="a rule id or a story; without it every behaviour is played")
    parser.add_argument("--list", action="store_true", help="name every behaviour and play none")
    parser.add_argument("--days", type=ANY, default=30, metavar="N", help="ordinary days before it, so that firsts are known (default 30)")
    parser.add_argument("--records", metavar="FILE", help="write the records as JSON lines; - for standard output; nothing is played")
    parser.add_argument("--store", metavar="STORE", default=STORE, help="where evidence and alerts go (default: memory:, nothing is kept)")
    parser.add_argument("--simulated-ok", action="store_true", help="allow a store that is not on this machine")
    parser.add_argument("--tuning", metavar="FILE", help="a tuning file, TOML or JSON (default: what the behaviour needs)")
    parser.add_argument("--json", action="store_true", help="one JSON line a behaviour")
    parser.epilog = (
        f"Every simulated record has an id that begins with {MARK}, and names that begin with 'simulated'.\n"
        "Exit code 0: every behaviour ended as it must, that is, somebody was notified."
    )


def _run(options: Namespace, screen: Screen) -> int:
    wanted = [options.name] if options.name else list(names())
    found = {name: behaviour(name) for name in wanted}
    if options.list:
        return _list(found, screen, as_json=options.json)
    start = (wiring.now() - AGO).replace(microsecond=0)
    if options.records:
        return _write(found, start, options, screen)
    if options.store.partition(":")[0] not in LOCAL and not options.simulated_ok:
        raise ConfigError(f"{options.store} is not on this machine: simulated records are kept there only with --simulated-ok")
    ended = True
    for name, one in found.items():
        outcome = _play(name, one, start, options, screen)
        ended &= outcome.ends_as(one)
        if options.json:
            screen.json(document(name, one, outcome))
        elif options.name:
            _show(name, one, outcome, screen)
        else:
            screen.line(f"{name:<40} {_ended(one, outcome)}")
    return DONE if ended else FAILED


def _play(name: str, one: Behaviour, start: datetime, options: Namespace, screen: Screen) -> SimulatedOutcome:
    tuning = wiring.tuning(options.tuning, screen) if options.tuning else tuning_of(one)
    with contextlib.closing(wiring.store(options.store, wiring.environment())) as store:
        return run(simulated(name, start, options.days), store, tuning, wiring.now())


def tuning_of(one: Behaviour) -> Tuning:
    """The tuning that a behaviour needs beside the defaults.

    Raises:
        ConfigError: the behaviour's file names a part that does not exist.
    """
    tuning, problems = tuning_file.load(json.dumps(one.tuning), rules=BY_ID)
    if problems:
        raise ConfigError(*problems)
    return tuning


def _list(found: dict[str, Behaviour], screen: Screen, *, as_json: bool) -> int:
    if as_json:
        for name, one in found.items():
            screen.json({"name": name, "title": one.title, "expect": one.expect, "rules": one.rules})
    else:
        screen.table(("behaviour", "what happens", "must be"), ((name, one.title, one.expect) for name, one in found.items()))
    return DONE


def _write(found: dict[str, Behaviour], start: datetime, options: Namespace, screen: Screen) -> int:
    lines = [msgspec.json.encode(record.data).decode() for name in found for record in simulated(name, start, options.days).records]
    text = "".join(f"{line}\n" for line in lines)
    if options.records == "-":
        screen.out.write(text)
    else:
        Path(options.records).write_text(text, "utf-8")
        screen.line(f"{len(lines)} records in {options.records}: gatewatch replay {options.records} reads them")
    return DONE


def document(name: str, one: Behaviour, outcome: SimulatedOutcome) -> dict[str, object]:
    """What became of a behaviour, as JSON."""
    return {
        "behaviour": name,
        "title": one.title,
        "expected": one.expect,
        "as_expected": outcome.ends_as(one),
        "notified": bool(outcome.notified),
        "records": outcome.records,
        "dispositions": dict(sorted(outcome.counts.items())),
        "alerts": [
            {
                "id": alert.id,
                "rule": alert.rule,
                "rules": alert.snapshot.rules,
                "score": alert.score,
                "severity": alert.severity.value,
                "notified": alert in outcome.notified,
            }
            for alert in outcome.alerts
        ],
        "alerts_of_ordinary_days": len(outcome.others),
        "signals": one.signals,
        "cleanup": one.cleanup,
    }


def _show(name: str, one: Behaviour, outcome: SimulatedOutcome, screen: Screen) -> None:
    screen.line(f"{name}: {one.title}")
    screen.line(f"{outcome.records} simulated records; ids begin with {MARK}")
    for signal in one.signals:
        screen.line(f"  leaves behind: {signal}")
    for alert in outcome.alerts:
        said = "somebody was notified" if alert in outcome.notified else "nobody was notified"
        screen.line(f"  {alert.severity.value.upper()} {alert.score}  {alert.rule}: {said}")
        screen.line(f"      {alert.snapshot.reason}")
    screen.line(f"  {_ended(one, outcome)}")
    for note in one.cleanup:
        screen.line(f"  clean up after the real thing: {note}")


def _ended(one: Behaviour, outcome: SimulatedOutcome) -> str:
    verdict = "as it must" if outcome.ends_as(one) else f"NOT as it must ({one.expect})"
    if outcome.notified:
        first = outcome.notified[0]
        return f"{verdict}: notified, {first.severity.value} {first.score} {first.rule}"
    highest = f"{outcome.alerts[0].severity.value} {outcome.alerts[0].score} {outcome.alerts[0].rule}" if outcome.alerts else "no alert"
    return f"{verdict}: nobody was notified, {highest}"


COMMAND = Command(
    "simulate",
    "play what attackers do and say whether somebody is notified",
    "gatewatch simulate aws_root_console_login",
    _arguments,
    _run,
)
