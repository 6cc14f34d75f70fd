"""Laws 1, 2 and 5 at length: urgent findings through each fault of the store, the channels and the process, on both hosts."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from gatewatch.ports import AlertQuery, Store
from gatewatch.stores import open_store
from tests.laws.polled import Run, Tenant, stories
from tests.laws.urgent import CHANNELS, TIMEOUT, Turn, World
from tests.support.azure_stage import RISKS, SIGN_INS

RECEIVES = 4
"""How often the queue goes through the fault before all is well."""

RUNS = 6
RUN_SECONDS = 240

AWS_FAULTS: dict[str, Callable[[random.Random], Turn]] = {
    "index away": lambda chance: Turn(store="away", cold=chance.random() < 0.5),
    "index leaves after some calls": lambda chance: Turn(store="away", calls=chance.randrange(16), cold=chance.random() < 0.5),
    "index refuses evidence": lambda chance: Turn(store="refuses_evidence", cold=chance.random() < 0.5),
    "index refuses alerts": lambda chance: Turn(store="refuses_alerts", cold=chance.random() < 0.5),
    "a bug": lambda chance: Turn(store="breaks", cold=chance.random() < 0.5),
    "SNS silent, index away": lambda chance: Turn(store="away", sns=chance.choice(["hangs", "up"])),
    "both channels silent": lambda chance: Turn(sns="hangs", teams="hangs", store=chance.choice(["up", "away"])),
    "SNS refuses, Teams away": lambda chance: Turn(sns="refuses", teams="away", store=chance.choice(["up", "away"])),
    "everything at random": lambda chance: Turn(
        size=chance.randrange(1, 11),
        store=chance.choice(["up", "away", "refuses_evidence", "refuses_alerts"]),
        calls=chance.randrange(16),
        sns=chance.choice(["up", "away", "hangs", "breaks"]),
        teams=chance.choice(["up", "away", "hangs"]),
        cold=chance.random() < 0.3,
    ),
}
AZURE_FAULTS: dict[str, Callable[[random.Random], Run]] = {
    "index away": lambda chance: Run(chance.choice([SIGN_INS, RISKS]), "away"),
    "index leaves after some calls": lambda chance: Run(chance.choice([SIGN_INS, RISKS]), "away", calls=chance.randrange(30)),
    "one call fails": lambda chance: Run(chance.choice([SIGN_INS, RISKS, None]), "away", calls=chance.randrange(30), gone=1),
    "index refuses alerts": lambda chance: Run(chance.choice([SIGN_INS, RISKS]), "refuses_alerts"),
    "Teams silent, index away": lambda chance: Run(SIGN_INS, "away", channel=chance.choice(["hangs", "up"])),
}


@dataclass(frozen=True)
class Row:
    """One row of the table. ``sent`` counts notifications; ``longest`` is the longest run in seconds."""

    host: str
    fault: str
    findings: int
    sent: int
    missing: int
    twice: int
    false: int
    longest: float
    limit: float

    @property
    def right(self) -> bool:
        """Nothing missing, nothing twice, nothing false, no run beyond its time."""
        return not (self.missing or self.twice or self.false) and self.longest <= self.limit


def rows(findings: int, kind: str = "memory:") -> Iterator[Row]:
    """Every fault of both hosts."""
    for fault, turn in AWS_FAULTS.items():
        with _store(kind) as store:
            yield aws(store, fault, turn, findings)
    for fault, run in AZURE_FAULTS.items():
        with _store(kind) as store:
            yield azure(store, fault, run, findings)


@contextmanager
def _store(kind: str) -> Iterator[Store]:
    with TemporaryDirectory(prefix="urgent-") as folder:
        store = open_store(kind if kind == "memory:" else f"sqlite:{Path(folder) / 'store.sqlite'}")
        try:
            yield store
        finally:
            store.close()


def aws(store: Store, fault: str, turn: Callable[[random.Random], Turn], findings: int) -> Row:
    """All findings in batches of ten through the fault, some receives long; then recovery."""
    world, chance = World(store), random.Random(fault)
    world.arrive(["urgent"] * findings)
    for _ in range(RECEIVES * findings // 10):
        world.deliver(turn(chance))
    world.recover()
    heard = Counter((one.channel, one.account) for one in world.heard)
    wanted = {(channel, f"{number:012d}") for channel in CHANNELS for number in range(findings)}
    false = sum(one.not_stored and one.stored for one in world.heard)
    missing, twice = len(wanted - heard.keys()), sum(number - 1 for number in heard.values())
    return Row("AWS", fault, findings, len(world.heard), missing, twice, false, world.longest, TIMEOUT)


def azure(store: Store, fault: str, run: Callable[[random.Random], Run], findings: int) -> Row:
    """All findings in polls that meet the fault; then recovery, sweeps included."""
    tenant, chance = Tenant(stories(["urgent"] * findings), store), random.Random(fault)
    tenant.graph.size = 500
    for _ in range(RUNS):
        tenant.polls(run(chance))
    for stream in (SIGN_INS, RISKS, SIGN_INS, None, None):
        tenant.polls(Run(stream))
    for _ in range(findings // 100):
        tenant.polls(Run(None))
    heard = Counter((one.alert, one.severity, one.event_ids) for one in tenant.heard)
    stored = {alert.id for alert in tenant.real.search(AlertQuery(limit=findings * 2))}
    missing = findings - len(stored) + len(stored - {alert for alert, *_ in heard})
    false = sum(one.not_stored and one.stored for one in tenant.heard)
    twice = sum(number - 1 for number in heard.values())
    return Row("Azure", fault, findings, len(tenant.heard), missing, twice, false, tenant.longest / timedelta(seconds=1), RUN_SECONDS)
