"""Files, folders and standard input as raw records that can be read twice."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..errors import ConfigError
from ..model import RawRecord, Refused
from ..providers.catalogue import dialect_of_columns
from ..reading import files
from ..reading.envelopes import envelope_of_columns
from .remote import is_remote, objects
from .screen import Screen

_LIMITS = files.FileLimits()
READING, AGAIN, COMPUTING = "reading", "reading again what records name", "computing alerts"


class Input:
    """The records behind some paths. Each call of ``records`` reads them from the start; the journal is that of the first reading."""

    def __init__(self, open_all: Callable[[files.Journal], Iterator[RawRecord | Refused]], size: Callable[[], int]) -> None:
        self._open_all = open_all
        self._readings = 0
        self.size = size  # bytes, so far as files have a size
        self.journal = files.Journal()
        self.current = self.journal
        self.phase = READING
        self.on_phase: Callable[[str], None] = lambda _: None

    def records(self) -> Iterator[RawRecord | Refused]:
        """Every record, once more."""
        self._readings += 1
        self.current = self.journal if self._readings == 1 else files.Journal()
        self._begin(READING if self._readings == 1 else AGAIN)
        yield from self._open_all(self.current)
        self._begin(COMPUTING)

    def _begin(self, phase: str) -> None:
        self.phase = phase
        self.on_phase(phase)


@contextmanager
def reader(paths: Sequence[str], screen: Screen, tenant: str | None = None, limits: files.FileLimits = _LIMITS) -> Iterator[Input]:
    """What reads these paths; standard input is spooled to a file that goes away afterwards.

    Raises:
        ConfigError: a path is not there.
    """
    absent = [path for path in paths if path != files.STDIN and not is_remote(path) and not Path(path).exists()]
    if absent:
        raise ConfigError(*(f"{path}: there is no such file or folder" for path in absent))
    carrier = files.Carrier(tenant=tenant, known_columns=_known)
    local = [path for path in paths if not is_remote(path)]

    def opened(journal: files.Journal, stdin: BinaryIO | None = None) -> Iterator[RawRecord | Refused]:
        return files.read_sources(_sources(paths, stdin, journal), carrier=carrier, limits=limits, journal=journal)

    if files.STDIN not in paths:
        yield Input(opened, lambda: files.size_of(local))
        return
    with tempfile.TemporaryDirectory(prefix="gatewatch-") as folder:
        spooled = Path(folder) / "stdin"
        with spooled.open("wb") as file:
            _spool(screen, file)

        def again(journal: files.Journal) -> Iterator[RawRecord | Refused]:
            with spooled.open("rb") as file:
                yield from opened(journal, file)

        yield Input(again, lambda: files.size_of(local) + spooled.stat().st_size)


def _sources(paths: Sequence[str], stdin: BinaryIO | None, journal: files.Journal) -> Iterator[files.FileSource]:
    for path in paths:
        if is_remote(path):
            yield from files.prefetched(objects(path))
        else:
            yield from files.named([path], stdin, journal)


def _spool(screen: Screen, spooled: BinaryIO) -> None:
    source: BinaryIO | None = getattr(screen.stdin, "buffer", None)
    if source is None:
        spooled.write(screen.stdin.read().encode())
    else:
        shutil.copyfileobj(source, spooled)


def _known(header: tuple[str, ...]) -> bool:
    """Whether a CSV with these columns is in a dialect, or each of its rows is an envelope."""
    return dialect_of_columns(header) is not None or envelope_of_columns(header) is not None
