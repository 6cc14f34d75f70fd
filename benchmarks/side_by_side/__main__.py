"""``python -m benchmarks.side_by_side``: measure everybody in one run and write docs/benchmarks.md with its chart.

``make bench`` runs it in full. ``--records 2000 --rounds 2 --stream`` (no numbers) is a short form of a minute. The page is written where
``--page`` says; its chart lies in the folder ``images`` beside it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.corpus import Kind, planted, write
from benchmarks.side_by_side import measure, page
from benchmarks.side_by_side.contestants import ALL_CORES, BASE, GATEWATCH, ROOT, Contestant, contestants

KINDS: tuple[Kind, ...] = ("realistic", "dense")


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--records", type=int, nargs="*", default=[20_000, 200_000], help="the sizes of the realistic corpora")
    made.add_argument("--dense", type=int, nargs="*", default=[20_000], help="the sizes of the dense corpora")
    made.add_argument(
        "--stream", type=int, nargs="*", default=[20_000, 1_000_000, 10_000_000], help="sizes for Gatewatch alone, through a pipe"
    )
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    made.add_argument("--peers", type=Path, default=ROOT / ".venv-bench/bin/python", help="the Python that has the other engines")
    made.add_argument("--only", default="", help="contestants whose names contain one of these texts, with commas")
    made.add_argument("--page", type=Path, default=ROOT / "docs/benchmarks.md")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when everybody who evaluates found exactly what was planted, 1 otherwise."""
    options = parser().parse_args(arguments)
    wanted = [text.strip().casefold() for text in options.only.split(",") if text.strip()]
    everybody = contestants(options.peers, options.workers)
    some = [one for one in everybody if not wanted or any(text in one.name.casefold() for text in wanted)]
    corpora = [_measured("realistic", size, some, options.rounds) for size in options.records]
    own = [one for one in some if one.name in {BASE, GATEWATCH, ALL_CORES}]
    corpora += [_measured("dense", size, own, options.rounds) for size in options.dense]
    found = page.Page(
        date=datetime.now(UTC).date().isoformat(),
        command="make bench"
        if not arguments and len(sys.argv) == 1
        else f"python -m benchmarks.side_by_side {' '.join(arguments or sys.argv[1:])}",
        corpora=corpora,
        missing=[one for one in some if one.missing],
        streamed=[_streamed("realistic", size) for size in options.stream],
        machine=page.machine(),
    )
    _write(found, options.page)
    return 1 if any(row.right is False for corpus in corpora for row in corpus.rows) else 0


def _measured(kind: Kind, size: int, some: Sequence[Contestant], rounds: int) -> page.Corpus:
    print(f"{kind}, {size:,} records", flush=True)
    with tempfile.TemporaryDirectory(prefix="gatewatch-bench-") as folder:
        records = Path(folder, "records.jsonl")
        with records.open("wb") as file:
            write(kind, size, file.write)
        truth = frozenset(planted(kind, size))
        rows = measure.rounds(some, records, truth, rounds, lambda line: print(line, flush=True))
        for row in rows:
            if row.right is False:
                print(f"  {row.contestant.name} is wrong: {_difference(row, truth)}")
        return page.Corpus(kind, size, records.stat().st_size, len(truth), rows)


def _difference(row: measure.Row, truth: frozenset[str]) -> str:
    found = row.runs[-1].answer.findings or frozenset()
    missed, more = sorted(truth - found), sorted(found - truth)
    return f"{len(missed)} missed {missed[:3]}, {len(more)} too many {more[:3]}"


def _streamed(kind: Kind, size: int) -> page.Streamed:
    with tempfile.TemporaryDirectory(prefix="gatewatch-bench-") as folder:
        command = [sys.executable, "-m", "benchmarks.side_by_side.stream", kind, str(size), folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)  # noqa: S603 - this repository's own module
    said = json.loads(done.stdout)
    print(f"{kind}, {size:,} through a pipe: {said['cpu'] / size * 1e6:.1f} us a record, {said['memory']:.0f} MB", flush=True)
    return page.Streamed(kind, size, said["cpu"], said["memory"], said["alerts"])


def _write(found: page.Page, where: Path) -> None:
    images = where.parent / "images"
    images.mkdir(parents=True, exist_ok=True)
    drawn = [corpus for corpus in found.corpora if corpus.rows]
    if drawn:
        largest = max(drawn, key=lambda corpus: (corpus.kind == "realistic", corpus.records))
        (images / "benchmarks.svg").write_text(page.chart(largest), "utf-8")
    where.write_text(page.written(found, "images/benchmarks.svg"), "utf-8")
    print(f"wrote {where.name}")


if __name__ == "__main__":
    raise SystemExit(main())
