"""What every `gatewatch backfill ...` has in common: its span and store, how far it is, what it says at its end, its exit code."""

import contextlib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import cast

from msgspec import structs

from ..errors import ConfigError
from ..flow.backfill import Backfilled, HistoryPart, backfill
from ..flow.collected import Collected
from ..flow.digest import DigestNotifier, message
from ..flow.policy import current
from ..ports import Notifier, PlainNotifier, Ports
from . import wiring
from .alerts import moment
from .command import DONE, FAILED
from .screen import Screen, printable

EXITS = (
    "Exit codes: 0 done; 1 records or files were refused, or the message about older alerts was not sent; 2 usage, configuration, or the store is away: run the same command again, it goes on.\n"
    "Nothing is stored twice. Alerts of channels that the command does not serve are notified by the functions that run on the store, one by one."
)
REFUSED_SHOWN = 10


def arguments(parser: ArgumentParser) -> None:
    """The options that every backfill has."""
    parser.epilog = EXITS
    parser.add_argument("--from", dest="since", metavar="WHEN", required=True, help="from then on: 30d, 2w or an ISO date or time (UTC)")
    parser.add_argument("--to", dest="until", metavar="WHEN", help="until then (default: now)")
    parser.add_argument(
        "--store", metavar="STORE", help="sqlite:FILE (default sqlite:gatewatch.sqlite), memory: or an Elasticsearch address"
    )
    parser.add_argument("--tuning", metavar="FILE", help="a tuning file, for a store that has no policy yet")
    parser.add_argument("--geo", metavar="FILE,...", help="MMDB files that say where AWS addresses are (default: GATEWATCH_GEO)")
    parser.add_argument(
        "--anew", action="store_true", help="from the beginning, although an earlier run of the same command was not finished"
    )
    parser.add_argument("--json", action="store_true", help="the summary as one JSON line")


def span(options: Namespace) -> tuple[datetime, datetime]:
    """From when to when.

    Raises:
        ConfigError: one of them is no time, or the span is empty.
    """
    since, until = moment(options.since, "--from"), moment(options.until, "--to") if options.until else wiring.now()
    if since >= until:
        raise ConfigError("--from must be before --to")
    return since, until


def run(
    job: str, parts: Callable[[str], Iterable[HistoryPart]], options: Namespace, screen: Screen, channel: PlainNotifier | None = None
) -> int:
    """Process the parts of a job into the store that the options name; the exit code of the command.

    What is urgent or recent is sent on ``channel`` at once, and the rest in one message at the end (``flow.digest``). Without a channel, and for
    others, the functions that run on the store send what is pending.
    """
    environment = wiring.environment()
    with contextlib.closing(wiring.store(options.store, environment)) as store:
        ports = Ports(
            store=store,
            clock=wiring.now,
            tuning=wiring.tuning(options.tuning, screen),
            seeds=False,
            geo=wiring.geo(options.geo),
            worker="backfill",
        )
        collected = None if channel is None else Collected(store, job, channel.name)
        if channel is not None and collected is not None:
            urgent_from = current(ports).urgent_from
            digest = DigestNotifier(cast("Notifier", channel), urgent_from, wiring.now(), collected.add)
            ports = structs.replace(ports, notifiers={channel.name: digest})
        with _following(screen) as moved:
            done = backfill(job, parts, ports, moved, anew=options.anew)
        notified = channel is None or collected is None or _tell(collected, channel, job, screen)
    if options.json:
        screen.json(as_json(done))
    else:
        _show(done, screen)
        screen.line(f"kept in {wiring.store_name(options.store, environment)}")
    return DONE if notified and not done.refused and not done.unsent else FAILED


def _tell(collected: Collected, channel: PlainNotifier, job: str, screen: Screen) -> bool:
    """One message about all that was collected, by earlier runs too; whether nothing is left."""
    found = collected.all()
    if not found or collected.send(channel, message(found, wiring.now(), f"Backfill {job}")):
        return True
    screen.note(f"the message about {len(found)} older alerts was not sent on {channel.name}: run the same command again")
    return False


def as_json(done: Backfilled) -> dict[str, object]:
    """The summary for machines."""
    return {
        "after": done.after,
        "parts": done.parts,
        "records": done.records,
        "dispositions": dict(sorted(done.counts.items())),
        "alerts_changed": len(done.alerts),
        "sent_at_once": done.sent,
        "unsent": done.unsent,
        "earliest": done.earliest,
        "latest": done.latest,
        "refused": [{"origin": item.origin, "reason": item.reason, "detail": item.detail} for item in done.refused],
        "finished": done.finished,
    }


def _show(done: Backfilled, screen: Screen) -> None:
    if done.after:
        screen.line(f"went on behind    {done.after}")
    screen.line(f"parts             {done.parts}")
    screen.line(f"records           {done.records}")
    for name, number in sorted(done.counts.items()):
        screen.line(f"  {number:>8}  {name}")
    screen.line(f"alerts changed    {len(done.alerts)}")
    if done.earliest is not None and done.latest is not None:
        screen.line(f"events looked at  {done.earliest:%Y-%m-%d %H:%M} to {done.latest:%Y-%m-%d %H:%M} UTC")
    if done.unsent:
        screen.note(f"{done.unsent} notifications were not accepted: they stay pending, and the next sweep of the functions sends them")
    for item in done.refused[:REFUSED_SHOWN]:
        screen.note(f"refused {item.origin}: {item.reason} {item.detail}".rstrip())
    if len(done.refused) > REFUSED_SHOWN:
        screen.note("further refusals are in --json")


@contextlib.contextmanager
def _following(screen: Screen) -> Iterator[Callable[[Backfilled, str], None]]:
    """What shows how far a run is, on a terminal only."""
    if not screen.err.isatty():
        yield lambda _done, _name: None
        return
    from rich.console import Console  # noqa: PLC0415 - a pipe does not pay for it
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - same

    bar = Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(file=screen.err), transient=True)
    with bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, name: bar.update(task, description=printable(f"{name[:40]}: {done.parts} parts, {done.records} records"))
