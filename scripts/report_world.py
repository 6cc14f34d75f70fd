"""A month of an organisation with planted attacks, lived hour by hour: what reports and their pictures are made from."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

import msgspec
from msgspec import structs

from gatewatch.alerts.responses import make_response
from gatewatch.flow.pipeline import process
from gatewatch.flow.responses import apply_to
from gatewatch.model import Alert, GroupKey, RawRecord, ResponseKind, ResponseVerdict
from gatewatch.ports import AlertQuery, AlertWrite, Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from scripts.prove.noise import campaign
from scripts.prove.noise.organisation import BEGIN

END = BEGIN + timedelta(days=campaign.LEARNING + campaign.COUNTED + 1)
ANSWERS = (ResponseVerdict.EXPECTED, ResponseVerdict.MALICIOUS, ResponseVerdict.MISTAKEN, ResponseVerdict.MALICIOUS, ResponseVerdict.TEST)


class Accepting:
    """A channel that accepts everything."""

    name = "teams"

    def send(self, _notice: object) -> None:
        """Accept."""


class Clock:
    """The time of the records that are read."""

    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> datetime:
        """The present time."""
        return self.at


SURNAMES = (
    "reyes", "okafor", "lindqvist", "moreau", "tanaka", "haddad", "novak", "silva", "brandt", "kowalski", "osei", "ferrari",
    "dubois", "yilmaz", "santos", "bakker", "horvat", "nilsen", "costa", "weber", "abara", "petrov", "rossi", "larsen", "ito",
    "mensah", "garcia", "jensen", "popescu", "ahmed", "keller", "romano", "varga", "duarte", "holm", "sato", "eriksen", "lopez",
    "amari", "fischer", "dias", "kaya", "bauer", "mori", "nagy", "soto", "falk",
)  # fmt: skip


def named(text: str) -> str:
    """Text of the campaign with people instead of numbers; the same number is the same person everywhere."""
    text = re.sub(r"simulated(\d+)\.(\w+)@simulated\1\.example", lambda found: f"{found[2]}.{_surname(found[1])}@example.com", text)
    text = re.sub(r"simulated(\d+)example", r"example\1", text)
    text = re.sub(r"simulated(\d+)", lambda found: _surname(found[1]), text)
    return re.sub(r"SIMULATED(\d+)", r"DC\1", text)


def _surname(number: str) -> str:
    return SURNAMES[int(number) % len(SURNAMES)]


def lived(people: int = 12) -> tuple[Ports, list[campaign.Plant]]:
    """The store after the month, and what was planted. Records are read in the hour in which they can be seen."""
    found, planted = campaign.month(people, 1.0)
    records = [structs.replace(record, data=json.loads(named(json.dumps(record.data)))) for record in found]
    clock, channel = Clock(), Accepting()
    ports = Ports(
        store=MemoryStore(),
        clock=clock,
        tuning=msgspec.json.decode(named(msgspec.json.encode(campaign.policy(planted)).decode()), type=Tuning),
        channels=(channel.name,),
        notifiers={channel.name: channel},
    )
    for hour, some in groupby(records, key=_hour):
        clock.at = hour + timedelta(minutes=7)
        process(list(some), ports)
    clock.at = END
    answered(ports)
    return ports, planted


def _hour(record: RawRecord) -> datetime:
    seen = record.fetched or BEGIN
    return seen.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def answered(ports: Ports) -> None:
    """People acknowledge what is high or critical, and close most of it."""
    found = sorted(ports.store.search(AlertQuery(limit=10_000, severities=("high", "critical"))), key=lambda alert: alert.id)
    for number, alert in enumerate(found):
        ports.store.append_responses(list(_answers(alert, number)))
    apply_to({alert.key for alert in found}, ports)


def _answers(alert: Alert, number: int) -> Iterator[object]:
    taken = alert.created + timedelta(minutes=4 + number * 7 % 50)
    yield make_response(alert, ResponseKind.ACKNOWLEDGE, at=taken, claimed_by="noor")
    if number % 3:
        verdict = ANSWERS[number % len(ANSWERS)]
        closed = taken + timedelta(minutes=30 + number * 23 % 400)
        yield make_response(alert, ResponseKind.CLOSE, at=closed, claimed_by="sam", verdict=verdict, reason="asked them on another channel")


def multiplied(ports: Ports, wanted: int) -> Ports:
    """A store with this many alerts, made from those of another one: each for somebody else, on another day. They share their evidence."""
    store = MemoryStore()
    alerts = ports.store.search(AlertQuery(limit=10_000))
    for first in range(0, wanted, 5_000):
        made = (_other(alerts[number % len(alerts)], number) for number in range(first, min(wanted, first + 5_000)))
        store.write_alerts([AlertWrite(alert, None) for alert in made])
    for day in ports.store.days():
        for page in ports.store.evidence_on(day):
            store.append(page)
    return Ports(store=store, clock=ports.clock, tuning=ports.tuning)


def _other(alert: Alert, number: int) -> Alert:
    moved = timedelta(days=number % 365, hours=number * 7 % 24)
    snapshot = alert.snapshot
    key = GroupKey(snapshot.key.family, snapshot.key.account, f"{snapshot.key.principal}-{number}", (BEGIN - moved).date().isoformat())
    lead = structs.replace(snapshot.lead, time=snapshot.lead.time - moved)
    seen = {"first_seen": snapshot.first_seen - moved, "last_seen": snapshot.last_seen - moved}
    person = f"{snapshot.person or 'program'}-{number % 4_000}"
    addresses = tuple(f"{address}" if number % 5 else f"10.{number % 200}.{number % 250}.7" for address in snapshot.addresses)
    found = structs.replace(snapshot, key=key, lead=lead, person=person, addresses=addresses, **seen)
    return structs.replace(alert, id=f"{number:064x}"[::-1], snapshot=found, created=alert.created - moved, responses=())
