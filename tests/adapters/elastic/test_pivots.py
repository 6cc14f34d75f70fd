"""ES|QL of the playbooks and of infra/elastic in front of Elastic's own parser."""

import os
import re
from pathlib import Path

import pytest

from gatewatch.pivots import blocks
from gatewatch.pivots.quoting import esql
from tests.elastic_server.distribution import CannotStart, distribution
from tests.elastic_server.esql import VERSION, problems
from tests.unit.pivots.hostile import HOSTILE, filled

pytestmark = pytest.mark.elastic

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted((ROOT / "docs/playbooks").glob("*_*.md"))
BLOCKS = sorted({filled(block) for page in PAGES for block in blocks(page.read_text("utf-8")) if block.language == "esql"})
FILES = [re.sub(r"\?\w+", '"x"', file.read_text("utf-8")) for file in sorted((ROOT / "infra/elastic/queries/esql").glob("*.esql"))]


@pytest.fixture(scope="module")
def server():
    if os.environ.get("ELASTIC_VERSION") != VERSION:
        pytest.skip(f"Elastic's parser is published with its parts for {VERSION}: make test-elastic runs this")
    try:
        return distribution(VERSION, os.environ)
    except CannotStart as missing:
        pytest.skip(str(missing))


def test_elastics_parser_reads_every_query_and_every_hostile_value(server):
    queries = [*BLOCKS, *FILES, *(f"ROW x = {esql(value)}" for value in HOSTILE)]
    assert BLOCKS
    assert FILES

    said = problems([*queries, "FROM logs-* | WHERE a = = 1"], server)

    assert [(query, answer) for query, answer in zip(queries, said, strict=False) if answer != "ok"] == []
    assert said[-1] != "ok"  # a parser that reads everything would prove nothing
