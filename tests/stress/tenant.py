"""``make stress`` for the poller of Azure: a simulated tenant through everything that can go wrong, many times over.

python -m tests.stress.tenant [--seeds 50] [--first 1] [--minutes 30] [--write]

``--write`` puts each seed into the table of docs/azure.md.
"""

import argparse
import logging
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from time import process_time

from tests.simulation.graph import PATHS
from tests.simulation.judge import Verdict
from tests.simulation.sabotage import GUARDS, is_seen, with_guard, without_guard
from tests.simulation.scenarios import outcome, outcome_with_audits, short
from tests.simulation.tenant import Tenant

COLUMNS = (
    "records",
    "messages",
    "lost",
    "stale",
    "unheard",
    "twice",
    "doubted",
    "raced",
    "strayed",
    "runs",
    "failed",
    "died",
    "requests",
    "CPU s",
)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "azure.md"
WRITTEN = COLUMNS[:-1]
_TABLE = re.compile(r"(?<=<!-- tenant -->\n).*?(?=<!-- /tenant -->)", re.DOTALL)
_HEAD = f"| seed | {' | '.join(WRITTEN)} |\n|{' --- |' * (len(WRITTEN) + 1)}\n"


def main() -> int:
    """Run all seeds and print a table; 0 when every row is right."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress.tenant", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--minutes", type=int, default=30, help="how often the timers fire")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/azure.md")
    parser.add_argument("--audits", action="store_true", help="poll directory audits as well; the table of docs/azure.md is without them")
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)  # every fault is logged, thousands of times
    _say(f"{'seed':6}" + "".join(f"{name:>10}" for name in COLUMNS))
    total: Counter[str] = Counter()
    for seed in range(asked.first, asked.first + asked.seeds):
        found = _row(seed, timedelta(minutes=asked.minutes), outcome_with_audits if asked.audits else outcome)
        total.update(found)
        if asked.write:
            write(seed, found)
    _say(f"{'all':6}" + "".join(f"{round(total[name]):>10}" for name in COLUMNS))
    wrong = total["wrong"] + _deaths() + sum(_blind(guard, asked.first, max(asked.seeds // 5, 1)) for guard in GUARDS)
    return 1 if wrong else 0


def _deaths() -> int:
    """The worker dies at each call of a short life, before and after its effect; how many of these lives are wrong."""
    calls = short()[0].trouble.calls
    wrong = sum(not short(call, after=after)[1].right for call in range(1, calls) for after in (False, True))
    _say(f"a worker that dies at each of {calls} calls, before and after its effect: {wrong} lives wrong")
    return wrong


def _blind(guard: str, first: int, seeds: int) -> int:
    """In how many lives that need a guard the simulation does not see that it is gone, or sees something wrong although it is there."""
    pairs = [(with_guard(guard, seed), without_guard(guard, seed)) for seed in range(first, first + seeds)]
    false, seen = sum(not usual.right for usual, _ in pairs), sum(is_seen(usual, without) for usual, without in pairs)
    _say(f"{seeds} lives that need {guard}: {false} wrong with it, {seen} seen without it")
    return false + (seen <= seeds // 2)


def _row(seed: int, every: timedelta, live: Callable[[int, timedelta], tuple[Tenant, Verdict]]) -> dict[str, float]:
    began = process_time()
    tenant, verdict = live(seed, every)
    found = {
        "records": verdict.records,
        "messages": verdict.messages,
        "lost": len(verdict.lost),
        "stale": len(verdict.stale),
        "unheard": len(verdict.unnotified),
        "twice": len(verdict.twice),
        "doubted": verdict.in_doubt,
        "raced": verdict.raced,
        "strayed": len(verdict.strayed),
        "runs": tenant.ends.total(),
        "failed": tenant.ends.total() - tenant.ends["done"] - tenant.ends["crash"],
        "died": tenant.ends["crash"],
        "requests": sum(tenant.graph.asked[resource] for resource in PATHS.values()),
        "CPU s": process_time() - began,
    }
    _say(f"{seed:<6}" + "".join(f"{round(found[name]):>10}" for name in COLUMNS) + ("" if verdict.right else "  WRONG"))
    for what in ("lost", "stale", "unnotified", "twice", "strayed"):
        for line in getattr(verdict, what)[:20]:
            _say(f"       {what}: {line}")
    return found | {"wrong": not verdict.right}


def write(seed: int, found: Mapping[str, float]) -> None:
    """Put the figures of a seed into its row of the table."""
    page = PAGE.read_text("utf-8")
    table = _TABLE.search(page)
    rows = {int(line.split("|")[1]): line for line in (table[0] if table else "").splitlines()[2:]}
    rows[seed] = f"| {' | '.join([str(seed), *(f'{round(found[name]):,}' for name in WRITTEN)])} |"
    PAGE.write_text(_TABLE.sub(_HEAD + "".join(f"{rows[number]}\n" for number in sorted(rows)), page), "utf-8")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
