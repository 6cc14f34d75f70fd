"""`gatewatch person`: what is usual for a person, from which rules know what is first; and how to forget it."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from ..flow.person import forget, usual
from ..flow.policy import current
from ..model.familiarity import Familiarity
from ..ports import Ports
from . import wiring
from .alerts import opened, store_argument
from .command import DONE, FAILED, Command
from .screen import Screen


def _arguments(parser: ArgumentParser) -> None:
    store_argument(parser)
    parser.add_argument("name", metavar="NAME", help="a user principal name, a user name, or a key that this command printed")
    parser.add_argument(
        "--forget", action="store_true", help="forget what is usual: everything is learnt anew, nothing is first for 7 days"
    )


def _run(options: Namespace, screen: Screen) -> int:
    with opened(options) as store:
        known = usual(options.name, current(Ports(store=store, clock=wiring.now)))
        known = {key: found for key, found in known.items() if found.beginning is not None}
        if not known:
            screen.note(f"nothing is known of {options.name}: name a person or principal that signed in, or replay older records")
            return FAILED
        if options.forget:
            forget(list(known), store)
    for key, found in sorted(known.items()):
        if options.json:
            screen.json({"key": key, "forgotten": options.forget, "familiarity": found})
        else:
            _show(key, found, screen)
    if options.forget:
        screen.note(f"forgotten: {len(known)} document(s)")
    return DONE


def _show(key: str, found: Familiarity, screen: Screen) -> None:
    beginning = found.beginning.time.date().isoformat() if found.beginning is not None else ""
    many = f"; more values than are kept: {', '.join(found.many)}" if found.many else ""
    screen.line(f"{key}: known since {beginning}{many}")
    screen.table(("feature", "value", "first used", "last used", "note"), _rows(found))


def _rows(found: Familiarity) -> Iterator[tuple[str, str, str, str, str]]:
    for feature, values in sorted(found.runs.items()):
        for value, runs in sorted(values.items(), key=lambda item: item[1][0].start):
            for run in runs:
                note = "started by a malicious activity: never familiar" if run.start.id in found.malicious else ""
                yield feature, value, run.start.time.date().isoformat(), run.last, note


COMMAND = Command("person", "what is usual for a person", "gatewatch person alice@contoso.example", _arguments, _run)
