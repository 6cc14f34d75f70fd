"""Typed events are built in one module a provider, so that a change of the model is a change of the builders."""

import ast
from collections.abc import Iterator
from pathlib import Path

BUILT = {"Event", "AwsSignIn", "EntraSignIn", "RiskDetection", "Process"}


def constructed(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILT:
            yield f"{path}:{node.lineno} {node.func.id}"


def test_no_test_constructs_an_event_itself(repository: Path) -> None:
    files = [path for path in (repository / "tests").rglob("*.py") if path.parent.name != "builders"]
    assert len(files) > 100
    assert [found for path in files for found in constructed(path)] == []
