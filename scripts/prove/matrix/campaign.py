"""The campaign: each behaviour's records through each input that carries them, and all inputs together for what needs several."""

import contextlib
import json
import logging
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from gatewatch.cli.simulate.behaviour import Simulated, behaviour, names, simulated
from gatewatch.cli.simulate.run import holds
from gatewatch.flow import decoding
from gatewatch.model import Event, RawRecord
from scripts.local_cloud.lambda_runtime import rules
from tests.elastic_server.distribution import CannotStart
from tests.elastic_server.server import Running, running

from .. import attacks, table
from . import bus, poller
from .columns import BETA, COLUMNS, ENDPOINT, EVENT_BRIDGE, TOGETHER, V1
from .kinds import BUS, GRAPH, INDEX, RISK, kind, of_kind
from .shelf import Shelf

NAME = "matrix"
DAYS = 29  # what Graph still shows
AGO = timedelta(hours=4)
NOTHING = ""
KEPT = "kept"
LOW = "NOTIFY_FROM=low"
KEYS, VALUES = ("row",), (*COLUMNS, "live")

type Case = tuple[str, str, Simulated, str]
"""A label, what it is, its records, and the tuning that it needs as text."""


def cases(data: Path | None) -> Iterator[Case]:
    """Every behaviour, then the entry events of the published attacks, moved to today."""
    start = (datetime.now(UTC) - AGO).replace(microsecond=0)
    for number, name in enumerate(names()):
        found = behaviour(name)
        yield name, "story" if number < 10 else "rule", simulated(name, start, DAYS), json.dumps(found.tuning) if found.tuning else ""
    if data is not None:
        yield from _entries(data, start)


def _entries(data: Path, start: datetime) -> Iterator[Case]:
    wanted = [row for row in table.load(attacks.NAME) if row["must"] or "own agent" in row["step"]]
    for name in dict.fromkeys(row["data"] for row in wanted):
        chosen = [
            record
            for record in attacks.records(data, name)
            if any(attacks.fits(record, row["where"], attacks.techniques(data)) for row in wanted if row["data"] == name)
        ]
        for row in wanted:
            if row["data"] != name or not row["must"]:
                continue
            ids = {record["eventID"] for record in chosen if attacks.fits(record, row["where"], attacks.techniques(data))}
            raw = tuple(RawRecord(data=record, origin=name) for record in _moved(chosen, start))
            yield f"{name}: {row['step']}", "attack", Simulated(records=raw, attack=frozenset(_vendor_ids(raw, ids))), ""


def _vendor_ids(raw: tuple[RawRecord, ...], ids: set[str]) -> Iterator[str]:
    for record in raw:
        found = decoding.decode(record)
        yield from (one.vendor_id for one in found if isinstance(one, Event) and record.data["eventID"] in ids)


def _moved(records: list[dict[str, Any]], start: datetime) -> list[dict[str, Any]]:
    """The same records with every time moved, so that the last one is at the start."""
    last = max(datetime.fromisoformat(record["eventTime"]) for record in records)

    def later(found: re.Match[str]) -> str:
        return f"{datetime.fromisoformat(found[0]) + (start - last):%Y-%m-%dT%H:%M:%SZ}"

    moved: list[dict[str, Any]] = json.loads(re.sub(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", later, json.dumps(records)))
    return sorted(moved, key=lambda record: str(record["eventTime"]))


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


def run(data: Path | None, progress: Callable[[str], None] = lambda _: None) -> list[table.Row]:
    """Every row of the matrix."""
    with opened() as paths:
        rows = []
        for label, what, found, tuning in cases(data):
            progress(label)
            rows.append(_row(label, what, found, tuning, paths))
    return rows


def _row(label: str, what: str, found: Simulated, tuning: str, paths: Paths) -> table.Row:
    attacked = _attacked(found)
    cells: dict[str, str] = dict.fromkeys(COLUMNS, NOTHING)
    if BUS in attacked:
        cells[EVENT_BRIDGE] = _bus(found, tuning, paths)
    if {GRAPH, RISK} & attacked:
        cells[V1], cells[BETA] = (_graph(found, tuning, api, paths) for api in ("v1.0", "beta"))
    if INDEX in attacked and paths.azure.has_index:
        cells[ENDPOINT] = _endpoint(found, tuning, paths)
    if len(attacked) > 1:
        cells[TOGETHER] = _played(found, paths, lambda: _everything(found, tuning, paths))
    live = next((cell for cell in sorted(cells.values(), key=_rank) if cell.startswith(table.NOTIFIED)), "only in replay")
    return {"row": label, "what": what, **cells, "live": live}


def _attacked(found: Simulated) -> set[str]:
    """The inputs that carry the attack itself, not only the days before it."""
    return {
        kind(record.data)
        for record in found.records
        if any(isinstance(one, Event) and one.vendor_id in found.attack for one in decoding.decode(record))
    }


def _rank(cell: str) -> int:
    return len(cell) if cell.startswith(table.NOTIFIED) else 10_000


def _bus(found: Simulated, tuning: str, paths: Paths) -> str:
    if tuning:
        return NOTHING  # a function's tuning is fixed when it starts; such behaviours are shown on the other inputs
    records = of_kind(found.records, BUS)
    by_default = _played(found, paths, lambda: _delivered(paths.default, records))
    if by_default.startswith(table.NOTIFIED):
        return by_default
    taken: set[str] = set()
    with_options = _played(found, paths, lambda: taken.update(_delivered(paths.optional, records)))
    if not with_options.startswith(table.NOTIFIED):
        return by_default or with_options
    parameters = sorted({rule.condition for name, rule in rules().items() if name in taken and rule.condition})
    return f"{with_options}, with {' and '.join([*parameters, *([LOW] if _is_low(with_options) else [])])}"


def _delivered(path: bus.BusPath, records: list[dict[str, Any]]) -> set[str]:
    taken = path.deliver(records)
    path.sweep()
    path.clear()
    return taken


def _graph(found: Simulated, tuning: str, api: str, paths: Paths) -> str:
    sign_ins, risks = of_kind(found.records, GRAPH), of_kind(found.records, RISK)

    def seen(extra: poller.Extra) -> str:
        return _played(found, paths, lambda: paths.azure.graph(sign_ins, risks, api, extra))

    tried = {"": seen(poller.Extra(tuning))}
    if api == "beta" and not tried[""].startswith(table.NOTIFIED):
        tried["every stream"] = seen(poller.Extra(tuning, every_stream=True))
    return _best(tried, lambda: seen(poller.Extra(tuning, every_stream=api == "beta", low=True)))


def _endpoint(found: Simulated, tuning: str, paths: Paths) -> str:
    def seen(extra: poller.Extra) -> str:
        return _played(found, paths, lambda: paths.azure.index(of_kind(found.records, INDEX), extra))

    return _best({"": seen(poller.Extra(tuning))}, lambda: seen(poller.Extra(tuning, low=True)))


def _best(tried: Mapping[str, str], low: Callable[[], str]) -> str:
    """The first way in which somebody was notified; where only low alerts came of it, whether announcing them helps."""
    for option, cell in tried.items():
        if cell.startswith(table.NOTIFIED):
            return f"{cell}, with {option}" if option else cell
    kept = max(tried.values(), key=len)
    if not _is_low(kept):
        return kept
    announced = low()
    return f"{announced}, with {LOW}" if announced.startswith(table.NOTIFIED) else kept


def _is_low(cell: str) -> bool:
    return ": low " in cell


def _everything(found: Simulated, tuning: str, paths: Paths) -> None:
    if documents := of_kind(found.records, INDEX):
        paths.azure.index(documents, poller.Extra(tuning))
    if calls := of_kind(found.records, BUS):
        _delivered(paths.default, calls)
    if {GRAPH, RISK} & {kind(record.data) for record in found.records}:
        paths.azure.graph(of_kind(found.records, GRAPH), of_kind(found.records, RISK), "beta", poller.Extra(tuning, every_stream=True))


def _played(found: Simulated, paths: Paths, deliver: Callable[[], object]) -> str:
    """Deliver into an empty store and say who was notified of it."""
    paths.shelf.empty()
    deliver()
    alerts = [alert for alert in paths.shelf.alerts() if holds(alert, found.attack)]
    notified = [alert for alert in alerts if alert.notification_log]
    if notified:
        return f"{table.NOTIFIED}: {notified[0].severity.value} {notified[0].score} {notified[0].rule}"
    if alerts:
        return f"{KEPT}: {alerts[0].severity.value} {alerts[0].score} {alerts[0].rule}"
    return KEPT if paths.shelf.kept(found.attack) else NOTHING


def check(committed: list[table.Row], actual: list[table.Row]) -> Iterator[str]:
    """What differs from the table: who is notified and with which option; scores are for readers."""
    yield from table.differences(NAME, [_plain(row) for row in committed], [_plain(row) for row in actual], KEYS, VALUES)


def _plain(row: table.Row) -> table.Row:
    return {name: re.sub(r"^(\w+): \w+ \d+ \w+", r"\1", value) for name, value in row.items()}


def not_live(rows: list[table.Row], known: Mapping[str, object]) -> list[str]:
    """Rules of the catalogue that no live input notifies of."""
    seen = {row["row"] for row in rows if row["what"] == "rule" and row["live"] != "only in replay"}
    named = {name for row in rows for name in known if row["live"].endswith(f" {name}") or f" {name}," in row["live"]}
    return sorted(set(known) - seen - named)
