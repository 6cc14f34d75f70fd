"""One trial of ``mutate.py``: a forked child runs the tests against one changed module and says what noticed the change.

Only a failed test, a rule's example that disagrees, or tests that cannot be collected notice a change. How busy the machine is decides
nothing: no test has a time limit (``pytest_timeout`` stays out), a child has seconds of CPU, and what the machine ends is undecided.
"""

import contextlib
import importlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import CodeType, ModuleType
from typing import Any

import hypothesis
import msgspec  # noqa: F401 - imported before the forks, which then need not
import pytest
import pytest_socket  # noqa: F401 - same

from benchmarks.mutation_parts import ROOT, Part

CPU_SECONDS = 30  # the tests of a part take two or three
_OF_THE_MACHINE = (OSError, MemoryError)


class Verdict(StrEnum):
    """What a trial found."""

    SURVIVES = "every test passes"
    TEST = "a test fails"
    EXAMPLE = "an example of a rule disagrees"
    BROKEN = "the tests cannot be collected"
    ENDLESS = "out of CPU time"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Outcome:
    """A verdict, and the test or the reason behind it."""

    verdict: Verdict
    by: str = ""


class Watcher:
    """A pytest plugin: asks first what noticed a neighbour, laws with many examples last, and remembers what fails first."""

    def __init__(self) -> None:
        self.first: Sequence[str] = ()
        self.backwards = False
        self.outcome = Outcome(Verdict.SURVIVES)

    @staticmethod
    def pytest_addoption(parser: pytest.Parser) -> None:
        """The option of ``pytest_timeout``, without its limits."""
        parser.addini("timeout", "seconds a test, which are not counted here")

    @staticmethod
    def pytest_configure(config: pytest.Config) -> None:
        """The mark of ``pytest_timeout``, without its limits."""
        config.addinivalue_line("markers", "timeout: seconds a test, which are not counted here")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """The order of the tests; all of them run in any order."""
        if self.backwards:
            items.reverse()
        self.order(items)

    def order(self, items: list[pytest.Item]) -> None:
        """Sorts the tests: what noticed a neighbour, the others, the laws."""
        rank = {test: place for place, test in enumerate(self.first)}
        items.sort(key=lambda item: (rank.get(item.nodeid, len(rank)), _is_law(item)))

    def pytest_exception_interact(self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any]) -> None:
        """What failed first, in collection or in a test."""
        if self.outcome.verdict is not Verdict.SURVIVES or call.excinfo is None:
            return
        verdict = Verdict.TEST if isinstance(node, pytest.Item) else Verdict.BROKEN
        by = node.nodeid if verdict is Verdict.TEST else f"{node.nodeid}: {call.excinfo.typename}"
        self.outcome = Outcome(Verdict.UNDECIDED if isinstance(call.excinfo.value, _OF_THE_MACHINE) else verdict, by)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What fails without an exception: an expected failure that passes."""
        if report.failed and self.outcome.verdict is Verdict.SURVIVES:
            self.outcome = Outcome(Verdict.TEST, report.nodeid)


def _is_law(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


def trial(
    part: Part, module: str = "", code: CodeType | None = None, *, first: Sequence[str] = (), backwards: bool = False
) -> tuple[Outcome, list[str]]:
    """What the part's tests say of a module with this code (of the product as it is without one), and the modules that were loaded."""
    watcher = Watcher()
    watcher.first, watcher.backwards = first, backwards

    def tried() -> Outcome:
        if code is not None:
            sys.meta_path.insert(0, _Changed(module, code))
        try:
            importlib.import_module("gatewatch.providers.catalogue")
        except Exception as error:  # noqa: BLE001 - whatever a change raises where it is imported
            machine = isinstance(error, _OF_THE_MACHINE)
            return Outcome(Verdict.UNDECIDED if machine else Verdict.BROKEN, repr(error))
        if part.examples and (rule := disagreeing()):
            return Outcome(Verdict.EXAMPLE, rule)
        return run_tests(part, watcher)

    return in_child(tried, lambda: list(sys.modules))


class _Changed(MetaPathFinder, Loader):
    """Gives one module its changed code; everything else is found as usual."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The changed module's spec, or None."""
        del path, target
        return spec_from_loader(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        """Runs the changed code."""
        exec(self._code, module.__dict__)  # noqa: S102 - our own source, changed in one place


def in_child(work: Callable[[], Outcome], also: Callable[[], Any] = list, cpu_seconds: float = CPU_SECONDS) -> tuple[Outcome, Any]:
    """The outcome of the work in a forked child that has seconds of CPU, and what the child says also after it (plain values)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        outcome = _quietly(work)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps([outcome.verdict, outcome.by, also()]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        ending = signal.Signals(os.WTERMSIG(status))
        return Outcome(Verdict.ENDLESS if ending is signal.SIGPROF else Verdict.UNDECIDED, ending.name), []
    if not told:
        return Outcome(Verdict.UNDECIDED, f"the child ended with {os.waitstatus_to_exitcode(status)} and said nothing"), []
    verdict, by, more = json.loads(told)
    return Outcome(Verdict(verdict), by), more


def _quietly(work: Callable[[], Outcome]) -> Outcome:
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            return work()
    except BaseException as error:  # noqa: BLE001 - whatever ends the work: no test said anything
        return Outcome(Verdict.UNDECIDED, repr(error))


def run_tests(part: Part, watcher: Watcher) -> Outcome:
    """Runs the part's tests up to the first failure. All examples of a law are the same each time, none is too slow, none is made simpler."""
    hypothesis.settings.register_profile(
        "mutants",
        suppress_health_check=list(hypothesis.HealthCheck),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[phase for phase in hypothesis.Phase if phase not in {hypothesis.Phase.shrink, hypothesis.Phase.explain}],
    )
    hypothesis.settings.load_profile("mutants")
    files = [str(ROOT / "tests" / name) for name in part.tests]
    options = ["-x", "-q", "--assert=plain", "--capture=sys", "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-p", "pytest_socket"]
    code = pytest.main([*options, *files], plugins=[watcher])
    stopped = {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}  # a collection that fails ends with either
    expected = {Verdict.SURVIVES: {pytest.ExitCode.OK}, Verdict.TEST: {pytest.ExitCode.TESTS_FAILED}, Verdict.BROKEN: stopped}
    if code in expected.get(watcher.outcome.verdict, {code}):
        return watcher.outcome
    return Outcome(Verdict.UNDECIDED, f"pytest ended with {code}, and {watcher.outcome.verdict}: {watcher.outcome.by}")


def disagreeing() -> str:
    """The id of a rule that answers one of its own examples otherwise, or what it raises at one; empty when none does."""
    from gatewatch.providers.catalogue import PAIR_RULES, RULES  # noqa: PLC0415 - in the child only, after the change is in place
    from gatewatch.providers.rule import Window  # noqa: PLC0415 - same

    try:
        for rule in RULES:
            for one in rule.examples:
                if _points(rule.match(one.activity, Window(one.window), one.tuning)) != one.points:
                    return rule.id
        for pair in PAIR_RULES:
            for two in pair.examples:
                if _points(pair.match(two.first, two.second, two.tuning)) != two.points:
                    return pair.id
    except _OF_THE_MACHINE:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a changed rule raises
        return repr(error)
    return ""


def _points(found: object) -> object:
    return getattr(found, "points", None)
