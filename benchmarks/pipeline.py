"""What a chunk costs: CPU a record and calls of the store, through the whole pipeline on the memory store.

``python -m benchmarks.pipeline [--check] [--chunks 12] [--size 500] [--mix MIX ...]``. The mixes: ``even`` (console logins and sign-ins of 1,000 people, half of
them alerts), ``new`` (each record of its own person), ``usual`` (familiar sign-ins, three in a hundred at risk), ``dense`` (40 addresses fail as 1,000
people). Compare two states of the code by running each in processes of its own, in turn: the machine decides the absolute figures.
``--check`` fails beyond the limits, which are in units of ``json.loads`` of the same records in the same process.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import process_time

from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.ports import Ports
from gatewatch.stores.memory import MemoryStore
from tests.builders.aws import raw_login
from tests.builders.entra import raw_sign_in

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"  # the Azure portal, a control plane
PEOPLE = 1_000
PARSES = 5
LIMITS = {"even": 70.0, "new": 80.0, "usual": 26.0, "dense": 100.0}
"""Times ``json.loads`` of the same records, with room for a busy machine."""


class Counting:
    """A store that counts the calls of its methods."""

    def __init__(self) -> None:
        self._store = MemoryStore()
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Callable[..., object]:
        method: Callable[..., object] = getattr(self._store, name)

        def call(*args: object) -> object:
            self.calls[name] += 1
            return method(*args)

        return call


def address(person: int, of: int = 250) -> str:
    """The address of a person."""
    return f"203.0.{person // of % 250}.{person % of + 1}"


def records(mix: str, count: int, first: int, chance: random.Random) -> Iterator[RawRecord]:
    """One chunk, in the minute of its number: console logins and Entra sign-ins in turn."""
    for number in range(first, first + count):
        minute, person = number / count, number if mix == "new" else chance.randrange(PEOPLE)
        user, place = f"user{person}", address(person)
        risk = (
            "medium"
            if mix == "new" or (mix == "usual" and chance.random() < 0.03) or (mix in {"even", "dense"} and number % 4 == 1)
            else "none"
        )
        if mix == "dense":
            failed, place = chance.random() < 0.7, address(person % 40)
            status = {"errorCode": 50126 if failed else 0, "failureReason": "Other.", "additionalDetails": None}
            if number % 2:
                yield raw_sign_in(f"s-{number}", minute, risk, user, ipAddress=place, appId=PORTAL, status=status)
            else:
                yield raw_login(number, minute, user, success=not failed, sourceIPAddress=place)
        elif number % 2 or mix == "usual":
            yield raw_sign_in(f"s-{number}", minute, risk, user, ipAddress=place)
        else:
            yield raw_login(number, minute, user, mfa="No" if mix == "new" or number % 4 == 0 else "Yes", sourceIPAddress=place)


def measure(mix: str, chunks: int, size: int) -> tuple[str, float]:
    """One row, and the CPU in units of ``json.loads``.

    The row: microseconds a record in the first and the last quarter of the chunks and in all, those units, calls a chunk, alerts written.
    """
    chance, store = random.Random(0), Counting()
    bundle = Ports(store=store, clock=lambda: NOW)  # type: ignore[arg-type] # every method is there, by name
    batches = [list(records(mix, size, number * size, chance)) for number in range(chunks)]
    spent: list[float] = []
    alerts = 0
    for batch in batches:
        began = process_time()
        alerts += len(process(batch, bundle).alerts)
        spent.append(process_time() - began)
    texts = [json.dumps(record.data) for batch in batches for record in batch]
    began = process_time()
    for text in texts * PARSES:
        json.loads(text)
    units = sum(spent) / ((process_time() - began) / PARSES)
    quarter = max(1, chunks // 4)
    times = (sum(spent[:quarter]) / quarter, sum(spent[-quarter:]) / quarter, sum(spent) / chunks)
    return f"{mix:8}" + "".join(
        f"{took / size * 1e6:>10.0f}" for took in times
    ) + f"{units:>10.1f}{store.calls.total() / chunks:>8.1f}{alerts:>10}", units


def main() -> int:
    """The table; 1 if a limit does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail beyond the limits")
    parser.add_argument("--chunks", type=int, default=12)
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--mix", nargs="*", default=["even", "new", "usual", "dense"])
    options = parser.parse_args()
    print(f"{'mix':8}{'first us':>10}{'last us':>10}{'all us':>10}{'loads':>10}{'calls':>8}{'alerts':>10}")
    held = True
    for mix in options.mix:
        row, units = measure(mix, options.chunks, options.size)
        beyond = options.check and units > LIMITS[mix]
        print(row + (f"  beyond {LIMITS[mix]}" if beyond else ""), flush=True)
        held &= not beyond
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
