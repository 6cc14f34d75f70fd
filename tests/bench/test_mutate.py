"""The mutation run tells what noticed a change: a failed test, and neither a slow nor a broken machine; and which changes it may try in place."""

import ast
import os
import signal
from collections.abc import Callable
from typing import NoReturn

import pytest

from benchmarks.mutation_in_place import code_of, same_but
from benchmarks.mutation_trial import Outcome, Verdict, in_child
from benchmarks.mutations import Mutation, mutations


def spinning() -> NoReturn:
    while True:
        pass


def raising(error: BaseException) -> Callable[[], Outcome]:
    def work() -> Outcome:
        raise error

    return work


SURVIVES = Outcome(Verdict.SURVIVES)
ENDINGS = [
    pytest.param(lambda: SURVIVES, SURVIVES, id="the tests pass"),
    pytest.param(lambda: Outcome(Verdict.TEST, "a test"), Outcome(Verdict.TEST, "a test"), id="a test fails"),
    pytest.param(spinning, Outcome(Verdict.ENDLESS, "SIGPROF"), id="it never ends"),
    pytest.param(lambda: os.kill(os.getpid(), signal.SIGKILL), Outcome(Verdict.UNDECIDED, "SIGKILL"), id="the machine kills it"),
    pytest.param(lambda: os._exit(3), Outcome(Verdict.UNDECIDED, "the child ended with 3 and said nothing"), id="it says nothing"),
    pytest.param(raising(OSError("full")), Outcome(Verdict.UNDECIDED, "OSError('full')"), id="the machine fails"),
    pytest.param(raising(SystemExit(1)), Outcome(Verdict.UNDECIDED, "SystemExit(1)"), id="the tool fails"),
]


@pytest.mark.parametrize(("work", "outcome"), ENDINGS)
def test_only_a_test_that_fails_notices_a_change(work: Callable[[], Outcome], outcome: Outcome) -> None:
    assert in_child(work, cpu_seconds=0.2)[0] == outcome


BEFORE = """
LIMIT = 1
def plain(a, b=2):
    return [n for n in a if n > b + 1]
def generic[T](a: T) -> T:
    return a if a == 1 else a
"""


@pytest.mark.parametrize("made", [*mutations(BEFORE)], ids=lambda made: f"{made.where}, {made.before} to {made.after}")
def test_a_change_is_tried_in_place_where_only_the_code_of_its_function_differs(made: Mutation) -> None:
    before, after = (compile(tree, "module", "exec") for tree in (ast.parse(BEFORE), made.tree))
    in_place = made.where != "LIMIT" and made.before != "2"  # neither a constant nor a default
    assert same_but(before, after, made.where) is in_place
    assert (code_of(before, made.where) != code_of(after, made.where)) is in_place


def test_a_change_is_the_only_one() -> None:
    found = list(mutations(BEFORE))
    texts = [ast.unparse(each.tree) for each in found]
    assert len(set(texts)) == len(texts) > 10
    assert ast.unparse(ast.parse(BEFORE)) not in texts
    assert {(each.where, each.before, each.after) for each in found} >= {("plain", "n > b + 1", "n >= b + 1"), ("LIMIT", "1", "2")}
