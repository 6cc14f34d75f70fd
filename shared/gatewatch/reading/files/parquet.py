"""Parquet files as JSON lines, read by a worker process with a memory limit (`parquet_worker`)."""

import sys
import tempfile
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

from .limits import MIB, FileLimits, FrontError, TooMuchError
from .parquet_worker import NOT_INSTALLED
from .streams import CHUNK, Peekable

if TYPE_CHECKING:
    import subprocess

PARQUET = "Parquet"
MAGIC = b"PAR1"
WORKER_MEMORY = 1024 * MIB


def parquet_rows(stream: Peekable, limits: FileLimits, worker_memory: int = WORKER_MEMORY) -> Iterator[bytes]:
    """The rows as JSON lines, in chunks.

    Raises:
        FrontError: pyarrow is not installed, or the file is broken, too large, or needs more memory than the worker may have.
    """
    import subprocess  # noqa: PLC0415 - other files need no program

    with tempfile.TemporaryDirectory(prefix="gatewatch-") as folder:
        path = Path(folder) / "rows.parquet"
        _spool(stream, path, limits)
        argv = [sys.executable, "-m", parquet_rows.__module__ + "_worker", str(path), str(worker_memory)]
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as worker:  # noqa: S603 - our own module
            try:
                while chunk := _output(worker).read1(CHUNK):
                    yield chunk
                code = worker.wait()
            finally:
                worker.kill()
        _checked(code)


def _output(worker: "subprocess.Popen[bytes]") -> BufferedReader:
    assert isinstance(worker.stdout, BufferedReader)  # noqa: S101 - it was asked for
    return worker.stdout


def _spool(stream: Peekable, path: Path, limits: FileLimits) -> None:
    size = 0
    with path.open("wb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limits.decompressed:
                raise TooMuchError("a Parquet file")
            file.write(chunk)


def _checked(code: int) -> None:
    if code == NOT_INSTALLED:
        raise FrontError("parquet_not_installed", "Parquet needs an extra: pip install 'gatewatch[parquet]'")
    if code:
        raise FrontError("parquet_unreadable", "the file is broken, or needs more memory than its worker has")
