"""A playbook with its blocks filled in: each template is replaced where it stands, and what was filled in is never taken for a template."""

import re
from pathlib import Path

import pytest

from gatewatch.pivots import blocks, fill, rewritten
from tests.unit.pivots.hostile import NAMED

PAGES = sorted((Path(__file__).resolve().parents[3] / "docs/playbooks").glob("*_*.md"))
PLACEHOLDER = re.compile(r"\{[a-z][a-z0-9_]*\}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_of_every_page_is_replaced(page):
    text = page.read_text("utf-8")
    met = []

    found = rewritten(text, lambda block: met.append(block) or "WRITTEN")

    assert met == blocks(text)
    assert found.count("WRITTEN") == len(met)
    assert re.sub(r"^ *WRITTEN$", "", found, flags=re.MULTILINE).count("```") == text.count("```")
    assert not PLACEHOLDER.search("".join(re.findall(r"```\w+\n.*?```", found, flags=re.DOTALL)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_value_that_is_a_template_stays_a_value(page):
    text = page.read_text("utf-8")
    last = blocks(text)[-1].text
    filled = []

    found = rewritten(text, lambda block: filled.append(fill(block, dict.fromkeys(NAMED, last)).text) or filled[-1])

    assert in_turn([line for one in filled for line in one.splitlines() if line], found)


def in_turn(lines: list[str], text: str) -> bool:
    """Whether the text holds these lines, each after the one before it."""
    return re.search(".*?".join(map(re.escape, lines)), text, re.DOTALL) is not None


def test_lines_in_a_list_keep_their_indent():
    text = '# Rule\n\n## Contain\n\n1. Do this:\n\n   ```sh\n   aws a \\\n     b\n   ```\n\n2. Then `PATCH /v1.0/users/{user_id}` with `{"a":1}`.\n'

    found = rewritten(text, lambda block: f"<{block.text}>")

    assert found == (
        '# Rule\n\n## Contain\n\n1. Do this:\n\n   ```sh\n   <aws a \\\n     b>\n   ```\n\n2. Then `<PATCH /v1.0/users/{user_id} {"a":1}>`.\n'
    )
