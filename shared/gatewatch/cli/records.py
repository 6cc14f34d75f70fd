"""Files, folders and standard input as raw records that can be read twice."""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gatewatch.errors import ConfigError
from gatewatch.model import RawRecord, Refused
from gatewatch.sources import files

from .screen import Screen

STDIN = "-"


@contextmanager
def reader(paths: Sequence[str], screen: Screen) -> Iterator[Callable[[], Iterable[RawRecord | Refused]]]:
    """What reads these paths from the start, each time it is called; standard input is spooled to a file that goes away afterwards.

    Raises:
        ConfigError: a path is not there.
    """
    absent = [path for path in paths if path != STDIN and not Path(path).exists()]
    if absent:
        raise ConfigError(*(f"{path}: there is no such file or folder" for path in absent))
    if STDIN not in paths:
        yield lambda: files.read(paths)
        return
    with tempfile.TemporaryDirectory(prefix="gatewatch-") as folder:
        spooled = Path(folder) / "stdin.jsonl"
        with spooled.open("wb") as file:
            source = getattr(screen.stdin, "buffer", None)
            if source is None:
                file.write(screen.stdin.read().encode())
            else:
                shutil.copyfileobj(source, file)
        places = [str(spooled) if path == STDIN else path for path in paths]
        yield lambda: files.read(places)
