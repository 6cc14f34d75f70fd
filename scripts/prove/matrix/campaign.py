"""The campaign: each behaviour's records through each input that carries them, and all inputs together for what needs several."""

import contextlib
import logging
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from gatewatch.cli.simulate.run import holds
from gatewatch.flow import decoding
from gatewatch.model import Event
from scripts.local_cloud.lambda_runtime import rules
from tests.elastic_server.distribution import CannotStart
from tests.elastic_server.server import Running, running

from .. import table
from . import bus, poller
from .cases import Case, cases
from .columns import BETA, COLUMNS, ENDPOINT, EVENT_BRIDGE, TOGETHER, V1
from .kinds import BUS, GRAPH, INDEX, RISK, kind, of_kind
from .shelf import Shelf

NAME = "matrix"
NOTHING = ""
KEPT = "kept"
LOW = "notify_from = low"
KEYS, VALUES = ("row",), (*COLUMNS, "live")


class Paths(msgspec.Struct, frozen=True):
    """Everything that is up."""

    shelf: Shelf
    default: bus.BusPath
    optional: bus.BusPath
    azure: poller.PollerPath


@contextlib.contextmanager
def opened() -> Iterator[Paths]:
    """Starts every runtime; raises what they raise where one cannot start."""
    for name in ("werkzeug", "gatewatch", "azure"):  # a line for every call, and what the functions say of faults that the cells show
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="prove-") as scratch, contextlib.ExitStack() as stack:
        folder = Path(scratch)
        shelf = Shelf(folder)
        default, optional = (stack.enter_context(bus.opened(shelf.url, folder, options=options)) for options in (False, True))
        yield Paths(shelf, default, optional, stack.enter_context(poller.opened(shelf.url, _server())))


def _server() -> Running | None:
    try:
        return running()
    except CannotStart as reason:
        print(f"prove: matrix: the endpoint query is SKIPPED, no index here: {reason}")
        return None


def run(data: Path | None) -> list[table.Row]:
    """Every row of the matrix."""
    rows: list[table.Row] = []
    with opened() as paths:
        for case in cases(data):
            rows.append(_Play(case, paths).row())
            print(f"prove: matrix: {case.label}: {rows[-1]['live']}", flush=True)
    return rows


class _Play:
    """One behaviour, input by input. Each attempt starts with an empty store that holds the policy."""

    def __init__(self, case: Case, paths: Paths) -> None:
        self._case, self._paths = case, paths
        self._records = case.found.records

    def row(self) -> table.Row:
        """The row of this behaviour."""
        attacked = self._attacked()
        cells: dict[str, str] = dict.fromkeys(COLUMNS, NOTHING)
        if BUS in attacked:
            cells[EVENT_BRIDGE] = self._bus()
        if {GRAPH, RISK} & attacked:
            cells[V1], cells[BETA] = self._graph("v1.0"), self._graph("beta")
        if INDEX in attacked and self._paths.azure.has_index:
            cells[ENDPOINT] = self._best({"": self._index})
        if len(attacked) > 1 or (BUS in attacked and self._case.tuning):
            cells[TOGETHER] = self._best({"": self._everything})
        notified = sorted((cell for cell in cells.values() if cell.startswith(table.NOTIFIED)), key=len)
        return {"row": self._case.label, "what": self._case.what, **cells, "live": notified[0] if notified else "only in replay"}

    def _attacked(self) -> set[str]:
        """The inputs that carry the attack itself, not only the days before it."""
        attack = self._case.found.attack
        return {
            kind(record.data)
            for record in self._records
            if any(isinstance(one, Event) and one.vendor_id in attack for one in decoding.decode(record))
        }

    def _bus(self) -> str:
        taken: set[str] = set()
        with_options: dict[str, Callable[[], object]] = {
            "": lambda: self._delivered(self._paths.default),
            "every parameter": lambda: taken.update(self._delivered(self._paths.optional)),
        }
        found = self._best(with_options)
        parameters = " and ".join(sorted({one.condition for name, one in rules().items() if name in taken and one.condition}))
        return found.replace("every parameter", parameters) if parameters else found

    def _delivered(self, path: bus.BusPath) -> set[str]:
        taken = path.deliver(of_kind(self._records, BUS))
        path.sweep()
        path.clear()
        return taken

    def _graph(self, api: str) -> str:
        sign_ins, risks = of_kind(self._records, GRAPH), of_kind(self._records, RISK)

        def show(*, every_stream: bool) -> Callable[[], object]:
            return lambda: self._paths.azure.graph(sign_ins, risks, api, every_stream=every_stream)

        wider = {"every stream": show(every_stream=True)} if api == "beta" else {}
        return self._best({"": show(every_stream=False), **wider})

    def _index(self) -> None:
        self._paths.azure.index(of_kind(self._records, INDEX))

    def _everything(self) -> None:
        if of_kind(self._records, INDEX):
            self._index()
        if of_kind(self._records, BUS):
            self._delivered(self._paths.default)
        self._paths.azure.graph(of_kind(self._records, GRAPH), of_kind(self._records, RISK), "beta", every_stream=True)

    def _best(self, tried: Mapping[str, Callable[[], object]]) -> str:
        """The first way in which people are notified; where only low alerts come of the last one, whether announcing them helps."""
        kept, deliver = NOTHING, None
        for option, deliver in tried.items():
            cell = self._seen(deliver)
            if cell.startswith(table.NOTIFIED):
                return f"{cell}, with {option}" if option else cell
            kept = max(kept, cell, key=len)
        if deliver is None or ": low " not in kept:
            return kept
        announced = self._seen(deliver, low=True)
        return f"{announced}, with {LOW}" if announced.startswith(table.NOTIFIED) else kept

    def _seen(self, deliver: Callable[[], object], *, low: bool = False) -> str:
        """Deliver into an empty store and say who was notified of it."""
        self._paths.shelf.empty(self._case.tuning, low=low)
        deliver()
        attack, rule = self._case.found.attack, self._case.rule
        alerts = [one for one in self._paths.shelf.alerts() if holds(one, attack) and (not rule or rule in (one.rule, *one.snapshot.rules))]
        notified = [alert for alert in alerts if alert.notification_log]
        if alerts:
            shown = (notified or alerts)[0]
            return f"{table.NOTIFIED if notified else KEPT}: {shown.severity.value} {shown.score} {shown.rule}"
        return KEPT if self._paths.shelf.kept(attack) else NOTHING


def check(committed: list[table.Row], actual: list[table.Row]) -> Iterator[str]:
    """What differs from the table: who is notified and with which option; scores are for readers."""
    yield from table.differences(NAME, [_plain(row) for row in committed], [_plain(row) for row in actual], KEYS, VALUES)


def _plain(row: table.Row) -> table.Row:
    return {name: re.sub(r"^(\w+): \w+ \d+ \w+", r"\1", value) for name, value in row.items()}


def not_live(rows: list[table.Row], known: Mapping[str, Any]) -> list[str]:
    """Rules of the catalogue that no live input notifies of."""
    return sorted(set(known) - {row["row"] for row in rows if row["what"] == "rule" and row["live"] != "only in replay"})
