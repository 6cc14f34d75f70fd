"""`gatewatch deadletter`: list, show and redrive the records that could not be processed."""

import contextlib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import msgspec

from ..errors import ConfigError, GatewatchError
from ..flow.dead_letters import DeadLetter, DeadLetterQueue
from ..flow.pipeline import process
from ..model import RawRecord
from ..ports import Ports
from ..reading.json_text import shown
from . import wiring
from .command import DONE, FAILED, USAGE, Command
from .screen import Screen

SHOWN_ID = 12
GROUP = "gatewatch.dead_letters"
"""Entry points of adapters: each takes (address, --to, the environment) and gives a ``Box``, or None when the address is not its own."""

type Opener = Callable[[str, str | None, Mapping[str, str]], DeadLetterQueue | None]


class FileBox:
    """A file of dead letters, one JSON line each, as ``gatewatch deadletter show --json`` writes them. It is read and never changed."""

    def __init__(self, file: Path, store: str | None) -> None:
        self._file, self._store = file, store

    def dead_letters(self) -> Iterator[DeadLetter]:
        """The dead letters of the file; a line that cannot be read becomes a dead letter with the problem."""
        for number, line in enumerate(self._file.read_text("utf-8").splitlines(), 1):
            try:
                yield msgspec.json.decode(line, type=DeadLetter)
            except msgspec.DecodeError as error:
                yield DeadLetter(id=f"line-{number}", reason="not_a_letter", text=line, problem=str(error))

    def redrive(self, dead_letter: DeadLetter) -> None:
        """Process the record into the store that ``--to`` names; no notification is sent."""
        record = dead_letter.record or RawRecord(data=None)
        with contextlib.closing(wiring.store(self._store, wiring.environment())) as store:
            refused = process([record], Ports(store=store, clock=wiring.now)).refused()
        if refused:
            raise GatewatchError(f"refused again: {refused[0].reason}")

    def close(self) -> None:
        """A file needs no closing."""


def open_dead_letters(address: str, to: str | None) -> DeadLetterQueue:
    """The dead letters at an address: a file, or a queue that an installed adapter knows; raises ``ConfigError``."""
    if Path(address).is_file():
        return FileBox(Path(address), to)
    for point in entry_points(group=GROUP):
        opener: Opener = point.load()
        dead_letter_queue = opener(address, to, wiring.environment())
        if dead_letter_queue is not None:
            return dead_letter_queue
    raise ConfigError(
        f"{address} is neither a file of dead letters nor a queue that an installed adapter knows (pip install 'gatewatch[aws]', [azure])"
    )


def _place(parser: ArgumentParser) -> None:
    parser.add_argument(
        "dead_letter_queue", metavar="PLACE", help="address of an SQS queue or an Azure Storage queue, or a file that show --json wrote"
    )


def _list_arguments(parser: ArgumentParser) -> None:
    _place(parser)
    parser.add_argument("--json", action="store_true", help="one JSON line per dead letter, without the record")


def _list(options: Namespace, screen: Screen) -> int:
    with contextlib.closing(open_dead_letters(options.dead_letter_queue, None)) as dead_letter_queue:
        found = sorted(dead_letter_queue.dead_letters(), key=lambda dead_letter: (dead_letter.reason, dead_letter.id))
    rows = [_row(dead_letter) for dead_letter in found]
    if options.json:
        for row in rows:
            screen.json(row)
        return DONE
    if rows:
        screen.table(list(rows[0]), [[row["id"][:SHOWN_ID], *list(row.values())[1:]] for row in rows])
    screen.line(f"{len(rows)} dead letters in {options.dead_letter_queue}")
    if rows:
        screen.line(f"process them again: gatewatch deadletter redrive {options.dead_letter_queue} --all")
    return DONE


def _row(dead_letter: DeadLetter) -> dict[str, Any]:
    names = ("id", "reason", "detail", "origin", "dead_lettered_at", "problem")
    return {name: getattr(dead_letter, name) for name in names} | {"bytes": len(dead_letter.text.encode())}


def _show_arguments(parser: ArgumentParser) -> None:
    _place(parser)
    parser.add_argument("ids", nargs="*", metavar="ID", help="dead letters by the beginning of their id (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON line per dead letter, with the record: a file that redrive reads")


def _show(options: Namespace, screen: Screen) -> int:
    with contextlib.closing(open_dead_letters(options.dead_letter_queue, None)) as dead_letter_queue:
        found = _chosen(dead_letter_queue.dead_letters(), options.ids)
    for dead_letter in found:
        if options.json:
            screen.json(dead_letter)
            continue
        screen.line(
            f"{dead_letter.id}  {dead_letter.reason}  {dead_letter.detail}  {dead_letter.origin}  {dead_letter.dead_lettered_at or ''}  {dead_letter.problem}"
        )
        screen.text(_pretty(dead_letter))
    return DONE if found or not options.ids else FAILED


def _redrive_arguments(parser: ArgumentParser) -> None:
    _place(parser)
    parser.add_argument("ids", nargs="*", metavar="ID", help="dead letters by the beginning of their id")
    parser.add_argument("--all", action="store_true", help="every dead letter")
    parser.add_argument(
        "--to",
        metavar="TARGET",
        help="where to: a queue's address (SQS; default: the queue whose dead letters these are), or a store (files)",
    )


def _redrive(options: Namespace, screen: Screen) -> int:
    if bool(options.ids) == options.all:
        screen.note("gatewatch deadletter redrive: name dead letters by id, or use --all")
        return USAGE
    done = failed = 0
    with contextlib.closing(open_dead_letters(options.dead_letter_queue, options.to)) as dead_letter_queue:
        for dead_letter in _chosen(dead_letter_queue.dead_letters(), options.ids):
            try:
                dead_letter_queue.redrive(dead_letter)
            except GatewatchError as error:
                failed += 1
                screen.note(f"{dead_letter.id}: {error}")
            else:
                done += 1
    screen.line(f"{done} redriven, {failed} failed and kept")
    return FAILED if failed or (not done and options.ids) else DONE


def _chosen(dead_letters: Iterable[DeadLetter], ids: list[str]) -> list[DeadLetter]:
    return [dead_letter for dead_letter in dead_letters if not ids or any(dead_letter.id.startswith(wanted) for wanted in ids)]


def _pretty(dead_letter: DeadLetter) -> str:
    if dead_letter.record is None:
        return dead_letter.text
    return msgspec.json.format(msgspec.json.encode(shown(dead_letter.record.data)), indent=2).decode()


COMMANDS = (
    Command(
        "deadletter list",
        "list the records that could not be processed, by reason",
        "gatewatch deadletter list examples/dead_letters.jsonl",
        _list_arguments,
        _list,
    ),
    Command(
        "deadletter show",
        "show dead-lettered records as they came",
        "gatewatch deadletter show examples/dead_letters.jsonl",
        _show_arguments,
        _show,
    ),
    Command(
        "deadletter redrive",
        "hand dead-lettered records over again, after the cause is repaired",
        "gatewatch deadletter redrive examples/dead_letters.jsonl 4b1c --to sqlite:gatewatch.sqlite",
        _redrive_arguments,
        _redrive,
    ),
)
