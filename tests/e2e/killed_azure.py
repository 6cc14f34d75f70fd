"""Function apps that are killed at random moments, each a process of its own on Microsoft's runtime: what is left of their work."""

import json
import random
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from azure.data.tables import TableServiceClient
from msgspec import structs

from gatewatch.ports import AlertWrite
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in
from scripts.local_cloud.fake_cloud.server import APP_SECRET, CLIENT_ID
from scripts.local_cloud.functions_runtime import start_child
from tests.e2e.azure_world import World, ago

TIMERS = ("poll_sign_ins", "poll_risk_detections", "sweep")
RECORDS = 6
"""New records before each run: half of them urgent, a third of them detections."""
MOST = 10_000
LOOK_SECONDS = 0.02


@dataclass
class Figures:
    """What a series of kills came to. ``twice`` counts messages that came again because the process that sent the first one was killed at work."""

    kills: int = 0
    in_work: int = 0  # kills that met a process before the end of its work
    records: int = 0
    lost: list[str] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)
    twice: int = 0
    doubled: list[str] = field(default_factory=list)  # notified again although the process that did it first was not killed
    pending: int = 0

    @property
    def right(self) -> bool:
        """Nothing lost, nobody unheard, nobody notified again without a kill, nothing left to send."""
        return not (self.lost or self.unheard or self.doubled or self.pending)


class Identified(World):
    """A world whose function app has no key: its identity's tokens for the state, an application's for Graph, both over TLS."""

    def settings(self) -> dict[str, str]:
        """The app settings of this world."""
        return {
            **super().settings(),
            "STATE_CONNECTION": "",
            "STATE_TABLE_ENDPOINT": self.storage.endpoint("Table"),
            "STATE_QUEUE_ENDPOINT": self.storage.endpoint("Queue"),
            "GRAPH_CLIENT_ID": CLIENT_ID,
            "GRAPH_CLIENT_SECRET": APP_SECRET,
            "GRAPH_AUTHORITY": self.cloud.secure_url,
        }

    def make_table(self) -> None:
        """What the template does: the identity may not."""
        with TableServiceClient.from_connection_string(self.storage.connection) as service:
            service.create_table(self.name).close()

    def time_passes(self) -> None:
        """As if the leases of the dead had run out: those of the streams, and those on alerts."""
        with self._table() as table:
            for row in table.query_entities("PartitionKey eq @tenant", parameters={"tenant": self.tenant}):
                if row.get("locked_until"):
                    table.update_entity({**row, "locked_until": ago(seconds=1).isoformat()})
        with closing(self.open()) as store:
            found = store.read_alerts(store.pending(MOST))
            writes = [AlertWrite(structs.replace(one.alert, leases=()), one.version) for one in found.values() if one.alert.leases]
            if writes:
                store.write_alerts(writes)


@contextmanager
def trusted(world: Identified) -> Iterator[Mapping[str, str]]:
    """The variables by which a process trusts this world's authorities."""
    with TemporaryDirectory(prefix="gatewatch-") as folder:
        bundle = Path(folder) / "authorities.pem"
        bundle.write_bytes(world.cloud.authority_file.read_bytes() + world.storage.authority_file.read_bytes())
        yield {"REQUESTS_CA_BUNDLE": str(bundle)}


def killed(world: Identified, kills: int, seed: int, checkout: Path, trust: Mapping[str, str]) -> Figures:
    """New records, a process, its death, and again; then all is well, and what there is must be all there is."""
    chance, figures = random.Random(seed), Figures()
    world.cloud.graph.largest_page = 4
    people = _arrive(world, 0)
    lasts = _dies(world, checkout, trust, None)
    at_work: list[tuple[int, bool]] = [(len(world.cloud.teams.cards), False)]  # cards after each process, and whether it was killed at work
    for number in range(1, kills + 1):
        people |= _arrive(world, number)
        killed_at_work = _dies(world, checkout, trust, chance.uniform(0, lasts)) < 0
        figures.in_work += killed_at_work
        figures.kills += 1
        at_work.append((len(world.cloud.teams.cards), killed_at_work))
        world.time_passes()
    for _ in range(3):
        _dies(world, checkout, trust, None)
        with closing(world.open()) as store:
            if not store.pending(1):
                break
        world.time_passes()
    return _counted(world, people, figures, at_work)


def _arrive(world: Identified, number: int) -> dict[str, str]:
    """New records of new people; returns people by the ids of their records."""
    people: dict[str, str] = {}
    for place in range(RECORDS):
        person = f"k{number}x{place}@contoso.example"
        urgent = {"level": "high", "riskState": "confirmedCompromised"} if place % 2 else {}
        if place < 4:
            record: dict[str, Any] = risky_sign_in(ago(minutes=2 + place), upn=person, **urgent)
            world.cloud.graph.add_sign_ins(record)
        else:
            record = risk_detection(ago(minutes=20), person, detected=ago(minutes=2))
            world.cloud.graph.add_risk_detections(record)
        people[record["id"]] = person
    return people


def _dies(world: Identified, checkout: Path, trust: Mapping[str, str], after: float | None) -> float:
    """One process with all timers. Killed so many seconds after its first request (-1 when that met it), or how long its work took."""
    asked = len(world.cloud.graph.asked)
    child = start_child(checkout, {**world.settings(), **trust}, *TIMERS)
    while len(world.cloud.graph.asked) == asked and not _ended(child, LOOK_SECONDS):
        pass
    began = monotonic()
    if _ended(child, after):
        if child.stdout is not None:
            said = [json.loads(line) for line in child.stdout]
            child.stdout.close()
            assert after is not None or all(one["ok"] for one in said), said
        return monotonic() - began
    child.kill()
    child.wait()
    if child.stdout is not None:
        child.stdout.close()
    return -1


def _ended(child: subprocess.Popen[str], within: float | None) -> bool:
    try:
        child.wait(timeout=within)
    except subprocess.TimeoutExpired:
        return False
    return True


def _counted(world: Identified, people: Mapping[str, str], figures: Figures, at_work: list[tuple[int, bool]]) -> Figures:
    """What the index holds and what people got, against what Graph showed."""
    cards: dict[str, list[int]] = {person: [] for person in people.values()}
    for place, card in enumerate(world.cloud.teams.cards):
        for person in _named(json.dumps(card), people.values()):
            cards[person].append(place)
    with closing(world.open()) as store:
        kept = {one.event.vendor_id.rpartition("|")[2] for day in store.days() for page in store.evidence_on(day) for one in page}
        figures.pending = len(store.pending(MOST))
    figures.records = len(people)
    figures.lost = [person for identity, person in people.items() if identity not in kept]
    for person, places in cards.items():
        if not places:
            figures.unheard.append(person)
        for place in places[:-1]:
            if _killed_at_work(place, at_work):
                figures.twice += 1
            else:
                figures.doubled.append(person)
    return figures


def _killed_at_work(place: int, at_work: list[tuple[int, bool]]) -> bool:
    """Whether the process that sent the card of this place was killed at work."""
    return next((killed_at_work for sent, killed_at_work in at_work if sent > place), False)


def _named(text: str, people: Any) -> set[str]:
    return {person for person in people if person in text}
