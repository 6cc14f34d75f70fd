"""Fetches the next files while one is read: a bucket of small objects costs a round trip each otherwise."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple

from .limits import MIB
from .sources import FileSource

if TYPE_CHECKING:
    from concurrent.futures import Future

AHEAD = 8
IN_MEMORY = 8 * MIB
"""Of each object; the rest of a larger one waits in a temporary file."""

type Target = IO[bytes]


class RemoteObject(NamedTuple):
    """An object of a bucket or container: its name for people, its size, and what writes its content into a file.

    ``fetch`` raises ``OSError`` when the object cannot be read.
    """

    name: str
    size: int
    fetch: Callable[[Target], None]


def prefetched(objects: Iterable[RemoteObject], ahead: int = AHEAD) -> Iterator[FileSource]:
    """The objects as files, in their order, up to ``ahead`` of them fetched before they are asked for."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - files that are here need no threads

    waiting: deque[tuple[RemoteObject, Future[Target]]] = deque()
    with ThreadPoolExecutor(ahead) as pool:
        try:
            for one in objects:
                waiting.append((one, pool.submit(_fetched, one)))
                if len(waiting) >= ahead:
                    yield _source(*waiting.popleft())
            while waiting:
                yield _source(*waiting.popleft())
        finally:
            for _, future in waiting:
                if not future.cancel():
                    future.add_done_callback(_discard)


def _discard(future: "Future[Target]") -> None:
    """Close what was fetched and is not read any more."""
    if not future.cancelled() and future.exception() is None:
        future.result().close()


def _source(one: RemoteObject, future: "Future[Target]") -> FileSource:
    def opened() -> AbstractContextManager[Target]:
        return future.result()

    return FileSource(one.name, opened, one.size)


def _fetched(one: RemoteObject) -> Target:
    file: Target = SpooledTemporaryFile(IN_MEMORY, prefix="gatewatch-")  # noqa: SIM115 - whoever reads it closes it
    try:
        one.fetch(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
