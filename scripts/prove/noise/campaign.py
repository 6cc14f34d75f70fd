"""The campaign: the month with one planted attack of each behaviour, replayed once, counted by day and rule."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from gatewatch.cli.simulate.behaviour import Behaviour, behaviour, names, simulated
from gatewatch.cli.simulate.command import tuning_of
from gatewatch.cli.simulate.run import play
from gatewatch.flow import decoding
from gatewatch.model import Event, RawRecord
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning

from .. import table
from .organisation import BEGIN, Organisation
from .people import PEOPLE
from .rates import scaled
from .shapes import SAML_PROVIDER

NAME = "noise"
LEARNING, COUNTED = 10, 30  # days before anything can be first for somebody, and days that count
MOST_A_DAY = 3.0
MOST_ON_ONE_DAY = 3
SEEDS = (20261128, 1, 2, 3, 4, 5)  # one month each; the first also with every rate doubled
ORDINARY_DAYS = 14


class Plant(msgspec.Struct, frozen=True):
    """One planted attack: its records and the vendor ids by which it is found again."""

    name: str
    wanted: Behaviour
    records: tuple[RawRecord, ...]
    attack: frozenset[str]


def plants() -> list[Plant]:
    """One of each behaviour that must notify, on days of their own, by people and from addresses of their own."""
    loud = [name for name in names() if behaviour(name).expect == "notified"]
    return [_plant(name, number) for number, name in enumerate(loud)]


def _plant(name: str, number: int) -> Plant:
    start = BEGIN + timedelta(days=LEARNING + 5 + number % (COUNTED - 6), hours=10, minutes=number)
    found = simulated(name, start, ORDINARY_DAYS)
    first = len(found.records) - len(behaviour(name).records)
    records = tuple(msgspec.structs.replace(record, data=renamed(record.data, number)) for record in found.records)
    attack = {event.vendor_id for record in records[first:] for event in decoding.decode(record) if isinstance(event, Event)}
    return Plant(name, behaviour(name), records, frozenset(attack))


def renamed(record: Any, number: int) -> Any:
    """The record with people, accounts, keys and attackers' addresses of its own."""
    text = json.dumps(record)
    text = text.replace("51317a7e", f"5131{number:04x}").replace("111122223333", f"11112222{number:04d}")
    text = re.sub(r"(203\.0\.113|198\.51\.100)\.\d+", lambda found: f"{found[1]}.{number + 10}", text)
    return json.loads(re.sub(r"simulated", lambda found: f"{found[0]}{number}", text, flags=re.IGNORECASE))


def month(people: int, factor: float, seed: int) -> tuple[list[RawRecord], list[Plant]]:
    """Everything that happens, in order of time, and what was planted in it."""
    planted = plants()
    records = [*Organisation(people, scaled(factor), seed).records(LEARNING + COUNTED)]
    records += [record for one in planted for record in one.records]
    return sorted(records, key=lambda record: record.fetched or BEGIN), planted


def policy(planted: list[Plant]) -> Tuning:
    """What the organisation sets: its identity provider, and what the plants need."""
    merged: dict[str, Any] = {"entra_saml_providers": [SAML_PROVIDER]}
    for number, one in enumerate(planted):
        for part, values in json.loads(json.dumps(renamed(one.wanted.tuning, number))).items():
            merged[part] = [*merged.get(part, []), *values]
    return tuning_of(msgspec.structs.replace(planted[0].wanted, tuning=merged))


def run(people: int = PEOPLE, factor: float = 1.0, seed: int = SEEDS[0]) -> table.Row:
    """The figures of one month."""
    records, planted = month(people, factor, seed)
    now = BEGIN + timedelta(days=LEARNING + COUNTED + 1)
    played = play(records, MemoryStore(), policy(planted), now)
    attacks = frozenset(vendor_id for one in planted for vendor_id in one.attack)
    last = {notice.alert.id: notice.alert for notice in played.notices}
    again = Counter(notice.alert.id for notice in played.notices)
    counted = [
        alert
        for alert in last.values()
        if attacks.isdisjoint(alert.snapshot.event_ids) and (alert.snapshot.last_seen - BEGIN).days >= LEARNING
    ]
    days = Counter((alert.snapshot.last_seen - BEGIN).days for alert in counted)
    silent, repeated = [], []
    for one in planted:
        found = [alert for alert in last.values() if not one.attack.isdisjoint(alert.snapshot.event_ids)]
        silent += [] if found else [one.name]
        repeated += [one.name] if len({a.rule for a in found}) < len(found) or any(again[a.id] > 1 for a in found) else []
    return {
        "people": people,
        "seed": seed,
        "factor": factor,
        "records": len(records),
        "notified": len(counted),
        "a_day": round(len(counted) / COUNTED, 2),
        "worst_day": max(days.values(), default=0),
        "by_rule": dict(sorted(Counter(alert.rule for alert in counted).items())),
        "planted": len(planted),
        "not_notified": silent,
        "notified_twice": repeated,
    }


def differences(rows: Sequence[table.Row]) -> Iterator[str]:
    """Where the figures are not those of the committed table: the average, the worst day and the rules behind them."""
    figures = ("notified", "a_day", "worst_day", "by_rule", "planted")
    yield from table.differences(NAME, table.load(NAME), rows, ("people", "seed", "factor"), figures)


def problems(row: table.Row) -> Iterator[str]:
    """What is wrong with the figures."""
    label = f"{NAME}: {row['people']} people, seed {row['seed']}, rates times {row['factor']:g}"
    if row["factor"] == 1 and row["a_day"] > MOST_A_DAY:
        yield f"{label}: {row['a_day']} notified alerts a day, at most {MOST_A_DAY:g} are allowed: {row['by_rule']}"
    if row["factor"] == 1 and row["worst_day"] > MOST_ON_ONE_DAY:
        yield f"{label}: {row['worst_day']} notified alerts on the worst day, at most {MOST_ON_ONE_DAY} are allowed: {row['by_rule']}"
    yield from (f"{label}: the planted {name} was not notified" for name in row["not_notified"])
    yield from (f"{label}: the planted {name} was notified more than once" for name in row["notified_twice"])
