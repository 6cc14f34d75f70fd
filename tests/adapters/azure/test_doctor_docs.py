"""What the doctor says leads somewhere: every finding has its section, every command in a fix is one, every id stands once."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from azure_function.doctor.checks import CHECKS, NEVER_ASKED
from gatewatch.cli.program import parser
from tests.support import host_commands

PLACES = ("shared/gatewatch/doctor", "azure_function/doctor")
FINDING = re.compile(r"[a-z]+(-[a-z]+)+")


def nodes(repository: Path) -> Iterator[ast.AST]:
    for place in PLACES:
        for file in (repository / place).glob("*.py"):
            yield from ast.walk(ast.parse(file.read_text("utf-8")))


def texts(tree: ast.AST) -> list[str]:
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def findings(repository: Path) -> set[str]:
    """Ids: what is given as ``id`` to a Diagnosis, or first to a function of the doctors that makes one."""
    calls = [node for node in nodes(repository) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    given = [keyword.value for call in calls if call.func.id == "Diagnosis" for keyword in call.keywords if keyword.arg == "id"]
    given += [call.args[0] for call in calls if call.func.id in {"_finding", "_stale", "_without_beta"}]
    return {text for value in given if not isinstance(value, ast.Name) for text in texts(value) if FINDING.fullmatch(text)}


def test_every_finding_has_a_section_and_every_section_a_finding(repository: Path):
    sections = re.findall(r"^### (\S+)$", (repository / "docs/doctor.md").read_text("utf-8"), re.MULTILINE)

    assert sorted(set(sections)) == sorted(sections)
    assert findings(repository) == set(sections)


def commands(repository: Path) -> list[str]:
    lines = [
        line
        for node in nodes(repository)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for line in node.value.splitlines()
    ]
    never = [limit.command for limit in NEVER_ASKED]
    page = (repository / "docs/doctor.md").read_text("utf-8").splitlines()
    return [line.strip().partition("   ")[0] for line in [*lines, *never, *page] if line.strip().startswith("gatewatch ")]


def test_every_command_that_is_advised_is_one(repository: Path):
    top = parser(host_commands.commands())
    found = commands(repository)

    for line in found:
        words = shlex.split(line.partition("  #")[0].replace("{role}", "host-azure").replace("VERSION", "1"))[1:]
        if words[-1] == "--role":
            words.append("host-azure")
        assert top.parse_args(words).command, line
    assert len(found) >= 8


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_is_explained_by_findings_that_exist(check, repository: Path):
    assert set(check.explained_by) <= findings(repository)
    assert check.title
