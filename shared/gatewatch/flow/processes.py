"""Shares of one work in several processes of this machine. The processes are copies of this one, so nothing has to be handed over to them."""

import mmap
import os
import pickle
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import BinaryIO, Self

from ..errors import GatewatchError


class WorkerFailed(GatewatchError):  # noqa: N818 - named for what happened
    """A worker process ended before its share was done; run the command again."""


def possible() -> bool:
    """Whether this system can copy a process. Where it cannot, everything is done in one."""
    return hasattr(os, "fork")


def in_shares[T](count: int, work: Callable[[int], Iterator[T]]) -> Iterator[T]:
    """What ``work(0)`` to ``work(count - 1)`` give, in this order; share 0 runs in this process, each other one in a process of its own.

    What the others give is pickled.

    Raises:
        WorkerFailed: a process was killed, or its work raised an error.
    """
    children = [_start(work, share) for share in range(1, count)]
    try:
        yield from work(0)
        for _, pipe in children:
            yield from _received(pipe)
    finally:
        for process, pipe in children:
            pipe.close()
            os.waitpid(process, 0)


class Claims:
    """Numbers from 0, each given to one process only: a process that is done with one piece of work takes the next one.

    A process that dies leaves no lock behind, because the system drops the locks of a process with it.
    """

    def __init__(self) -> None:
        """Before the processes are started that share it."""
        self._next = mmap.mmap(-1, 8)
        self._lock = tempfile.TemporaryFile(prefix="gatewatch-")  # noqa: SIM115 - closed by close()

    def take(self) -> int:
        """The next number that no process has taken."""
        import fcntl  # noqa: PLC0415 - absent where a process cannot be copied

        fcntl.lockf(self._lock, fcntl.LOCK_EX)
        try:
            number = int.from_bytes(self._next[:8], "little")
            self._next[:8] = (number + 1).to_bytes(8, "little")
        finally:
            fcntl.lockf(self._lock, fcntl.LOCK_UN)
        return number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.close()
        self._next.close()


_END = "end"


def _start[T](work: Callable[[int], Iterator[T]], share: int) -> tuple[int, BinaryIO]:
    sys.stdout.flush()
    sys.stderr.flush()
    read, write = os.pipe()
    with warnings.catch_warnings():  # the copy takes no lock that another thread may hold: it computes, and writes to its own pipe
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        process = os.fork()
    if process:
        os.close(write)
        return process, os.fdopen(read, "rb")
    try:
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            for item in work(share):
                pickle.dump(item, pipe, pickle.HIGHEST_PROTOCOL)
            pickle.dump(_END, pipe)
    except BaseException:  # noqa: BLE001 - a copy of this process must never return into its caller
        os._exit(1)
    os._exit(0)


def _received[T](pipe: BinaryIO) -> Iterator[T]:
    while True:
        try:
            item = pickle.load(pipe)  # noqa: S301 - from a copy of this process
        except (EOFError, pickle.UnpicklingError) as error:
            raise WorkerFailed("a worker process ended before its share was done") from error
        if item == _END:
            return
        yield item
