"""Folders in memory, for what no test needs to survive: every write to a disk waits for the disk, and others use it too."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MEMORY, MEMORY_BYTES = Path("/dev/shm"), 2 << 30


def memory() -> Path | None:
    """A file system in memory with room enough; None where there is none."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES else None


@contextmanager
def folder() -> Iterator[Path]:
    """A folder in memory, or a temporary one."""
    with TemporaryDirectory(prefix="gatewatch-test-", dir=memory()) as made:
        yield Path(made)
