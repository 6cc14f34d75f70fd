"""Files, folders and standard input as raw records that can be read twice."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from glob import glob
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

    def __init__(self, open_all: Callable[[files.Journal], Iterator[files.Given]], size: Callable[[], int]) -> None:
        self._open_all = open_all
        self._readings = 0
        self.size = size  # bytes, so far as files have a size
        self.journal = files.Journal()
        self.current = self.journal
        self.phase = READING
        self.on_phase: Callable[[str], None] = lambda _: None

    def records(self) -> Iterator[RawRecord | Refused]:
        """Every record, once more."""
        return files.one_by_one(self.many())

    def many(self) -> Iterator[files.Given]:
        """The same, with lines of a file many at a time."""
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
    """What reads these paths; standard input and pipes are spooled to files that go away afterwards, because records may be read twice.

    Raises:
        ConfigError: a path is not there, and no file matches it.
    """
    paths = [found for path in paths for found in _matching(path)]
    absent = [path for path in paths if path != files.STDIN and not is_remote(path) and not Path(path).exists()]
    if absent:
        raise ConfigError(*(f"{path}: there is no such file or folder" for path in absent))
    carrier = files.Carrier(tenant=tenant, known_columns=_known)
    with tempfile.TemporaryDirectory(prefix="gatewatch-") as folder:
        spooled = {path: Path(folder) / str(number) for number, path in enumerate(dict.fromkeys(paths)) if _is_stream(path)}
        for path, copy in spooled.items():
            _spool(path, copy, screen)

        def opened(journal: files.Journal) -> Iterator[files.Given]:
            return files.read_many(_sources(paths, spooled, journal), carrier=carrier, limits=limits, journal=journal)

        yield Input(opened, lambda: files.size_of([str(spooled.get(path, path)) for path in paths if not is_remote(path)]))


def _matching(path: str) -> list[str]:
    """The files that a pattern names, in order, where no shell has put them in its place (Windows, quotes); otherwise the path itself."""
    if path == files.STDIN or is_remote(path) or not any(mark in path for mark in "*?[") or Path(path).exists():
        return [path]
    return sorted(glob(path, recursive=True)) or [path]  # noqa: PTH207 - Path.glob takes no absolute patterns


def _is_stream(path: str) -> bool:
    """Whether a path can be read only once: standard input, a named pipe, what a shell puts for ``<(command)``."""
    return path == files.STDIN or (not is_remote(path) and not Path(path).is_dir() and not Path(path).is_file())


def _spool(path: str, copy: Path, screen: Screen) -> None:
    with copy.open("wb") as spooled:
        if path != files.STDIN:
            with Path(path).open("rb") as pipe:
                shutil.copyfileobj(pipe, spooled)
            return
        source: BinaryIO | None = getattr(screen.stdin, "buffer", None)
        if source is None:
            spooled.write(screen.stdin.read().encode())
        else:
            shutil.copyfileobj(source, spooled)


def _sources(paths: Sequence[str], spooled: Mapping[str, Path], journal: files.Journal) -> Iterator[files.FileSource]:
    for path in paths:
        if is_remote(path):
            yield from files.prefetched(objects(path))
        elif path in spooled:
            yield files.FileSource(path, _opener(spooled[path]), part=files.part_of(spooled[path]))
        else:
            yield from files.named([path], None, journal)


def _opener(copy: Path) -> Callable[[], BinaryIO]:
    return lambda: copy.open("rb")


def _known(header: tuple[str, ...]) -> bool:
    """Whether a CSV with these columns is in a dialect, or each of its rows is an envelope."""
    return dialect_of_columns(header) is not None or envelope_of_columns(header) is not None
