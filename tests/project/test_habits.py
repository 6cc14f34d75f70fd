"""Habits of the tests themselves: every test asserts something, and typed events are built in one module a provider."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BUILT = {"Event", "AwsSignIn", "EntraSignIn", "RiskDetection", "Process"}
CHECKERS = {"told_once", "holds_the_laws", "order_duplication_and_splitting", "interleaved_and_crashing", "check", "interleaved"}
"""Functions that assert for a test."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Modules = dict[Path, ast.Module]


@pytest.fixture(scope="module")
def modules(repository: Path) -> Modules:
    return {path: ast.parse(path.read_text("utf-8")) for path in (repository / "tests").rglob("*.py")}


def functions(module: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(module) if isinstance(node, Function))


def called(node: ast.AST) -> str:
    """The last name of what is called: ``raises`` of ``pytest.raises(...)``."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or called(node) in {"raises", "warns"}


def test_every_test_asserts(modules: Modules) -> None:
    tests = [(path, test) for path, module in modules.items() for test in functions(module) if test.name.startswith("test_")]
    assert len(tests) > 1_000
    assert [
        f"{path}:{test.lineno} {test.name}"
        for path, test in tests
        if not any(asserts(node) or called(node) in CHECKERS for node in ast.walk(test))
    ] == []


def test_who_asserts_for_a_test_does(modules: Modules) -> None:
    checkers = [function for module in modules.values() for function in functions(module) if function.name in CHECKERS]
    assert {checker.name for checker in checkers} == CHECKERS
    assert [one.name for one in checkers if not any(asserts(node) or called(node) in CHECKERS - {one.name} for node in ast.walk(one))] == []


SILENT = """
def test_nothing():
    hold_on()

def test_something():
    with pytest.raises(ValueError):
        int("x")
"""


def test_a_test_without_an_assertion_is_seen() -> None:
    silent, loud = functions(ast.parse(SILENT))
    assert [any(map(asserts, ast.walk(test))) for test in (silent, loud)] == [False, True]


def test_no_test_constructs_an_event_itself(modules: Modules) -> None:
    assert [
        f"{path}:{node.lineno} {node.func.id}"
        for path, module in modules.items()
        if path.parent.name != "builders"
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILT
    ] == []
