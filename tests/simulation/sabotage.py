"""The poller with one guard taken out: the simulation must see what the guard is for. Our own modules are never patched.

A guard leaves through the poller's ports, or in a copy of the source with one line changed (``python -m tests.simulation.sabotage COPY``).
"""

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from os import environ, pathsep
from pathlib import Path
from typing import Any

from msgspec import structs

from gatewatch.polling.cursor import Cursor
from gatewatch.polling.streams import Stream
from tests.support.azure_memory import MemoryCheckpoint

from .judge import Verdict
from .scenarios import lived, short
from .stories import AT_RISK, COMPROMISED, START, Author, Story
from .tenant import Life
from .trouble import Outage

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("shared", "azure_function", "tests/simulation", "tests/support", "scripts/local_cloud")
DUPLICATES = ("shared/gatewatch/flow/pipeline.py", "if disposition is not Disposition.REFUSED:", "if disposition is Disposition.STORED:")
"""A record that the store has already no longer takes part in what follows."""
EVERY = timedelta(minutes=30)
SELDOM = timedelta(hours=4)


class WithoutSecondReading(MemoryCheckpoint):
    """A second reading is over as soon as it begins."""

    def save(self, cursor: Cursor) -> Cursor:
        """See ``Checkpoint``."""
        if cursor.rescan is not None:
            cursor = structs.replace(cursor, rescan=None, rescanned=cursor.rescan.until, settled=cursor.rescan.started)
        return super().save(cursor)


class WithoutLease(MemoryCheckpoint):
    """Everybody gets every stream, and whoever writes last is right."""

    def save(self, cursor: Cursor) -> Cursor:
        """See ``Checkpoint``."""
        stored = self.rows.get(cursor.stream)
        return super().save(structs.replace(cursor, locked_until=None, token=stored.token if stored else ""))


class WithoutMemory(MemoryCheckpoint):
    """What was announced is forgotten at once."""

    def remember(self, announcements: Any) -> None:
        """See ``AnnouncementStore``."""

    def add_marks(self, marks: Any) -> None:
        """See ``AnnouncementStore``."""


def _late(seed: int) -> tuple[list[Story], Life]:
    """Risky sign-ins and detections that are shown late."""
    author = Author(seed)
    for hours in (0, 1, 3, 12, 30, 47):
        author.sign_in("risky", timedelta(hours=hours), messages=1, **AT_RISK)
        author.detection("detection", timedelta(hours=hours), messages=1)
    return author.stories, Life(seed=seed, every=SELDOM, days=3.4)


def _very_late(seed: int) -> tuple[list[Story], Life]:
    """Sign-ins that no filter can ask for, shown hours after the overlap."""
    author = Author(seed)
    for hours in (3, 12, 30, 47):
        author.sign_in("device code", timedelta(hours=hours), authenticationProtocol="deviceCode")
    return author.stories, Life(seed=seed, every=SELDOM, days=3.4)


def _away(seed: int) -> tuple[list[Story], Life]:
    """Urgent sign-ins while the store is away for hours, and two workers at once."""
    author, away = Author(seed), Outage("store", START + timedelta(hours=1), START + timedelta(hours=5))
    for number in range(24):
        author.sign_in("compromised", timedelta(0), at=START + timedelta(minutes=50 + number * 9), messages=1, **COMPROMISED)
    return author.stories, Life(seed=seed, every=EVERY, days=0.4, outages=(away,), together=1)


def _without_overlap(found: dict[str, Stream]) -> dict[str, Stream]:
    """Streams that read nothing again, and none that comes later to read all."""
    return {name: structs.replace(one, overlap=timedelta(0)) for name, one in found.items() if not name.endswith("_last")}


def _only_first(found: dict[str, Stream]) -> dict[str, Stream]:
    return {name: one for name, one in found.items() if not name.endswith("_last")}


GUARDS: dict[str, tuple[Callable[[int], tuple[list[Story], Life]], Callable[[], dict[str, Any]]]] = {
    "overlap": (_late, lambda: {"streams": _without_overlap}),
    "second reading": (_late, lambda: {"streams": _only_first, "checkpoint": WithoutSecondReading()}),
    "last reading": (_very_late, lambda: {"streams": _only_first}),
    "lease": (_away, lambda: {"checkpoint": WithoutLease()}),
    "remembering": (_away, lambda: {"checkpoint": WithoutMemory()}),
}


def with_guard(name: str, seed: int) -> Verdict:
    """The life in which the guard is needed, with it."""
    stories, life = GUARDS[name][0](seed)
    return lived(stories, life)[1]


def without_guard(name: str, seed: int) -> Verdict:
    """The same life without the guard."""
    stories, life = GUARDS[name][0](seed)
    return lived(stories, life, **GUARDS[name][1]())[1]


def is_seen(with_it: Verdict, without_it: Verdict) -> bool:
    """Whether the second life shows that a guard is gone: losses, people who hear twice, or workers that collide more often."""
    return bool(without_it.lost or without_it.twice) or without_it.raced > with_it.raced


def unheard_without_duplicates(folder: Path) -> int:
    """In how many of the short lives somebody is not heard of when duplicates take no part; 0 with the source as it is."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    file, old, new = DUPLICATES
    text = (folder / file).read_text("utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{file} has another form: {old}")
    (folder / file).write_text(text.replace(old, new), "utf-8")
    where = {**environ, "PYTHONPATH": pathsep.join((str(folder / "shared"), str(folder))), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.simulation.sabotage", str(folder)], cwd=folder, env=where, capture_output=True, text=True, check=True
    )
    return int(ran.stdout)


def main(folder: str) -> None:
    """In the copy: the process dies as soon as records are in the store, at the first such call or a later one."""
    import gatewatch  # noqa: PLC0415 - to see whose it is

    if not Path(gatewatch.__file__).is_relative_to(folder):
        raise RuntimeError("this is not the copy")
    logging.disable(logging.CRITICAL)
    wrong = sum(not short(call, after=True, of="append")[1].right for call in (1, 2, 3))
    sys.stdout.write(str(wrong))


if __name__ == "__main__":
    main(sys.argv[1])
