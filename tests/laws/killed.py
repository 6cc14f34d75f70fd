"""A replay that is killed: ``python -m tests.laws.killed RECORDS STORE CALLS WORKERS`` dies by SIGKILL at that call of its store (0: never)."""

import os
import signal
import sys
from datetime import timedelta
from typing import Any

from gatewatch.flow.replay import replay
from gatewatch.ports import Ports
from gatewatch.reading import files
from gatewatch.stores.sqlite import SqliteStore
from tests.laws.stage import NOW

WRITES = frozenset({"append", "append_prepared", "write_alerts", "write_state"})


class Fatal:
    """A store during one of whose calls the process dies: before it, or when it is done."""

    def __init__(self, store: SqliteStore, calls: int) -> None:
        self._store, self._last = store, calls
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def called(*given: Any) -> Any:
            self.calls += 1
            if self.calls == self._last and name not in WRITES:
                os.kill(os.getpid(), signal.SIGKILL)
            result = method(*given)
            if self.calls == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return called


def run(records: str, file: str, last: int = 0, workers: int = 1) -> int:
    """Replay into a SQLite file and die at its last call, if there is one; how many calls there were."""
    store = SqliteStore(file)
    fatal = Fatal(store, last)
    port: Any = fatal
    ports = Ports(store=port, clock=lambda: NOW, seeds=False, worker="replay", retention=timedelta(days=36_500), alone=True)
    try:
        replay(lambda: files.read([records], carrier=files.Carrier(tenant="t")), ports, in_memory=100, workers=workers)
    finally:
        store.close()
    return fatal.calls


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
