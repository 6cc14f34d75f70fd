"""Who is measured: how each is started, in which environment, and what may be said of it."""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from gatewatch.model import AlertStatus
from gatewatch.ports import AlertQuery
from gatewatch.stores import open_store

ROOT = Path(__file__).resolve().parents[2]
PEERS = Path(__file__).resolve().parent / "peers"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BASE = "json.loads"
GATEWATCH = "Gatewatch, one process"
ALL_CORES = "Gatewatch, all cores"
SPARK = "Gatewatch in Spark"


class Answer(NamedTuple):
    """What a contestant says after its run."""

    findings: frozenset[str] | None  # as ``corpus.planted`` writes them; None: it evaluates nothing
    version: str
    stored: str = ""  # a digest of all that was stored but for the clock; empty: it stores nothing


class Contestant(NamedTuple):
    """One row of the page. ``command`` takes the file with the records and an empty folder; ``answer`` takes its output and the folder."""

    name: str
    about: str
    command: Callable[[Path, Path], Sequence[str]]
    answer: Callable[[str, Path], Answer]
    missing: str = ""  # why it cannot be measured here
    rounds_at_most: int = 1_000


def contestants(peers: Path, workers: int) -> list[Contestant]:
    """Everybody, in the order of the page. ``peers`` is the Python of the environment that holds the other engines."""
    return [*ours(workers), *(_peer(peers, *row) for row in _PEERS), _jq()]


def ours(workers: int) -> list[Contestant]:
    """Gatewatch's own command line, familiarity and store included."""
    return [
        _gatewatch(GATEWATCH, "replay into SQLite: familiarity, windows, pairs, scores, alerts, evidence stored"),
        _gatewatch(ALL_CORES, f"the same with --workers {workers}", "--workers", str(workers)),
        _gatewatch(SPARK, "the same with --engine spark, local, on all cores", "--engine", "spark")._replace(rounds_at_most=1),
    ]


def _gatewatch(name: str, about: str, *options: str) -> Contestant:
    def command(records: Path, folder: Path) -> list[str]:
        return [sys.executable, "-m", "gatewatch", "replay", str(records), "--store", f"sqlite:{folder}/store", "--json", *options]

    def answer(_output: str, folder: Path) -> Answer:
        return stored_in(folder / "store")

    return Contestant(name, about, command, answer, "" if _knows(options) else f"this checkout has no {options[0]}")


def stored_in(file: Path) -> Answer:
    """The findings in a store (the groups of alerts that stand), and a digest of its evidence and alerts but for the clock of the run."""
    store = open_store(f"sqlite:{file}")
    try:
        alerts = sorted(store.search(AlertQuery(limit=10_000_000)), key=lambda alert: alert.id)
        digest = hashlib.sha256()
        for alert in alerts:
            digest.update(repr(structs.replace(alert, created=EPOCH, updated=EPOCH)).encode())
        evidence = {
            item.id: repr(structs.replace(item, ingested=EPOCH)) for day in store.days() for page in store.evidence_on(day) for item in page
        }
        for name in sorted(evidence):
            digest.update(evidence[name].encode())
    finally:
        store.close()
    standing = [alert.key for alert in alerts if alert.status in {AlertStatus.OPEN, AlertStatus.CLOSED}]
    return Answer(frozenset(f"{key.family}|{key.principal}|{key.day}" for key in standing), "this checkout", digest.hexdigest())


def _knows(options: Sequence[str]) -> bool:
    if not options:
        return True
    if "spark" in options and (importlib.util.find_spec("pyspark") is None or shutil.which("java") is None):
        return False
    return options[0] in (ROOT / "docs/cli.md").read_text("utf-8")


_PEERS = (
    (BASE, "parse only, nothing evaluated", "json_loads.py", ()),
    ("typed decode (limit)", "msgspec decodes only what three rules read; no state", "typed_decode.py", ("msgspec",)),
    ("pypanther", "three rules through its Rule.run, no state; fed by orjson", "panther.py", ("pypanther", "orjson")),
    ("python-eql", "three rules as one EQL query, no state; fed by orjson", "python_eql.py", ("eql", "orjson")),
    ("pySigma on SQLite", "three Sigma rules, only their fields inserted, no state; fed by orjson", "sigma_sqlite.py", ("sigma", "orjson")),
    ("DuckDB, one thread", "three rules as one query over its JSON reader, no state", "duck.py", ("duckdb",)),
)


def _peer(python: Path, name: str, about: str, script: str, modules: tuple[str, ...]) -> Contestant:
    def command(records: Path, _folder: Path) -> list[str]:
        return [str(python), str(PEERS / script), str(records)]

    def answer(output: str, _folder: Path) -> Answer:
        said = json.loads(output)
        return Answer(frozenset(said["findings"]) if "findings" in said else None, said["version"])

    return Contestant(name, about, command, answer, _missing(python, modules))


def _missing(python: Path, modules: Sequence[str]) -> str:
    if not python.exists():
        return "the environment .venv-bench is not there"
    packages = next(iter(python.parent.parent.glob("lib/python*/site-packages")), python.parent)
    return next((f"{module} is not installed" for module in modules if not (packages / module).is_dir()), "")


def _jq() -> Contestant:
    found = shutil.which("jq")

    def command(records: Path, _folder: Path) -> list[str]:
        return [found or "jq", "-r", "-f", str(PEERS / "rules.jq"), str(records)]

    def answer(output: str, _folder: Path) -> Answer:
        said = subprocess.run([found or "jq", "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - found above
        return Answer(frozenset(output.split()), said.stdout.strip())

    return Contestant("jq", "three rules as one filter, no state", command, answer, "" if found else "jq is not installed")
