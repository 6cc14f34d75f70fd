"""How far a replay is: the phase by name, bytes of all, the rate and the time that is left. Only on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .records import Input
from .screen import Screen, printable


@contextmanager
def following(given: Input, screen: Screen) -> Iterator[Callable[[int], None]]:
    """What takes the number of records read so far and shows how far the reading is."""
    if not screen.err.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - a pipe does not pay for it
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn  # noqa: PLC0415 - same

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(file=screen.err),
        transient=True,
    )
    with bar:
        task = bar.add_task(given.phase, total=given.size() or None)
        given.on_phase = lambda phase: bar.update(task, description=phase, completed=given.current.taken, refresh=True)
        yield lambda records: bar.update(task, description=printable(f"{given.phase}: {records} records"), completed=given.current.taken)
