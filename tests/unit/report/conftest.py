"""The terminal of the command line's own tests, and a report made by it."""

import json

import pytest

from tests.unit.cli.conftest import examples, filled, gatewatch, store

__all__ = ["examples", "filled", "gatewatch", "report", "store"]


@pytest.fixture
def report(gatewatch, tmp_path):
    """Runs `gatewatch report` and gives the text that it wrote."""

    def run(*argv: object) -> str:
        target = tmp_path / "report.out"
        ran = gatewatch("report", *argv, "--output", target)
        assert ran.code == 0, ran.err
        return target.read_bytes().decode("utf-8")

    return run


def data_of(page: str) -> dict:
    """The data of a page."""
    return json.loads(page.partition('id="data">')[2].partition("</script>")[0])


def lines_of(page: str) -> dict:
    """The lines of a page."""
    return json.loads(page.partition('id="lines">')[2].partition("</script>")[0])
