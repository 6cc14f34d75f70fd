"""Tries changes of functions in place: a part's tests are collected once, and each change gets a fork of that.

A function that ran neither while the product was imported nor while its tests were collected has left nothing behind. A module with other
code for that function then differs from the loaded one in the function's code alone, so that the code is all that has to be replaced.
A test that runs nothing of the function cannot notice the change and is left out. Every other change (a constant, a default, a class,
a cached function) is no matter of this module: ``mutation_trial.py`` imports anew.
"""

import gc
import json
import os
import socket
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from types import AsyncGeneratorType, CodeType, CoroutineType, FunctionType, GeneratorType
from typing import BinaryIO, override

import pytest

from benchmarks.mutation_parts import SOURCE, Part
from benchmarks.mutation_trial import Outcome, Verdict, Watcher, disagreeing, in_child, run_tests


@dataclass(frozen=True)
class Change:
    """The code of a module before and after a change, and the function or constant that is changed."""

    module: str
    where: str
    before: CodeType
    after: CodeType


class InPlace:
    """A part's tests, collected once in a process that waits for changes to try."""

    def __init__(self, part: Part, changes: Sequence[Change]) -> None:
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            ours.close()
            _serve(part, changes, theirs.makefile("rwb"))
            os._exit(0)
        theirs.close()
        self._wire = ours.makefile("rwb")
        ours.close()

    def trial(self, number: int, first: Sequence[str]) -> Outcome | None:
        """What the tests say of a change, or None when it cannot be tried in place."""
        self._wire.write(json.dumps([number, first]).encode() + b"\n")
        self._wire.flush()
        answer = json.loads(self._wire.readline())
        return None if answer is None else Outcome(Verdict(answer[0]), answer[1])

    def close(self) -> None:
        """Ends the process."""
        self._wire.close()
        os.wait()


class _Waiting(Watcher):
    """The plugin of the process that waits: it runs no test itself."""

    def __init__(self, part: Part, changes: Sequence[Change], wire: BinaryIO) -> None:
        super().__init__()
        self._part = part
        self._changes = changes
        self._wire = wire
        self._ran = _Ran()
        self._before: set[str] = set()  # the functions that ran before the tests, by their files and names
        self._tests: dict[str, list[str]] = {}  # the tests that run a function, by its file and name

    @override
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Collection is over: what runs now, tests run."""
        super().pytest_collection_modifyitems(items)
        self._ran.stop(waiting=True)
        self._before = self._ran.places()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Tries one change after the other."""
        outcome, self._tests = in_child(lambda: self._watched(session.items), lambda: self._tests)
        if outcome.verdict is not Verdict.SURVIVES:
            raise AssertionError(outcome)
        for line in self._wire:
            number, first = json.loads(line)
            change = self._changes[number]
            function = self._function(change)
            answer = None if function is None else self._tried(session, function, change, first)
            self._wire.write(json.dumps(answer and [answer.verdict, answer.by]).encode() + b"\n")
            self._wire.flush()
        return True

    def _function(self, change: Change) -> FunctionType | None:
        """The function whose code is all that the change changes, or None."""
        module = sys.modules.get(change.module)
        function = getattr(module, change.where, None)
        code = code_of(change.before, change.where)
        if code is None or type(function) is not FunctionType or function.__code__ != code or _place(code) in self._before:
            return None
        return function if same_but(change.before, change.after, change.where) else None

    def _tried(self, session: pytest.Session, function: FunctionType, change: Change, first: Sequence[str]) -> Outcome | None:
        code = code_of(change.after, change.where)
        if code is None or (code.co_flags, code.co_freevars) != (function.__code__.co_flags, function.__code__.co_freevars):
            return None  # such as a generator without its yield: the function's kind changes

        def tried() -> Outcome:
            function.__code__ = code
            if self._part.examples and (rule := disagreeing()):
                return Outcome(Verdict.EXAMPLE, rule)
            self.first = first
            asked = set(self._tests.get(_place(code), ()))
            items = [item for item in session.items if item.nodeid in asked]
            self.order(items)
            return self._asked(items)

        return in_child(tried)[0]

    def _watched(self, items: Sequence[pytest.Item]) -> Outcome:
        """Asks every test, and remembers which functions each of them runs."""
        tests: defaultdict[str, list[str]] = defaultdict(list)
        for item in items:
            ran = _Ran()
            self._asked([item])
            ran.stop()
            for place in ran.places():
                tests[place].append(item.nodeid)
        self._tests = dict(tests)
        return self.outcome

    def _asked(self, items: Sequence[pytest.Item]) -> Outcome:
        """Asks tests up to the first that fails."""
        for place, item in enumerate(items, 1):
            following = items[place] if place < len(items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.outcome.verdict is not Verdict.SURVIVES:
                break
        return self.outcome


class _Ran:
    """Which code of the product ran, or waits to run, between this and ``stop``."""

    def __init__(self) -> None:
        self._code: set[CodeType] = set()
        watch = sys.monitoring
        watch.use_tool_id(watch.COVERAGE_ID, "mutate")
        watch.register_callback(watch.COVERAGE_ID, watch.events.PY_START, self._started)
        watch.set_events(watch.COVERAGE_ID, watch.events.PY_START)
        watch.restart_events()

    def _started(self, code: CodeType, offset: int) -> object:
        del offset
        self._code.add(code)
        return sys.monitoring.DISABLE

    def stop(self, *, waiting: bool = False) -> None:
        """Nothing that runs later counts; what waits to run does, if it is asked for."""
        sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
        sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)
        for thing in gc.get_objects() if waiting else ():
            match thing:
                case GeneratorType():
                    self._code.add(thing.gi_code)
                case CoroutineType():
                    self._code.add(thing.cr_code)
                case AsyncGeneratorType():
                    self._code.add(thing.ag_code)

    def places(self) -> set[str]:
        """The files and names of the top-level functions and classes that ran."""
        return {_place(code) for code in self._code if code.co_filename.startswith(str(SOURCE))}


def _place(code: CodeType) -> str:
    return f"{code.co_filename}:{code.co_qualname.partition('.')[0]}"


def code_of(module: CodeType, function: str) -> CodeType | None:
    """The code of a top-level function, also of a generic one, which stands within the code of its type parameters."""
    for code in _codes(module):
        for found in (code, *_codes(code)):
            if found.co_qualname == function:
                return found
    return None


def _codes(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def same_but(before: CodeType, after: CodeType, function: str) -> bool:
    """Whether two codes differ in the code of one top-level function at most."""
    if before.replace(co_consts=()) != after.replace(co_consts=()) or len(before.co_consts) != len(after.co_consts):
        return False
    return all(_same(one, other, function) for one, other in zip(before.co_consts, after.co_consts, strict=True))


def _same(one: object, other: object, function: str) -> bool:
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        inside = one.co_qualname == other.co_qualname == f"<generic parameters of {function}>"
        return one == other or one.co_qualname == other.co_qualname == function or (inside and same_but(one, other, function))
    return type(one) is type(other) and repr(one) == repr(other)


def _serve(part: Part, changes: Sequence[Change], wire: BinaryIO) -> None:
    waiting = _Waiting(part, changes, wire)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - no path of ours
        sys.stdout = nowhere
        if part.examples:
            import gatewatch.providers.catalogue  # noqa: F401, PLC0415 - as the examples, which are asked before the tests
        run_tests(part, waiting)
