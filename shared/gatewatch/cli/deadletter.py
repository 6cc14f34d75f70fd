"""`gatewatch deadletter`: what nobody could take, why, and how to hand it over again."""

import contextlib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import msgspec

from ..errors import ConfigError, GatewatchError
from ..flow.dead_letters import Box, Letter
from ..flow.pipeline import process
from ..model import RawRecord
from ..ports import Ports
from . import wiring
from .command import DONE, FAILED, USAGE, Command
from .screen import Screen

SHOWN_ID = 12
GROUP = "gatewatch.dead_letters"
"""Entry points of adapters: each takes (address, --to, the environment) and gives a ``Box``, or None when the address is not its own."""

type Opener = Callable[[str, str | None, Mapping[str, str]], Box | None]


class FileBox:
    """A file of letters, one JSON line each, as ``gatewatch deadletter show --json`` writes them. It is read and never changed."""

    def __init__(self, file: Path, store: str | None) -> None:
        self._file, self._store = file, store

    def letters(self) -> Iterator[Letter]:
        """Line by line; a line that is no letter is one that says so."""
        for number, line in enumerate(self._file.read_text("utf-8").splitlines(), 1):
            try:
                yield msgspec.json.decode(line, type=Letter)
            except msgspec.DecodeError as error:
                yield Letter(id=f"line-{number}", reason="not_a_letter", text=line, problem=str(error))

    def redrive(self, letter: Letter) -> None:
        """Through the pipeline into the store that ``--to`` names; nobody is notified."""
        record = letter.record or RawRecord(data=None)
        with contextlib.closing(wiring.store(self._store, wiring.environment())) as store:
            refused = process([record], Ports(store=store, clock=wiring.now)).refused()
        if refused:
            raise GatewatchError(f"refused again: {refused[0].reason}")

    def close(self) -> None:
        """Nothing is held open."""


def open_box(address: str, to: str | None) -> Box:
    """The box at an address: a file of letters, or what an installed adapter knows; raises ``ConfigError``."""
    if Path(address).is_file():
        return FileBox(Path(address), to)
    for point in entry_points(group=GROUP):
        opener: Opener = point.load()
        box = opener(address, to, wiring.environment())
        if box is not None:
            return box
    raise ConfigError(
        f"{address} is no file of letters and no queue that an installed adapter knows (pip install 'gatewatch[aws]', [azure])"
    )


def _place(parser: ArgumentParser) -> None:
    parser.add_argument("box", metavar="PLACE", help="address of an SQS queue or an Azure Storage queue, or a file that show --json wrote")


def _list_arguments(parser: ArgumentParser) -> None:
    _place(parser)
    parser.add_argument("--json", action="store_true", help="one JSON line a letter, without the record")


def _list(options: Namespace, screen: Screen) -> int:
    with contextlib.closing(open_box(options.box, None)) as box:
        found = sorted(box.letters(), key=lambda letter: (letter.reason, letter.id))
    rows = [_row(letter) for letter in found]
    if options.json:
        for row in rows:
            screen.json(row)
        return DONE
    if rows:
        screen.table(list(rows[0]), [[row["id"][:SHOWN_ID], *list(row.values())[1:]] for row in rows])
    screen.line(f"{len(rows)} dead letters in {options.box}")
    if rows:
        screen.line(f"hand them over again: gatewatch deadletter redrive {options.box} --all")
    return DONE


def _row(letter: Letter) -> dict[str, Any]:
    names = ("id", "reason", "detail", "origin", "parked", "problem")
    return {name: getattr(letter, name) for name in names} | {"bytes": len(letter.text.encode())}


def _show_arguments(parser: ArgumentParser) -> None:
    _place(parser)
    parser.add_argument("ids", nargs="*", metavar="ID", help="letters by the beginning of their id (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON line a letter, record included: a file that redrive takes")


def _show(options: Namespace, screen: Screen) -> int:
    with contextlib.closing(open_box(options.box, None)) as box:
        found = _chosen(box.letters(), options.ids)
    for letter in found:
        if options.json:
            screen.json(letter)
            continue
        screen.line(f"{letter.id}  {letter.reason}  {letter.detail}  {letter.origin}  {letter.parked or ''}  {letter.problem}")
        screen.text(_pretty(letter))
    return DONE if found or not options.ids else FAILED


def _redrive_arguments(parser: ArgumentParser) -> None:
    _place(parser)
    parser.add_argument("ids", nargs="*", metavar="ID", help="letters by the beginning of their id")
    parser.add_argument("--all", action="store_true", help="every letter")
    parser.add_argument(
        "--to",
        metavar="TARGET",
        help="where to: a queue's address (SQS; default: the queue whose dead letters these are), or a store (files)",
    )


def _redrive(options: Namespace, screen: Screen) -> int:
    if bool(options.ids) == options.all:
        screen.note("gatewatch deadletter redrive: name letters by id, or say --all")
        return USAGE
    done = failed = 0
    with contextlib.closing(open_box(options.box, options.to)) as box:
        for letter in _chosen(box.letters(), options.ids):
            try:
                box.redrive(letter)
            except GatewatchError as error:
                failed += 1
                screen.note(f"{letter.id}: {error}")
            else:
                done += 1
    screen.line(f"{done} handed over again, {failed} stay")
    return FAILED if failed or (not done and options.ids) else DONE


def _chosen(letters: Iterable[Letter], ids: list[str]) -> list[Letter]:
    return [letter for letter in letters if not ids or any(letter.id.startswith(wanted) for wanted in ids)]


def _pretty(letter: Letter) -> str:
    if letter.record is None:
        return letter.text
    return msgspec.json.format(msgspec.json.encode(letter.record.data), indent=2).decode()


COMMANDS = (
    Command(
        "deadletter list",
        "list the records that nobody could take, by reason",
        "gatewatch deadletter list examples/dead_letters.jsonl",
        _list_arguments,
        _list,
    ),
    Command(
        "deadletter show",
        "show parked records as they came",
        "gatewatch deadletter show examples/dead_letters.jsonl",
        _show_arguments,
        _show,
    ),
    Command(
        "deadletter redrive",
        "hand parked records over again, after what was wrong is mended",
        "gatewatch deadletter redrive examples/dead_letters.jsonl 4b1c --to sqlite:gatewatch.sqlite",
        _redrive_arguments,
        _redrive,
    ),
)
