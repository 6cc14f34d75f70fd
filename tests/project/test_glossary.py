"""The glossary explains every public state and every field of Gatewatch's own; that the page is fresh is tests/unit/cli/test_docs.py's."""

import ast
import inspect

import pytest

from gatewatch.alerts.news import CLOSED
from gatewatch.alerts.pending import why
from gatewatch.documents.fields import FIELDS
from scripts import glossary


@pytest.fixture(scope="module")
def page(repository) -> str:
    return (repository / "docs/glossary.md").read_text("utf-8")


def test_every_state_has_a_meaning_and_every_meaning_a_state():
    assert glossary.missing() == []


def test_every_reason_that_the_code_gives_is_explained():
    returned = [node.value for node in ast.walk(ast.parse(inspect.getsource(why))) if isinstance(node, ast.Return)]
    reasons = {node.value for part in returned for node in ast.walk(part) if isinstance(node, ast.Constant) and isinstance(node.value, str)}

    assert reasons >= {"new"}
    assert set(glossary.REASON) == reasons - {"severity"} | {CLOSED}  # a name of the tuning file, asked for on the same line


def test_every_field_of_our_own_is_there(page):
    assert [field.name for field in FIELDS if field.name.startswith("gatewatch.") and f"| `{field.name}` |" not in page] == []


def test_severities_cover_every_score_once():
    assert list(glossary.severities()) == ["low", "medium", "high", "critical"]


def test_no_row_breaks_its_table(page):
    rows = [line.replace("\\|", "") for line in page.splitlines() if line.startswith("| ")]

    assert len(rows) > 100
    assert [row for row in rows if row.count("|") != 3] == []
