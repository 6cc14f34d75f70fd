"""What a large policy costs: a batch of ten logins through the whole pipeline, on a memory store.

``python benchmarks/policy.py [--rounds 60] [--check]``, or ``make bench-policy``. Every row is timed in turn, round after round, and
compared with its base by the medians, so that a busy machine slows both alike. ``--check`` exits 1 when a ratio passes its limit.
The first batch compiles the policy; its figure stands in the last column and has no limit.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from statistics import median
from time import process_time
from typing import NamedTuple

from msgspec import structs

from gatewatch.alerts import evaluate
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.ports import Ports
from gatewatch.providers.aws.detail import AwsSignIn
from gatewatch.providers.catalogue import RULES
from gatewatch.providers.rule import Rule, Trigger
from gatewatch.providers.rule_index import RuleIndex
from gatewatch.stores import open_store
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning
from tests.builders.aws import envelope, user_record

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LOGINS = 10
POLICY_LIMIT, RULES_LIMIT = 1.3, 1.2


class Row(NamedTuple):
    """One measured set-up: its tuning, its rules, and the ratio to the base it may have."""

    name: str
    tuning: Tuning
    rules: RuleIndex
    limit: float | None = None


def batch() -> list[RawRecord]:
    """Ten people sign in without MFA: each makes an alert."""
    at = NOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    return [RawRecord(data=envelope(user_record(f"user-{n}", eventTime=at, eventID=f"{n:08d}")), origin=str(n)) for n in range(LOGINS)]


def more_rules(count: int) -> tuple[Rule, ...]:
    """The catalogue, and copies of its rules that listen to other events until there are ``count``."""
    copies = (
        structs.replace(
            RULES[n % len(RULES)],
            metadata=structs.replace(RULES[n % len(RULES)].metadata, id=f"copy_{n}"),
            on=(Trigger(AwsSignIn, frozenset({f"Event{n}"})),),
        )
        for n in range(count - len(RULES))
    )
    return (*RULES, *copies)


def entries(count: int) -> tuple[AllowlistEntry, ...]:
    """Entries of every sort that match none of the ten."""
    sorts = (
        lambda n: AllowlistMatch(principal=f"svc-{n}"),
        lambda n: AllowlistMatch(cidr=f"10.{n // 256}.{n % 256}.0/24"),
        lambda n: AllowlistMatch(account=f"{n:012d}", user_agent="terraform"),
        lambda n: AllowlistMatch(app_id=f"app-{n}"),
    )
    return tuple(
        AllowlistEntry(id=f"al-{n}", match=sorts[n % len(sorts)](n), rules=("*",), expires=NOON + timedelta(days=9), reason="x", owner="x")
        for n in range(count)
    )


def rows() -> list[Row]:
    """The base first, then what is compared with it."""
    catalogue = RuleIndex(RULES)
    listed = tuple(f"arn:aws:iam::111122223333:role/Admin-{n}" for n in range(2_000))
    networks = tuple(f"10.{n // 256}.{n % 256}.0/24" for n in range(2_000))
    aliases = {f"user-{n}": f"person-{n}@example.com" for n in range(1_000)}
    return [
        Row("no policy, 18 rules", Tuning(), catalogue),
        Row("1,000 aliases", Tuning(aliases=aliases), catalogue, POLICY_LIMIT),
        Row("2,000 known networks", Tuning(known_networks=networks), catalogue, POLICY_LIMIT),
        Row("2,000 listed principals", Tuning(privileged_principals=listed, break_glass=listed), catalogue, POLICY_LIMIT),
        Row("2,000 allowlist entries", Tuning(allowlist=entries(2_000)), catalogue, POLICY_LIMIT),
        Row("200 rules", Tuning(), RuleIndex(more_rules(200)), RULES_LIMIT),
    ]


@contextmanager
def using(rules: RuleIndex) -> Iterator[None]:
    """The pipeline with these rules instead of the catalogue; nothing but a benchmark wants that."""
    before, evaluate.ALL_RULES = evaluate.ALL_RULES, rules
    try:
        yield
    finally:
        evaluate.ALL_RULES = before


def seconds(row: Row, records: Sequence[RawRecord]) -> float:
    """The processor time of one batch on an empty store.

    Raises:
        RuntimeError: the batch did not make its alerts, so the figure would mean nothing.
    """
    bundle = Ports(store=open_store("memory:"), clock=lambda: NOON + timedelta(hours=8), tuning=row.tuning)
    with using(row.rules):
        began = process_time()
        done = process(records, bundle)
        took = process_time() - began
    if len(done.alerts) != LOGINS:
        raise RuntimeError(f"{row.name}: {len(done.alerts)} alerts of {LOGINS} logins")
    return took


def main() -> int:
    """The table; 1 when a limit is passed and ``--check`` is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--check", action="store_true", help="exit 1 when a ratio passes its limit")
    asked = parser.parse_args()
    records, table = batch(), rows()
    seconds(table[0], records)  # imports and caches, before anything is timed
    first = [seconds(row, records) for row in table]
    taken = [[seconds(row, records) for row in table] for _ in range(asked.rounds)]
    medians = [median(column) for column in zip(*taken, strict=True)]
    print(f"{'':26}{'ms/batch':>10}{'ratio':>8}{'limit':>8}{'first ms':>10}")
    passed = False
    for row, took, once in zip(table, medians, first, strict=True):
        ratio = took / medians[0]
        passed = passed or (row.limit is not None and ratio > row.limit)
        print(f"{row.name:26}{took * 1_000:>10.2f}{ratio:>8.2f}{row.limit or '-':>8}{once * 1_000:>10.2f}")
    return int(asked.check and passed)


if __name__ == "__main__":
    sys.exit(main())
