"""`make stress`: what a front must survive at its real size, each read in a process of its own whose peak memory is measured.

python -m tests.stress.reading [--only NAME]
"""

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PEAK_MIB = 250
SECONDS = 900
RECORD = {"eventVersion": "1.11", "eventName": "DescribeInstances", "eventSource": "ec2.amazonaws.com", "text": "},{" * 200}


class Scenario(NamedTuple):
    """What is written into a folder, and what the reading of it must say: how many records, and reasons of refusals."""

    write: Callable[[Path], None]
    records: int
    refused: tuple[str, ...] = ()


def one_line(folder: Path) -> None:
    """200 MB and 240,000 records on one line."""
    with (folder / "line.json").open("wb") as file:
        file.write(b'{"Records":[')
        file.writelines((b"," if n else b"") + json.dumps(RECORD | {"eventID": str(n)}).encode() for n in range(240_000))
        file.write(b"]}")


def bomb(folder: Path) -> None:
    """2 GB of one blank behind each other, and a record, in a zip of 2 MB."""
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.json", "w", force_zip64=True) as file:
        for _ in range(2_000):
            file.write(b" " * 2**20)
        file.write(b'{"a":1}')


def many_files(folder: Path) -> None:
    """20,000 small files, of which every tenth has no record."""
    for n in range(20_000):
        where = folder / f"{n // 1_000:02}"
        where.mkdir(exist_ok=True)
        (where / f"{n:05}.json").write_text(json.dumps({"Records": [RECORD]}) if n % 10 else "no log")


def broken_lines(folder: Path) -> None:
    """100 MB of lines that open brackets and close none: each may be the beginning of a document."""
    with (folder / "open.json").open("wb") as file:
        for n in range(100_000):
            file.write(b'{"a":[1,\n' if n % 50 == 0 else b'{"b":"' + b"x" * 980 + b'"},\n')


SCENARIOS = {
    "one_line": Scenario(one_line, 240_000),
    "bomb": Scenario(bomb, 0, ("file_too_large",)),
    "many_files": Scenario(many_files, 18_000),
    "broken_lines": Scenario(broken_lines, 98_000, ("invalid_json", "record_too_large")),
}


def read_all(folder: str) -> dict[str, object]:
    """What reading a folder says, and the peak memory of this process in MiB."""
    from gatewatch.model import RawRecord  # noqa: PLC0415 - the child loads it, and its memory counts
    from gatewatch.reading.files import Journal, read  # noqa: PLC0415 - same

    journal, records, reasons = Journal(), 0, set()
    for item in read([folder], journal=journal):
        if isinstance(item, RawRecord):
            records += 1
        else:
            reasons.add(item.reason)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"records": records, "refused": sorted(reasons), "files": len(journal.files), "peak": peak}


def problems(name: str, folder: Path) -> Iterator[str]:
    """What is wrong with a scenario; nothing when all is right."""
    scenario = SCENARIOS[name]
    scenario.write(folder)
    started = time.monotonic()
    argv = [sys.executable, "-m", __spec__.name if __spec__ else "tests.stress.reading", "--read", str(folder)]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, check=False)
    if ran.returncode:
        yield ran.stderr[-500:]
        return
    said = json.loads(ran.stdout)
    print(f"{name}: {said} in {time.monotonic() - started:.1f} s")
    if (said["records"], tuple(said["refused"])) != (scenario.records, scenario.refused):
        yield f"{name}: expected {scenario.records} records and {scenario.refused}"
    if said["peak"] > PEAK_MIB:
        yield f"{name}: peak memory {said['peak']} MiB, at most {PEAK_MIB}"


def run() -> int:
    """0 when every scenario is right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=SCENARIOS)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        io.TextIOWrapper(sys.stdout.buffer, write_through=True).write(json.dumps(read_all(options.read)))
        return 0
    found = []
    for name in [options.only] if options.only else SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            found += problems(name, Path(folder))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(run())
