"""`gatewatch alerts list` and `show`: what is stored, and how a command finds one alert. What a responder says is in `respond.py`."""

import contextlib
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ..alerts.who import who
from ..documents import alert_document
from ..errors import ConfigError
from ..flow.responses import merged, search_alerts
from ..model import Alert, AlertStatus, Severity
from ..ports import AlertQuery, Store
from . import wiring
from .command import DONE, Command
from .numbers import ONE_OR_MORE
from .screen import Screen
from .show import condition, show

SHORT_ID = 12
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def store_argument(parser: ArgumentParser) -> None:
    """The options of every command on alerts: the store, and JSON."""
    parser.add_argument("--store", metavar="STORE", help="sqlite:FILE (default sqlite:gatewatch.sqlite) or an Elasticsearch address")
    parser.add_argument("--json", action="store_true", help="one JSON line per alert: the ECS document")


@contextlib.contextmanager
def opened(options: Namespace) -> Iterator[Store]:
    """The store that the options name, closed at the end; raises ``ConfigError`` when it is not there."""
    with contextlib.closing(wiring.existing_store(options.store, wiring.environment())) as store:
        yield store


def since(text: str) -> datetime:
    """The time that ``--since`` names."""
    return moment(text, "--since")


def moment(text: str, option: str) -> datetime:
    """``24h``, ``7d``, ``2w`` (before now), or an ISO date or time; raises ``ConfigError`` with the name of the option."""
    if found := re.fullmatch(r"(\d{1,4})([hdw])", text):
        return wiring.now() - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        found_time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{option}: {text!r} is no time: say 24h, 7d, 2w or 2026-11-20") from error
    return found_time if found_time.tzinfo else found_time.replace(tzinfo=UTC)


def _list_arguments(parser: ArgumentParser) -> None:
    store_argument(parser)
    parser.add_argument("--since", metavar="WHEN", help="activity since: 24h, 7d, 2w or an ISO date")
    parser.add_argument(
        "--status", action="append", choices=[s.value for s in AlertStatus], help="may be repeated (default open and closed)"
    )
    parser.add_argument("--severity", action="append", choices=[severity.value for severity in Severity], help="may be repeated")
    parser.add_argument("--match", metavar="TEXT", help="part of a principal, a person or an id")
    parser.add_argument("--limit", type=ONE_OR_MORE, default=100, metavar="N", help="the newest N (default 100)")


def _list(options: Namespace, screen: Screen) -> int:
    query = AlertQuery(
        since=since(options.since) if options.since else None,
        statuses=tuple(options.status or (AlertStatus.OPEN.value, AlertStatus.CLOSED.value)),
        severities=tuple(options.severity or ()),
        text=options.match,
        limit=options.limit,
    )
    with opened(options) as store:
        found = search_alerts(store, query, wiring.now())
    if options.json:
        for alert in found:
            screen.json(alert_document(alert))
        return DONE
    screen.table(
        ("id", "last seen (UTC)", "severity", "score", "rule", "who", "count", "state"),
        (
            (
                a.id[:SHORT_ID],
                f"{a.snapshot.last_seen:%Y-%m-%d %H:%M}",
                a.severity,
                a.score,
                a.rule,
                who(a),
                a.snapshot.event_count,
                condition(a),
            )
            for a in found
        ),
    )
    if not found:
        screen.note("no alert matches")
    if len(found) == options.limit:
        screen.note(f"only the newest {options.limit} are shown; --limit shows more")
    return DONE


def one_arguments(parser: ArgumentParser) -> None:
    """The arguments of a command on one alert."""
    store_argument(parser)
    parser.add_argument("id", metavar="ID", help="an alert id, or enough of its beginning to be the only one")


def find(store: Store, wanted: str) -> Alert:
    """The one alert whose id begins with this text; raises ``ConfigError`` when there is none or more than one."""
    if not re.fullmatch(r"[0-9a-f]{4,64}", wanted):
        raise ConfigError(f"{wanted!r} is no alert id: gatewatch alerts list shows them")
    found = [alert for alert in store.search(AlertQuery(text=wanted, limit=50)) if alert.id.startswith(wanted)]
    if len(found) != 1:
        how_many = "no alert has" if not found else f"{len(found)} alerts have"
        raise ConfigError(f"{how_many} an id that begins with {wanted}: gatewatch alerts list shows them")
    return merged(found, store)[0]


def _show(options: Namespace, screen: Screen) -> int:
    with opened(options) as store:
        alert = find(store, options.id)
    if options.json:
        screen.json(alert_document(alert))
    else:
        show(alert, screen, wiring.links())
    return DONE


COMMANDS = (
    Command(
        "alerts list", "list alerts, newest activity first", "gatewatch alerts list --since 7d --severity critical", _list_arguments, _list
    ),
    Command("alerts show", "show one alert with its arithmetic and its events", "gatewatch alerts show 3f9a1c", one_arguments, _show),
)
