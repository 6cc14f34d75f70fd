"""`gatewatch case`: everything about one person around an alert, and what the sessions did next."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ..alerts.responses import responder
from ..cases import MOST, CaseWindow, PersonCase, Steps, build, follow
from ..errors import ConfigError
from ..model import Alert
from ..model.nouns import counted
from ..ports import Ports, Store
from . import wiring
from .alerts import find, moment, opened, store_argument
from .command import DONE, FAILED, Command
from .numbers import DAYS
from .records import reader
from .screen import Screen
from .show import condition
from .written import write

_SHOWN_STEPS = 40
TEXT, HTML = "text", "html"
PAGE = "gatewatch-case.html"


def _arguments(parser: ArgumentParser) -> None:
    store_argument(parser)
    parser.add_argument("who", metavar="PERSON|ALERT", help="a user name, or an alert id (enough of its beginning)")
    parser.add_argument("records", nargs="*", metavar="PATH", help="files or folders of logs: what the sessions did next is read from them")
    parser.add_argument(
        "--days", type=DAYS, metavar="N", help="days around the alert (default 1), or back from the newest activity (default 14)"
    )
    parser.add_argument("--since", metavar="WHEN", help="activities since: 24h, 7d, 2w, or an ISO date or time (2026-11-20T09:30)")
    parser.add_argument("--until", metavar="WHEN", help="activities until, in the same forms")
    parser.add_argument("--format", choices=(TEXT, HTML), default=TEXT, help="html: one page with everything, the alerts' details too")
    parser.add_argument("--output", metavar="FILE", help="where the page is written; - is standard output (default: gatewatch-case.html)")


def _run(options: Namespace, screen: Screen) -> int:
    window = _window(options)
    with opened(options) as store:
        ports = Ports(store=store, clock=wiring.now)
        found = build(options.who, ports, _alert(options.who, store), window)
        if found is None:
            asked = " between --since and --until" if options.since or options.until else ""
            screen.note(f"nothing is stored of {options.who}{asked}: name a person or an alert, or replay the records first")
            return FAILED
        if options.records:
            with reader(options.records, screen) as source:
                found = follow(found, source.records())
        if options.format == HTML:
            _write(found, ports, options, screen)
        elif options.json:
            screen.json(found)
        else:
            _show(found, screen, followed=bool(options.records))
    return DONE


def _window(options: Namespace) -> CaseWindow:
    """The time that the options name; raises ``ConfigError`` where it ends before it begins."""
    since, until = (
        moment(text, option) if (text := getattr(options, option[2:])) is not None else None for option in ("--since", "--until")
    )
    if since is not None and until is not None and until < since:
        raise ConfigError("--until is before --since")
    return CaseWindow(margin=None if options.days is None else timedelta(days=options.days), since=since, until=until)


def _write(case: PersonCase, ports: Ports, options: Namespace, screen: Screen) -> None:
    """The case as a page."""
    from ..report.build import ReportRequest, of_case  # noqa: PLC0415 - the text needs none of it
    from ..report.page import html  # noqa: PLC0415 - the template engine takes 100 ms

    name = wiring.store_name(options.store, wiring.environment())
    text = html(of_case(case, ports, ReportRequest(source=f"the store {name}", store=name)), ports.store)
    write(
        text,
        options.output or PAGE,
        screen,
        f"{counted(len(case.moments), 'activity', 'activities')}, {counted(len(case.alerts), 'alert')}",
    )


def _alert(who: str, store: Store) -> Alert | None:
    """The alert of this id, if the text can be one."""
    if not re.fullmatch(r"[0-9a-f]{4,64}", who):
        return None
    try:
        return find(store, who)
    except ConfigError:
        return None


def _show(case: PersonCase, screen: Screen, *, followed: bool) -> None:
    screen.line(f"Case of {', '.join(case.names)}, {_time(case.since)} to {_time(case.until)} UTC")
    if case.truncated and case.complete_since is not None:
        before = case.complete_since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        screen.line(
            f"Not everything: one read returns the newest activities, and these are all since {before}. Older ones: --until {before}"
        )
    screen.line()
    identities = (
        (one.provider, one.name or one.principal, one.account, _time(one.first), _time(one.last), one.belongs) for one in case.identities
    )
    screen.table(("provider", "identity", "account", "first", "last", ""), identities, title="Identities")
    for key in case.shared_keys:
        screen.line(f"Access key {key} is named by too many identities to tell whose it is: of them only what names the key is listed.")
    screen.line()
    alerts = ((one.id[:12], one.severity, one.score, one.rule, _time(one.snapshot.first_seen), condition(one)) for one in case.alerts)
    screen.table(("id", "severity", "score", "rule", "first seen", "state"), alerts, title="Alerts")
    screen.line()
    screen.table(("key", "feature", "values"), _usual(case), title="Usual")
    screen.line()
    screen.table(("time", "in", "who", "what", "from", "outcome", "alerts"), _moments(case), title="What happened")
    for one in case.sessions:
        _steps(one, screen, followed=followed)
    for response in case.responses:
        screen.line(f"{_time(response.at)}  {response.kind} by {responder(response)}{': ' + response.reason if response.reason else ''}")


def _usual(case: PersonCase) -> Iterator[tuple[str, str, str]]:
    for key, known in sorted(case.usual.items()):
        for feature, values in sorted(known.runs.items()):
            yield key, feature, ", ".join(sorted(map(str, values))[:12])


def _moments(case: PersonCase) -> Iterator[tuple[str, ...]]:
    for one in case.moments:
        text = one.text
        where = ", ".join(part for part in (text.address, text.place) if part)
        rules = ", ".join(f"{rule} ({severity})" for rule, severity in one.alerts)
        yield _time(text.time), one.provider, text.name, text.used, where, text.outcome, rules


def _steps(one: Steps, screen: Screen, *, followed: bool) -> None:
    if not followed:
        return
    screen.line()
    hot = sum(step.hot for step in one.steps)
    begun = f"Session of {one.event_id}, {_time(one.session.start)}"
    if not one.steps:
        screen.line(f"{begun}: no other record of it in these files")
        return
    screen.line(f"{begun}: {counted(len(one.steps) + one.more, 'record')}, {counted(hot, 'hot action')} first")
    shown = one.steps[: max(_SHOWN_STEPS, hot)]
    rows = ((_time(step.time), "hot" if step.hot else "", step.action, step.target, step.address, step.outcome) for step in shown)
    screen.table(("time", "", "action", "on", "from", "error"), rows)
    if left := len(one.steps) - len(shown) + one.more:
        screen.line(f"and {left} more; --json lists up to {MOST} of a session")


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


COMMAND = Command(
    "case",
    "everything about one person around an alert, and what the sessions did next",
    "gatewatch case carla.reyes@example.com",
    _arguments,
    _run,
)
