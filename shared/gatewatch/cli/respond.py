"""`gatewatch alerts ack`, `close`, `reopen`, `comment`: what a responder says about an alert. It is stored once and never changed."""

from argparse import ArgumentParser, Namespace
from functools import partial

from ..alerts.responses import make_response
from ..documents import alert_document
from ..errors import ConfigError, StoreError
from ..flow import jobs
from ..flow.policy import current
from ..flow.responses import apply_to, merged, teach_about
from ..model import Alert, AlertStatus, ResponseKind, ResponseVerdict
from ..ports import Appended, Ports, Store
from ..stores.open import kind_of
from . import wiring
from .alerts import SHORT_ID, find, one_arguments, opened
from .command import DONE, Command
from .screen import Screen

REASON_LIMIT = 2_000
NAME_LIMIT = 200
_DONE = {
    ResponseKind.ACKNOWLEDGE: "acknowledged",
    ResponseKind.CLOSE: "closed",
    ResponseKind.REOPEN: "reopened",
    ResponseKind.COMMENT: "commented on",
}


def _arguments(parser: ArgumentParser) -> None:
    one_arguments(parser)
    parser.add_argument("--by", metavar="NAME", help="your name (default: your user name); the store writes beside it whose key it was")


def _with_reason(parser: ArgumentParser) -> None:
    _arguments(parser)
    parser.add_argument("--reason", required=True, metavar="TEXT", help=f"why, in at most {REASON_LIMIT} characters; never empty")


def _close_arguments(parser: ArgumentParser) -> None:
    _with_reason(parser)
    parser.add_argument(
        "--verdict",
        required=True,
        choices=[verdict.value for verdict in ResponseVerdict],
        help="what it was; alerts stats counts it for each rule",
    )


def _respond(kind: ResponseKind, options: Namespace, screen: Screen) -> int:
    reason, verdict = _reason(options), getattr(options, "verdict", None)
    with opened(options) as store:
        alert = find(store, options.id)
        if kind is ResponseKind.REOPEN and not _can_reopen(alert, screen):
            return DONE
        response = make_response(
            alert, kind, at=wiring.now(), claimed_by=_claimed(options), verdict=ResponseVerdict(verdict) if verdict else None, reason=reason
        )
        [result] = store.append_responses([response])
        if result.status is Appended.REFUSED:
            raise StoreError(f"the store refuses the response: {result.reason}")
        changed = _afterwards(alert, store, options)
    if options.json:
        screen.json(alert_document(changed))
    else:
        screen.line(f"{_DONE[kind]} {changed.id[:SHORT_ID]}: {changed.rule}, {changed.key.principal}")
    return DONE


def _afterwards(alert: Alert, store: Store, options: Namespace) -> Alert:
    """The alert with the response. A store of one's own has no host whose sweep would apply it."""
    if kind_of(wiring.store_name(options.store, wiring.environment())).own:
        ports = current(Ports(store=store, clock=wiring.now))
        teach_about([alert.key], ports)
        apply_to([alert.key], ports)
        jobs.run(ports, None)
    [changed] = merged([store.read_alerts([alert.key])[alert.key].alert], store)
    return changed


def _can_reopen(alert: Alert, screen: Screen) -> bool:
    """Whether there is a close to take back. Raises ``ConfigError`` for an alert that no responder closed."""
    if alert.status is AlertStatus.OPEN:
        screen.note(f"{alert.id[:SHORT_ID]} is open: there is nothing to reopen")
        return False
    if alert.closing is None or not alert.snapshot.open:
        raise ConfigError(
            f"{alert.id[:SHORT_ID]} is {alert.status.value} by its evidence: no responder closed it, only new evidence reopens it"
        )
    return True


def _reason(options: Namespace) -> str | None:
    if not hasattr(options, "reason"):
        return None
    reason = _unicode(options.reason).strip()
    if not any(character.isprintable() and not character.isspace() for character in reason):
        raise ConfigError("--reason: say why; the next responder reads it")
    if len(reason) > REASON_LIMIT:
        raise ConfigError(f"--reason: {len(reason)} characters; at most {REASON_LIMIT} are kept")
    return reason


def _claimed(options: Namespace) -> str | None:
    settings = wiring.environment()
    name = options.by or settings.get("USER") or settings.get("USERNAME")
    return _unicode(name)[:NAME_LIMIT] if name else None


def _unicode(text: str) -> str:
    """The text of an argument; bytes that were no UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode()


COMMANDS = (
    Command(
        "alerts ack",
        "say that you are looking at an alert",
        "gatewatch alerts ack 3f9a1c --by dana",
        _arguments,
        partial(_respond, ResponseKind.ACKNOWLEDGE),
    ),
    Command(
        "alerts close",
        "close an alert; an event or a severity that the close does not cover opens it again",
        "gatewatch alerts close 3f9a1c --verdict expected --reason 'planned root access, SEC-12'",
        _close_arguments,
        partial(_respond, ResponseKind.CLOSE),
    ),
    Command(
        "alerts reopen",
        "take back the closes of an alert",
        "gatewatch alerts reopen 3f9a1c",
        _arguments,
        partial(_respond, ResponseKind.REOPEN),
    ),
    Command(
        "alerts comment",
        "add a comment to an alert",
        "gatewatch alerts comment 3f9a1c --reason 'asked Bob, he is on holiday'",
        _with_reason,
        partial(_respond, ResponseKind.COMMENT),
    ),
)
