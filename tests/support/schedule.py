"""How a run with several workers is divided (``make test``): which tests share a worker, and which are taken first.

A real server starts once, in the worker that has its tests. All other tests go by file, so that what a file sets up is set up once.
The longest groups are taken first: what is left at the end is short and fills both workers.

``--dist loadgroup`` does not do it: with pytest 9.2 it ignores its marks without a word (pytest-xdist issue 1386).
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

ELASTIC, AZURE, LAMBDA = "elasticsearch", "azure", "lambda"
LONG = (ELASTIC, AZURE, LAMBDA, "tests/laws/", "tests/prove/", "tests/stress/", "tests/project/", "tests/packaging/", "tests/unit/cli/")
"""Groups, and the beginnings of groups, by what they cost."""

PLACE = "groups"
"""Where a worker finds the file in which it writes the group of each test: a scheduler sees names only, not marks."""


def register(config: pytest.Config) -> None:
    """Divide the work of this run, if it has workers."""
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    plugin = Controller() if worker is None else Worker(Path(worker[PLACE]), first=worker["workerid"] == "gw0")
    config.pluginmanager.register(plugin, "schedule")


def group(item: pytest.Item) -> str:
    """The tests that must run in the same worker: by the server they need, else by file."""
    if item.get_closest_marker("elastic"):
        return ELASTIC
    if any(map(item.get_closest_marker, ("functions", "storage"))) or "storage" in getattr(item, "fixturenames", ()):
        return AZURE
    return LAMBDA if item.get_closest_marker("emulator") else item.nodeid.partition("::")[0]


def long_ones_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests group by group, long groups first; the order within a group stays."""
    found: dict[str, list[pytest.Item]] = {}
    for item in items:
        found.setdefault(group(item), []).append(item)
    return [item for name in sorted(found, key=lambda name: _place(name, found[name])) for item in found[name]]


def _place(name: str, members: Sequence[pytest.Item]) -> tuple[int, int, str]:
    place = next((place for place, beginning in enumerate(LONG) if name.startswith(beginning)), len(LONG))
    return place, -len(members), name


class Worker:
    """In a worker: sorts the tests, and the first worker writes their groups down."""

    def __init__(self, file: Path, *, first: bool) -> None:
        self._file, self._first = file, first

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """See pytest."""
        items[:] = long_ones_first(items)

    @pytest.hookimpl(tryfirst=True)  # pytest-xdist reports the collection in the same hook
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """See pytest."""
        if self._first:
            self._file.write_text(json.dumps({item.nodeid: group(item) for item in session.items}), "utf-8")


class Controller:
    """In the process that has the workers: hands out one group after the other."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="gatewatch-groups-")
        self._file = Path(self._folder.name) / "groups.json"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """See pytest-xdist."""
        node.workerinput[PLACE] = str(self._file)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> object:
        """See pytest-xdist."""
        from .by_group import ByGroup  # noqa: PLC0415 - pytest-xdist is loaded only where there are workers

        config.option.loadscopereorder = False  # by number of tests; the workers have sorted them by cost
        return ByGroup(config, log, self._file)

    def pytest_unconfigure(self) -> None:
        """See pytest."""
        self._folder.cleanup()
