"""Every link between pages of this repository leads somewhere."""

import re
from pathlib import Path

LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)\s#]+)(#[^)\s]*)?\)")


def test_links_between_pages_lead_somewhere(repository: Path):
    pages = [*repository.glob("*.md"), *(repository / "docs").rglob("*.md"), *(repository / "infra").rglob("*.md")]

    broken = [
        f"{page.relative_to(repository)}: {target}"
        for page in pages
        for target, _ in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []
