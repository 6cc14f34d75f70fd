"""`gatewatch alerts ack`, `close` and `reopen`: what a responder says about an alert."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from ..alerts import state
from ..documents import alert_document
from ..errors import Conflict
from ..model import Alert
from ..ports import AlertWrite, Written
from ..tuning import Tuning
from . import wiring
from .alerts import SHORT_ID, find, one_arguments, opened
from .command import DONE, Command
from .screen import Screen

ATTEMPTS = 20


def _answer(options: Namespace, screen: Screen, change: Callable[[Alert], Alert], word: str) -> int:
    with opened(options) as store:
        key = find(store, options.id).key
        for _ in range(ATTEMPTS):
            stored = store.read_alerts([key])[key]
            changed = change(stored.alert)
            if store.write_alerts([AlertWrite(changed, stored.version)]) == [Written.DONE]:
                break
        else:
            raise Conflict("the alert kept changing; try again")
    if options.json:
        screen.json(alert_document(changed))
    else:
        screen.line(f"{word} {changed.id[:SHORT_ID]}: {changed.rule}, {changed.key.principal}")
    return DONE


def _who(options: Namespace) -> str:
    settings = wiring.environment()
    who: str = options.by or settings.get("USER") or settings.get("USERNAME") or "unknown"
    return who


def _ack_arguments(parser: ArgumentParser) -> None:
    one_arguments(parser)
    parser.add_argument("--by", metavar="NAME", help="who (default: your user name)")


def _ack(options: Namespace, screen: Screen) -> int:
    return _answer(options, screen, lambda a: state.acknowledge(a, by=_who(options), at=wiring.now()), "acknowledged")


def _close_arguments(parser: ArgumentParser) -> None:
    _ack_arguments(parser)
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why; the next responder reads it")


def _close(options: Namespace, screen: Screen) -> int:
    return _answer(options, screen, lambda a: state.close(a, by=_who(options), reason=options.reason, at=wiring.now()), "closed")


def _reopen(options: Namespace, screen: Screen) -> int:
    inputs = state.AlertInputs(now=wiring.now(), tuning=Tuning(), channels=())
    return _answer(options, screen, lambda a: state.reopen(a, inputs), "reopened")


COMMANDS = (
    Command("alerts ack", "say that you are looking at an alert", "gatewatch alerts ack 3f9a1c --by dana", _ack_arguments, _ack),
    Command(
        "alerts close",
        "close an alert; anything that it does not know yet opens it again",
        "gatewatch alerts close 3f9a1c --reason 'planned root access, SEC-12'",
        _close_arguments,
        _close,
    ),
    Command("alerts reopen", "take back a close", "gatewatch alerts reopen 3f9a1c", _ack_arguments, _reopen),
)
