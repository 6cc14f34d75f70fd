"""Files, folders and standard input as raw records that can be read twice."""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..errors import ConfigError
from ..model import RawRecord, Refused
from ..providers.catalogue import dialect_of_columns
from ..reading import files
from ..reading.envelopes import envelope_of_columns
from .screen import Screen

type Reader = Callable[[], Iterable[RawRecord | Refused]]


@contextmanager
def reader(paths: Sequence[str], screen: Screen, tenant: str | None = None) -> Iterator[Reader]:
    """What reads these paths from the start, each time it is called; standard input is spooled to a file that goes away afterwards.

    Raises:
        ConfigError: a path is not there.
    """
    absent = [path for path in paths if path != files.STDIN and not Path(path).exists()]
    if absent:
        raise ConfigError(*(f"{path}: there is no such file or folder" for path in absent))
    carrier = files.Carrier(tenant=tenant, known_columns=_known)
    if files.STDIN not in paths:
        yield lambda: files.read(paths, carrier=carrier)
        return
    with tempfile.TemporaryDirectory(prefix="gatewatch-") as folder:
        spooled = Path(folder) / "stdin"
        with spooled.open("wb") as file:
            _spool(screen, file)

        def again() -> Iterator[RawRecord | Refused]:
            with spooled.open("rb") as file:
                yield from files.read(paths, stdin=file, carrier=carrier)

        yield again


def _spool(screen: Screen, spooled: BinaryIO) -> None:
    source: BinaryIO | None = getattr(screen.stdin, "buffer", None)
    if source is None:
        spooled.write(screen.stdin.read().encode())
    else:
        shutil.copyfileobj(source, spooled)


def _known(header: tuple[str, ...]) -> bool:
    """Whether a CSV with these columns is in a dialect, or each of its rows is an envelope."""
    return dialect_of_columns(header) is not None or envelope_of_columns(header) is not None
