"""`gatewatch backfill azure`: sign-ins and risk detections of the past, into the store of an installation."""

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec
from msgspec import Struct, structs

from gatewatch.cli import wiring
from gatewatch.cli.alerts import moment
from gatewatch.cli.command import DONE, FAILED, USAGE, Command
from gatewatch.cli.screen import Screen
from gatewatch.errors import ConfigError, GatewatchError, NotifyError
from gatewatch.flow import digest
from gatewatch.flow.policy import current
from gatewatch.polling.streams import EDGE, Slice, Stream
from gatewatch.ports import Notifier, PlainNotifier

from . import backfill
from .cli_poll import Followed
from .cli_poller import Terminal, arguments, opened
from .cli_state import LocalState
from .jobs import send_pending
from .poller import open_poller

BEGUN = "backfill"
LONGEST = timedelta(days=2)
"""What one process may need for 30 days of a large tenant, with room."""


def _arguments(parser: ArgumentParser) -> None:
    parser.epilog = (
        "Oldest first, and as often as you like: what is stored stays as it is. Ctrl-C ends it; the same command goes on where it stopped.\n"
        "Urgent findings are sent one by one, older ones below that together in one message a channel (docs/backfill.md).\n"
        "Exit codes: 0 all of it was read; 1 a part was not, or the message was not sent; 2 settings, or something is away: run it again."
    )
    parser.add_argument("--from", dest="start", metavar="WHEN", required=True, help="30d, 72h, 2w or an ISO date or time (UTC)")
    parser.add_argument("--to", dest="end", metavar="WHEN", help="the same (default: now)")
    arguments(parser)


class Begun(Struct, frozen=True):
    """A backfill that was begun: the times as they were typed, and what they meant then. The same command goes on with it."""

    typed: tuple[str, str | None]
    start: datetime
    end: datetime


class BackfillOutcome(Struct, frozen=True):
    """What a backfill did."""

    counts: Counter[str]
    sent: Mapping[str, int]  # by channel: messages sent at once
    collected: Mapping[str, int]  # by channel: notifications that went into its one message
    unsent: tuple[str, ...] = ()


def _run(options: Namespace, screen: Screen) -> int:
    with opened(options, screen) as terminals:
        return max([_read(terminal, options) for terminal in terminals])


def _read(terminal: Terminal, options: Namespace) -> int:
    """A tenant's past; the exit code. What goes wrong in one tenant keeps no other from being read."""
    begun = _begun(options, terminal)
    span = Slice(begun.start, begun.end)
    try:
        outcome = run(terminal, span, as_json=options.json)
    except ConfigError:
        raise
    except GatewatchError as error:
        terminal.note(f"gatewatch backfill azure: {error}; what was read is kept, the same command goes on from there")
        return USAGE
    if not outcome.unsent:
        terminal.state.drop(BEGUN, [msgspec.json.encode(begun)])
    _show(outcome, span, terminal, as_json=options.json)
    return FAILED if outcome.unsent or outcome.counts["slices_beyond_retention"] else DONE


def run(terminal: Terminal, span: Slice, *, as_json: bool) -> BackfillOutcome:
    """Read the stretch, then send what was collected. Raises as ``backfill`` does."""
    urgent_from, began = current(terminal.parts(0).ports).urgent_from, wiring.now()
    channels = {
        name: digest.DigestNotifier(one, urgent_from, began, partial(_collect, terminal.state, name))
        for name, one in terminal.notifiers.items()
    }
    latest: dict[str, Counter[str]] = {}
    parts = terminal.parts(LONGEST.total_seconds(), channels)
    with (
        open_poller(terminal.settings.graph, terminal.settings.poll, parts) as now,
        terminal.screen.progress(terminal.named("records")) as step,
    ):
        streams = _streams(terminal, now.streams)
        needs = structs.replace(now.needs, source=Followed(now.needs.source, step))
        with closing(backfill.backfill(span, streams, needs)) as days:
            for done in days:
                latest[done.stream] = done.counts
                _show_day(done, terminal, as_json=as_json)
        send_pending(now.needs)  # what an earlier end left behind; through the same channels, so without a flood
    unsent = tuple(name for name, one in terminal.notifiers.items() if not _tell(terminal, name, one))
    return BackfillOutcome(
        sum(latest.values(), Counter()),
        {name: one.sent for name, one in channels.items()},
        {name: one.collected for name, one in channels.items()},
        unsent,
    )


def _show_day(done: backfill.DayRead, terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        terminal.screen.json({"tenant": terminal.tenant, "stream": done.stream, "up_to": done.up_to, "counts": done.counts})
    else:
        terminal.screen.line(terminal.named(f"{done.stream}: read up to {done.up_to:%Y-%m-%d %H:%M} ({_counted(done.counts)})"))


def _streams(terminal: Terminal, there: Mapping[str, Stream]) -> list[Stream]:
    """Those that are switched on; the sweep's read nothing that these do not."""
    wanted = terminal.settings.graph.streams
    missing = [name for name in wanted if name not in there]
    if missing:
        terminal.note(f"not read, because Graph beta does not answer: {', '.join(missing)}")
    return [there[name] for name in wanted if name in there]


def _tell(terminal: Terminal, name: str, channel: Notifier) -> bool:
    """Send one message about what was collected for a channel, also by an earlier run; whether nothing is left."""
    bodies = terminal.state.all(_kind(name))
    if not bodies:
        return True
    subject = f"Backfill of Entra tenant {terminal.tenant}"
    if not isinstance(channel, PlainNotifier):
        terminal.note(
            f"{name} takes alerts only: {len(digest.decoded(bodies))} older alerts are in the store, and nobody is notified there"
        )
        terminal.state.drop(_kind(name), bodies)
        return True
    try:
        channel.send_plain(digest.message(digest.decoded(bodies), wiring.now(), subject))
    except NotifyError as error:
        terminal.note(f"the message about older alerts was not sent on {name}: {error}; run the same command again")
        return False
    terminal.state.drop(_kind(name), bodies)
    return True


def _collect(state: LocalState, channel: str, found: digest.CollectedAlert) -> None:
    state.keep(_kind(channel), [found.encoded()])


def _kind(channel: str) -> str:
    return f"digest {channel}"


def _begun(options: Namespace, terminal: Terminal) -> Begun:
    """The backfill of this command that did not come to its end, else a new one."""
    typed = (options.start, options.end)
    for body in terminal.state.all(BEGUN):
        begun = msgspec.json.decode(body, type=Begun)
        if begun.typed == typed:
            terminal.note(f"going on with the backfill of {begun.start:%Y-%m-%d %H:%M} to {begun.end:%Y-%m-%d %H:%M} UTC")
            return begun
    span = _span(options, terminal)
    begun = Begun(typed, span.start, span.end)
    terminal.state.keep(BEGUN, [msgspec.json.encode(begun)])
    return begun


def _span(options: Namespace, terminal: Terminal) -> Slice:
    """The stretch that Graph can have. A relative time is rounded to the hour."""
    now, poll = wiring.now(), terminal.settings.poll
    newest, oldest = now - timedelta(seconds=poll.end_delay_seconds), now - timedelta(days=poll.retention_days) + EDGE
    start = _rounded(options.start, moment(options.start, "--from"))
    end = min(_rounded(options.end, moment(options.end, "--to")), newest) if options.end else _rounded("now", newest)
    if start >= end:
        raise ConfigError(f"--from {start:%Y-%m-%d %H:%M} is not before --to {end:%Y-%m-%d %H:%M} (UTC)")
    if end <= oldest:
        raise ConfigError(f"--to: Graph keeps {poll.retention_days} days; older records come from files: gatewatch replay")
    if start < oldest:
        start = (oldest + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        terminal.note(
            f"Graph keeps {poll.retention_days} days: this reads from {start:%Y-%m-%d %H:%M} UTC on; older records come from files"
        )
    return Slice(start, end)


def _rounded(text: str, found: datetime) -> datetime:
    relative = text == "now" or text[-1:] in {"h", "d", "w"}
    return found.astimezone(UTC).replace(minute=0, second=0, microsecond=0) if relative else found.astimezone(UTC)


def _counted(counts: Mapping[str, int]) -> str:
    """Without ``notified``: it counts what was only collected as well."""
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()) if number and name != "notified") or "nothing"


def _show(outcome: BackfillOutcome, span: Slice, terminal: Terminal, *, as_json: bool) -> None:
    screen = terminal.screen
    if as_json:
        messages = {"sent_at_once": outcome.sent, "collected": outcome.collected, "unsent": outcome.unsent}
        screen.json({"tenant": terminal.tenant, "from": span.start, "to": span.end, "counts": outcome.counts, **messages})
        return
    screen.line(terminal.named(f"{span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC is read: {_counted(outcome.counts)}"))
    for name, sent in outcome.sent.items():
        screen.line(terminal.named(f"{name}: {sent} sent at once, {outcome.collected[name]} together in one message"))
    if outcome.counts["slices_beyond_retention"]:
        terminal.note("a part of it lies beyond what Graph keeps for this tenant (7 days without Entra ID P1) and was not read")


COMMAND = Command(
    "backfill azure",
    "read sign-ins and risk detections of the past from Microsoft Graph, oldest first",
    "gatewatch backfill azure --from 30d --to 2026-11-20 --app-settings settings.json",
    _arguments,
    _run,
)
