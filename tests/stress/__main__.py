"""The table of ``make stress``: each fault of the connection to the index, and what became of the events."""

import argparse
import logging
import sys
from time import monotonic

from tests.elastic_server.faults import Fault
from tests.elastic_server.fixtures import RUN, prepared
from tests.stress.outage import Down, Figures, outage
from tests.stress.race import Where, race, wrong
from tests.stress.urgent import rows

FAULTS = (
    Down.REFUSED,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.THROTTLED,
    Fault.THROTTLED_ITEMS,
    Fault.UNAVAILABLE,
    Fault.TOO_LARGE,
    Fault.TRUNCATED,
    Fault.WRONG_COUNT,
    Fault.STALL,
    Fault.STALL_AFTER,
    Fault.KEY_EXPIRED,
    Fault.FAILURE_STORE,
)
COLUMNS = (
    "events",
    "faults",
    "redelivered",
    "dead_letters",
    "alerts",
    "expected",
    "lost",
    "doubled",
    "wrong",
    "told",
    "untold",
    "told_twice",
)


def main() -> int:
    """Run all; 0 when every row is right."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--pairs", type=int, default=1_000)
    parser.add_argument("--findings", type=int, default=1_000, help="urgent findings through each fault of both hosts")
    parser.add_argument("--urgent", action="store_true", help="only these: they need no server")
    parser.add_argument("--only", nargs="*", default=(), metavar="WORD", help="faults whose name holds one of these words")
    asked = parser.parse_args()
    right = _urgent(asked.findings)
    if asked.urgent:
        return 0 if right else 1
    elastic = prepared()
    _say(
        f"{elastic.server.version}: {asked.events} events through each fault, which hits three requests in ten, and all in every third batch\n"
    )
    _say(f"{'fault':54}" + "".join(f"{name.replace('_', ' '):>12}" for name in COLUMNS))
    for fault in (fault for fault in FAULTS if not asked.only or any(word in fault.name.lower() for word in asked.only)):
        figures = outage(elastic, fault, asked.events, f"stress_{fault.name.lower()}_{RUN}")
        right &= figures.right
        _say(_row(figures))
    where, began = Where.of(elastic, f"pairs_{RUN}"), monotonic()
    race(where, asked.pairs)
    missed = [number for number, _, _ in wrong(where, asked.pairs)]
    _say(
        f"\n{asked.pairs} pairs raced by two processes in {monotonic() - began:.0f} s: {asked.pairs - len(missed)} right, {len(missed)} wrong"
    )
    return 0 if right and not missed else 1


def _urgent(findings: int) -> bool:
    """The table of laws 1, 2 and 5."""
    _say(f"{findings} urgent findings through each fault; a store in memory\n")
    _say(f"{'host':6}{'fault':36}" + "".join(f"{name:>12}" for name in ("findings", "sent", "missing", "twice", "false", "longest s")))
    logging.disable(logging.CRITICAL)  # every fault is logged, thousands of times
    right = True
    for row in rows(findings):
        figures = (row.findings, row.sent, row.missing, row.twice, row.false, round(row.longest))
        _say(f"{row.host:6}{row.fault:36}" + "".join(f"{figure:>12}" for figure in figures) + ("" if row.right else "  WRONG"))
        right &= row.right
    _say("")
    logging.disable(logging.NOTSET)
    return right


def _row(figures: Figures) -> str:
    mark = "" if figures.right else "  WRONG"
    return f"{figures.fault:54}" + "".join(f"{getattr(figures, name):>12}" for name in COLUMNS) + mark


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
