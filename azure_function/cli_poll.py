"""`gatewatch poll`: the function app's poller in a terminal."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs

from gatewatch.cli import wiring
from gatewatch.cli.command import DONE, FAILED, Command
from gatewatch.cli.numbers import ONE_OR_MORE
from gatewatch.cli.screen import Screen, Step
from gatewatch.errors import ConfigError, GatewatchError
from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import FilterRefused
from gatewatch.polling.poll import poll
from gatewatch.polling.ports import Damaged, Dependencies, PageSource
from gatewatch.polling.report import PollReport
from gatewatch.polling.streams import Slice, Stream

from .cli_poller import Terminal, arguments, opened
from .graph_http import GraphError
from .graph_streams import SWEEP_TIMER, of_timer
from .jobs import send_pending
from .poller import open_poller

SWEEP_EVERY = timedelta(hours=6)
"""How often the streams of the sweep are read: the interval of the template's SWEEP_SCHEDULE."""
DENIED = "gatewatch doctor azure looks closer"


class Followed(Struct, frozen=True):
    """A source of pages that moves a progress bar."""

    inner: PageSource
    step: Step

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[Sequence[RawRecord | Damaged]]:
        """See ``PageSource``."""
        for page in self.inner.pages(stream, piece, deadline):
            yield page
            self.step(len(page))


def _arguments(parser: ArgumentParser) -> None:
    parser.epilog = (
        "Ctrl-C ends it between two records; the next run goes on where this one stopped. With --once: exit code 0 when every stream was\n"
        "read to its end, 1 when one was not. Settings: docs/settings.md (those of Azure); channels that are set up are notified, else this terminal."
    )
    parser.add_argument("--once", action="store_true", help="one run of every stream, then end")
    parser.add_argument("--every", type=ONE_OR_MORE, default=5, metavar="MINUTES", help="time between two runs (default 5)")
    arguments(parser)


def _run(options: Namespace, screen: Screen) -> int:
    swept: datetime | None = None
    with opened(options, screen) as terminals:
        for terminal in terminals:
            screen.note(f"tenant {terminal.tenant}: how far was read stands in {terminal.state.file}")
        while True:
            begun = wiring.now()
            sweeping = swept is None or begun - swept >= SWEEP_EVERY
            right = _round(terminals, sweeping=sweeping, as_json=options.json)
            swept = begun if sweeping else swept
            if options.once:
                return DONE if right else FAILED
            pause = begun + timedelta(minutes=options.every) - wiring.now()
            time.sleep(max(pause.total_seconds(), 1.0))


def _round(terminals: Sequence[Terminal], *, sweeping: bool, as_json: bool) -> bool:
    """Every tenant once, each in an equal part of the time that is left; one that fails stops no other. Whether all of it was done."""
    deadline = Deadline(wiring.now, wiring.now() + timedelta(seconds=terminals[0].settings.poll.deadline_seconds))
    right = True
    for number, terminal in enumerate(terminals):
        try:
            right &= run_once(terminal, deadline.left() / (len(terminals) - number), sweeping=sweeping, as_json=as_json)
        except ConfigError:
            raise
        except GatewatchError as error:
            terminal.note(f"nothing was read: {error}")
            right = False
    return right


def run_once(terminal: Terminal, seconds: float, *, sweeping: bool, as_json: bool) -> bool:
    """Every stream of a tenant once, then what is pending; whether all of it was done. What fails is said, and the rest goes on."""
    right = True
    with open_poller(terminal.settings.graph, terminal.settings.poll, terminal.parts(seconds)) as now:
        swept = of_timer(SWEEP_TIMER, now.streams)
        streams = [stream for stream in now.streams.values() if sweeping or stream not in swept]
        for number, stream in enumerate(streams):
            rest = sum(one.weight for one in streams[number:])
            share = now.needs.deadline.share(stream.weight / rest)
            right &= _read(terminal, stream, structs.replace(now.needs, deadline=share), as_json=as_json)
        try:
            send_pending(now.needs)
        except GatewatchError as error:
            terminal.note(f"what is pending was not sent: {error}")
            right = False
    return right


def _read(terminal: Terminal, stream: Stream, needs: Dependencies, *, as_json: bool) -> bool:
    try:
        with terminal.screen.progress(terminal.named(f"{stream.name}: records")) as step:
            report = poll(stream, structs.replace(needs, source=Followed(needs.source, step)))
    except ConfigError:
        raise
    except FilterRefused as error:
        terminal.note(f"{stream.name} is left out, other streams read the same later: {error}")
        return True
    except GatewatchError as error:
        denied = f"; {DENIED}" if isinstance(error, GraphError) and error.status in {401, 403} else ""
        terminal.note(f"{stream.name} was not read: {error}{denied}")
        if as_json:
            failed = {"tenant": terminal.tenant, "stream": stream.name, "state": "failed", "error": str(error)}
            terminal.screen.json({"at": wiring.now(), **failed})
        return False
    _show(report, terminal, as_json=as_json)
    return report.state == "done"


def _show(report: PollReport, terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        fields = {name: getattr(report, name) for name in ("stream", "state", "counts", "watermark", "rescanned")}
        terminal.screen.json({"at": wiring.now(), "tenant": terminal.tenant, **fields})
        return
    said = {
        "done": f"read up to {report.watermark:%Y-%m-%d %H:%M:%S}" if report.watermark else "nothing to read",
        "locked": "another terminal or a run that died holds it; its lease ends within minutes",
        "taken_over": "another terminal took it over",
        "unfinished": f"read up to {report.watermark}; the rest follows with the next run",
    }
    counts = ", ".join(f"{name} {number}" for name, number in sorted(report.counts.items()) if number)
    line = f"{report.stream}: {said.get(report.state, report.state)}{f' ({counts})' if counts else ''}"
    terminal.screen.line(f"{wiring.now():%H:%M:%S} {terminal.named(line)}")


COMMAND = Command(
    "poll",
    "read Entra sign-ins and risk detections from Microsoft Graph into a store, again and again",
    "gatewatch poll --once --tenant 0f0e0d0c-1111-4222-8333-444455556666 --login device --store sqlite:gatewatch.sqlite",
    _arguments,
    _run,
)
