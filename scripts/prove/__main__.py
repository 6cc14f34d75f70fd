"""`make prove`: every campaign against its committed table; `make prove-table` renews the tables.

python -m scripts.prove [--write] [--only NAME]
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from gatewatch.providers.catalogue import BY_ID

from . import attacks, stories, table, variants
from .noise import campaign as noise

CAMPAIGNS = ("attacks", "stories", "variants", "noise", "matrix")


def main() -> int:
    """0 when everything is as the tables say."""
    options = _options()
    data = _data()
    found: list[str] = []
    for name in CAMPAIGNS:
        if options.only not in {name, None}:
            continue
        started = time.monotonic()
        problems = list(_campaign(name, data, write=options.write))
        print(f"prove: {name}: {len(problems) or 'no'} differences ({time.monotonic() - started:.1f} s)")
        found += problems
    for problem in found:
        print(f"  {problem}")
    if found:
        print(f"prove: {table.RENEW}")
    return 1 if found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="prove", description=__doc__)
    parser.add_argument("--write", action="store_true", help="renew the tables")
    parser.add_argument("--only", choices=CAMPAIGNS, help="one campaign")
    return parser.parse_args()


def _data() -> Path | None:
    where = os.environ.get("CONFORMANCE_DATA")
    if not where:
        print("prove: CONFORMANCE_DATA is not set: the published attacks and the given stories are SKIPPED")
        return None
    return Path(where)


def _campaign(name: str, data: Path | None, *, write: bool) -> Iterator[str]:
    if name in {"noise", "matrix"}:
        yield from _noise(write=write) if name == "noise" else _matrix(data, write=write)
        return
    if name == variants.NAME:
        if write:
            table.save(name, variants.run_all())
        yield from variants.check()
        return
    run: dict[str, Callable[[], list[table.Row]]] = {"stories": lambda: stories.run_all(data)}
    check: dict[str, Callable[[], Iterator[str]]] = {"stories": lambda: stories.check(data)}
    if data is not None:
        run["attacks"], check["attacks"] = lambda: attacks.run(data), lambda: attacks.check(data)
    if name not in run:
        return
    if write:
        if data is None:
            yield f"{name}: a table is renewed only with CONFORMANCE_DATA"
            return
        rows = run[name]()
        table.save(name, rows)
        yield from table.unexplained(name, rows)
    else:
        yield from check[name]()


def _matrix(data: Path | None, *, write: bool) -> Iterator[str]:
    from .matrix import campaign as matrix  # noqa: PLC0415 - the runtimes take seconds to import

    rows = matrix.run(data)
    yield from (f"matrix: no live input notifies of {rule}" for rule in matrix.not_live(rows, BY_ID))
    if write:
        table.save(matrix.NAME, rows)
        return
    committed = [row for row in table.load(matrix.NAME) if data is not None or row["what"] != "attack"]
    yield from matrix.check(committed, rows)


def _noise(*, write: bool) -> Iterator[str]:
    rows = []
    for seed, factor in [*((seed, 1.0) for seed in noise.SEEDS), (noise.SEEDS[0], 2.0)]:
        row = noise.run(factor=factor, seed=seed)
        rows.append(row)
        shown = f"{row['a_day']} notified alerts a day, {row['worst_day']} on the worst day, {row['records']} records"
        print(f"prove: noise, seed {seed}, rates times {factor:g}: {shown}; {row['by_rule']}")
        yield from noise.problems(row)
    if write:
        table.save(noise.NAME, rows)
    else:
        yield from noise.differences(rows)


if __name__ == "__main__":
    sys.exit(main())
