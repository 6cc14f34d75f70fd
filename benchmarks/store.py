"""What a store costs: alerts a second, calls and bytes an alert, through the whole pipeline.

``python benchmarks/store.py [--events 1000] [--chunk 500] [memory] [sqlite] [elastic]``. Elasticsearch is the server ELASTIC_URL names,
else one of our own on loopback. Every tenth person is busy; every second login makes an alert. The machine decides the absolute
figures; calls and bytes are the same everywhere.
"""

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.ports import AlertQuery, Ports, Store
from gatewatch.stores import open_store
from gatewatch.stores.elastic import Client
from gatewatch.stores.elastic.names import Names
from tests.builders.aws import envelope, user_record
from tests.elastic_server.fixtures import Elastic, prepared

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)


class Measured(NamedTuple):
    """An open store, its client where it has one, and how many bytes it holds."""

    store: Store
    client: Client | None
    held: Callable[[], int]


@contextmanager
def memory() -> Iterator[Measured]:
    """The floor: everything but a store."""
    yield Measured(open_store("memory:"), None, lambda: 0)


@contextmanager
def sqlite() -> Iterator[Measured]:
    """One file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.sqlite"
        store = open_store(f"sqlite:{file}")
        yield Measured(store, None, lambda: sum(part.stat().st_size for part in Path(folder).iterdir()))
        store.close()


@contextmanager
def elastic() -> Iterator[Measured]:
    """A real server over TLS with the functions' key."""
    server, names = prepared(), Names(Elastic.place("bench"))
    store = server.store("bench")

    def held() -> int:
        total = 0
        for pattern in (names.alert_months, names.evidence):
            server.server.admin("POST", f"/{pattern}/_flush")
            server.server.admin("POST", f"/{pattern}/_forcemerge?max_num_segments=1")
            total += server.server.admin("GET", f"/{pattern}/_stats/store")["_all"]["total"]["store"]["size_in_bytes"]
        return total

    yield Measured(store, store.client, held)
    store.close()


STORES = {"memory": memory, "sqlite": sqlite, "elastic": elastic}


def records(count: int) -> list[RawRecord]:
    """Console logins, half of them without MFA."""
    chance = random.Random(0)
    found = []
    for number in range(count):
        busy = number % 10 == 0
        user = f"user-{chance.randrange(max(1, count // 100)) if busy else number}"
        at = (NOON + timedelta(seconds=chance.randrange(3_600))).strftime("%Y-%m-%dT%H:%M:%SZ")
        changes = {} if number % 2 else {"additionalEventData": {"MFAUsed": "Yes"}}
        found.append(RawRecord(data=envelope(user_record(user, eventTime=at, eventID=f"{number:08d}", **changes)), origin=str(number)))
    return found


def measure(name: str, events: list[RawRecord], chunk: int) -> str:
    """One row."""
    with STORES[name]() as measured:
        bundle = Ports(store=measured.store, clock=lambda: NOON + timedelta(hours=8))
        measured.store.pending(1)  # connected before the clock starts
        calls, sent = (measured.client.calls, measured.client.sent_bytes) if measured.client else (0, 0)
        began, worked = perf_counter(), process_time()
        for start in range(0, len(events), chunk):
            process(events[start : start + chunk], bundle)
        took, worked = perf_counter() - began, process_time() - worked
        alerts = len(measured.store.search(AlertQuery(limit=10_000)))
        figures = [f"{len(events):>8}", f"{alerts:>8}", f"{len(events) / took:>10.0f}", f"{alerts / took:>10.0f}", f"{worked / took:>8.0%}"]
        if measured.client:
            figures += [f"{(measured.client.calls - 1 - calls) / alerts:>12.3f}", f"{(measured.client.sent_bytes - sent) / alerts:>12.0f}"]
        else:
            figures += [f"{'-':>12}", f"{'-':>12}"]
        return f"{name:10}" + "".join(figures) + f"{measured.held() / alerts:>12.0f}"


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stores", nargs="*", default=list(STORES), metavar="STORE")
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--chunk", type=int, default=500)
    asked = parser.parse_args()
    events = records(asked.events)
    heads = ("events", "alerts", "events/s", "alerts/s", "own CPU", "calls/alert", "sent B/alert", "held B/alert")
    print(f"{'store':10}" + "".join(f"{head:>{width}}" for head, width in zip(heads, (8, 8, 10, 10, 8, 12, 12, 12), strict=True)))
    for name in asked.stores:
        print(measure(name, events, asked.chunk), flush=True)


if __name__ == "__main__":
    main()
