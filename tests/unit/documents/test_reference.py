"""docs/index.md says what the field table says."""

import runpy

from gatewatch.documents.fields import FIELDS
from gatewatch.documents.reference import page


def test_the_page_is_the_one_the_table_makes(repository):
    assert (repository / "docs" / "index.md").read_text(encoding="utf-8") == page(), "run: python -m gatewatch.documents > docs/index.md"


def test_the_command_prints_the_page(capsys):
    runpy.run_module("gatewatch.documents", run_name="__main__")
    assert capsys.readouterr().out == page()


def test_every_field_is_on_the_page():
    written = page()
    assert [field.name for field in FIELDS if f"| `{field.name}` |" not in written] == []
