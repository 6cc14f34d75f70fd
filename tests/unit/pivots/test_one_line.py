"""Blocks as lines to paste: one whole command or query each."""

import subprocess

import pytest

from gatewatch import pivots
from gatewatch.providers.catalogue import BY_ID

FILLED = [(rule, pivots.fill(block, {"regions": "us-east-1 eu-west-1"})) for rule in BY_ID for block in pivots.blocks(pivots.page(rule))]


def test_every_line_of_a_shell_is_a_whole_command(tmp_path):
    lines = {line for _, one in FILLED if one.block.language == "sh" for line in pivots.one_line(one)}
    file = tmp_path / "all.sh"
    for line in sorted(lines):
        file.write_text(line + "\n")
        assert subprocess.run(["bash", "-n", file], capture_output=True, check=False).returncode == 0, line


@pytest.mark.parametrize("language", ["kql", "esql", "spl"])
def test_a_query_is_one_line(language):
    found = [(one, pivots.one_line(one)) for _, one in FILLED if one.block.language == language]

    assert all(len(lines) == 1 for _, lines in found)
    assert not [one.text for one, _ in found if "//" in one.text.replace("https://", "").replace("http://", "")]
    assert all(lines[0].split() == one.text.split() for one, lines in found)


def test_each_request_is_a_line():
    block = pivots.Block(section="Evidence", title="", language="http", text="GET /v1.0/users/{u}\nGET /v1.0/users/{u}/x")

    assert [line.rpartition("/")[2] for line in pivots.one_line(pivots.fill(block, {"u": "a"}))] == ["a'", "x'"]


def test_a_loop_stays_together():
    block = pivots.Block(
        section="Evidence", title="", language="sh", text="aws a \\\n  --b c\nfor r in {regions}; do\n  aws d\ndone\naws e"
    )

    assert pivots.one_line(pivots.fill(block, {})) == ("aws a --b c", "for r in {regions}; do aws d; done", "aws e")
