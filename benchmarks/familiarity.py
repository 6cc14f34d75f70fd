"""What familiarity costs: a store that knows many people, and a page of sign-ins that is learnt and read back.

``python benchmarks/familiarity.py [--people 100000] [--page 1000] [memory] [sqlite] [elastic]``. The store is filled with what a month
teaches (four networks, two countries, three clients a person). Printed: filling, and for a page in which nobody, every tenth and every
person does something new the seconds, the calls of the store and the bytes of the documents.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from time import perf_counter

import msgspec

from benchmarks.store import Measured, elastic, memory, sqlite
from gatewatch.familiarity import lessons
from gatewatch.flow.familiarity import familiar_in, state_keys, teach, write
from gatewatch.model import Event
from gatewatch.model.familiarity import Familiarity, Run, Start
from gatewatch.ports import State, Store
from tests.builders.common import at
from tests.builders.entra import sign_in

KINDS = {"memory": memory, "sqlite": sqlite, "elastic": elastic}
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FILL = 2_000


def usual(person: int) -> Familiarity:
    """What a month taught about one person."""
    start = Start(NOW - timedelta(days=40), f"entra|first-{person}")
    run = (Run(start, (NOW - timedelta(days=1)).date().isoformat()),)
    values = {
        "country": ("DE", "FR"),
        "network": tuple(f"AS{64_500 + (person + n) % 400}" for n in range(4)),
        "client": ("edge/windows", "safari/ios", "azure-cli"),
        "application": ("office", "teams", "portal", "sharepoint"),
    }
    return Familiarity(runs={feature: dict.fromkeys(names, run) for feature, names in values.items()}, beginning=start)


def person_of(number: int) -> Event:
    """A sign-in of one person from a usual place."""
    return sign_in(
        f"R-{number}",
        user=f"U-{number}",
        at=NOW,
        correlation=None,
        level_during="none",
        app_id="office",
        place=at("198.51.100.7", country="DE", asn=64_500 + number % 400),
        client="edge/windows",
    )


def page(people: int, size: int, every: int, shift: int) -> list[Event]:
    """A page of sign-ins of as many people; each ``every``-th from a country that is new (0: none of them)."""
    found = [person_of((shift + n * max(1, people // size)) % people) for n in range(size)]
    abroad = at("203.0.113.9", country=f"X{shift % 9}", asn=65_000 + shift)
    return [msgspec.structs.replace(event, place=abroad) if every and n % every == 0 else event for n, event in enumerate(found)]


def fill(store: Store, people: int) -> float:
    """Write the documents of everybody; the seconds it took."""
    started = perf_counter()
    for some in batched(range(people), FILL):
        write({next(iter(lessons([person_of(number)]))): usual(number) for number in some}, State({}, {}), store)
    return perf_counter() - started


def measure(place: Measured, people: int, size: int) -> Iterator[str]:
    """The lines of one store."""
    store = place.store
    yield f"  filled with {people:,} people in {fill(store, people):.1f} s"
    for shift, (name, every) in enumerate(
        (("usual, last day moves", 0), ("usual again, nothing moves", 0), ("every tenth new", 10), ("all new", 1))
    ):
        events = page(people, size, every, 0 if every == 0 else shift)
        calls = place.client.calls if place.client is not None else 0
        started = perf_counter()
        lesson = lessons(events)
        state = store.read_state((), state_keys(sorted(lesson)))
        read = perf_counter()
        learnt = teach(lesson, state, store, NOW)
        done = perf_counter()
        counted = f", {place.client.calls - calls} requests" if place.client is not None else ""
        bytes_each = sum(len(msgspec.json.encode(known)) for known in learnt.values()) // max(1, len(learnt))
        known = familiar_in(store.read_state((), state_keys(sorted(lesson))), sorted(lesson))
        yield f"  {name}: read {read - started:.3f} s, learnt {done - read:.3f} s{counted}, {len(known)} documents of {bytes_each:,} bytes"


def main() -> None:
    """Measure the stores that were named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--page", type=int, default=1_000)
    parser.add_argument("stores", nargs="*", choices=[*KINDS, []], default=["memory", "sqlite"])
    options = parser.parse_args()
    for name in options.stores:
        print(name)
        opened = KINDS[name]()
        with opened as place:
            for line in measure(place, options.people, options.page):
                print(line, flush=True)


if __name__ == "__main__":
    main()
