"""Reads one Parquet file in a process of its own and writes its rows as JSON lines: `python -m ... FILE BYTES`, BYTES being its memory limit.

A hostile file can make the reader of a columnar format allocate without end or crash; it takes this process with it and no other.
"""

import base64
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

ROWS_AT_ONCE = 512
BROKEN, NOT_INSTALLED = 3, 4
"""Exit codes."""


def rows(path: str) -> Iterator[dict[str, Any]]:
    """The rows of the file; raises what pyarrow raises."""
    from pyarrow import parquet  # type: ignore[import-untyped]  # noqa: PLC0415 - only this process loads it

    with parquet.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
            yield from batch.to_pylist()


def plain(value: Any) -> Any:  # noqa: ANN401 - any value that a column can hold
    """The value as JSON has it: times in UTC (a time without a zone is UTC), maps as objects, bytes as base64."""
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        pairs = bool(value) and all(isinstance(item, tuple) and len(item) == 2 for item in value)
        return {str(name): plain(inner) for name, inner in value} if pairs else [plain(item) for item in value]
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.total_seconds() if isinstance(value, timedelta) else value


def limit_memory(size: int) -> None:
    """Let this process have no more than so many bytes of data, where the system can hold it to that."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def run(path: str, size: int) -> int:
    """Write every row; the exit code says whether all could be read."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
    except ImportError:
        return NOT_INSTALLED
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    limit_memory(size)
    try:
        for row in rows(path):
            sys.stdout.buffer.write(msgspec.json.encode(plain(row)) + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stderr.close()
    except (MemoryError, RecursionError, OSError, ValueError, KeyError, TypeError, OverflowError, pa.ArrowException):
        return BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], int(sys.argv[2])))
