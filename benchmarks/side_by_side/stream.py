"""Gatewatch alone on a corpus of any size, which a process of its own writes into a pipe: nothing of it is ever stored.

``python -m benchmarks.side_by_side.stream KIND COUNT FOLDER`` prints one JSON line. A second reading makes the same records again. CPU and
memory are those of this process alone.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from gatewatch.cli import wiring
from gatewatch.flow.replay import replay
from gatewatch.ports import Ports
from gatewatch.reading import files
from gatewatch.stores import open_store


def records(kind: str, count: str) -> Iterator[files.Given]:
    """The records of a corpus, from a pipe."""
    command = [sys.executable, "-m", "benchmarks.corpus", kind, count]
    journal = files.Journal()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - this repository's own module
        try:
            if process.stdout is not None:
                yield from files.read_many(files.named([files.STDIN], process.stdout, journal), journal=journal)
        finally:
            process.kill()  # a second reading may need only the beginning


def _peak() -> int:
    """The largest resident set of this process in bytes. What ``getrusage`` says begins on Linux with the size of whoever started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM:")) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Replay one corpus into a new SQLite file."""
    kind, count, folder = sys.argv[1:]
    store = open_store(f"sqlite:{Path(folder) / 'store'}")
    ports = Ports(store=store, clock=wiring.now, seeds=False, worker="replay", retention=timedelta(days=36_500), alone=True)
    done = replay(lambda: records(kind, count), ports, whole=False)
    store.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {"cpu": used.ru_utime + used.ru_stime, "memory": _peak() / 2**20, "records": done.records}
    print(json.dumps(figures | {"alerts": done.standing}))


if __name__ == "__main__":
    main()
