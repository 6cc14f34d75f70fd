"""A terminal for commands."""

import io
from typing import NamedTuple

import pytest

from gatewatch.cli import main
from gatewatch.cli.screen import Screen


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def gatewatch():
    """Runs one command line and says what it printed."""

    def run(*argv: object, stdin: str = "") -> Ran:
        screen = Screen(io.StringIO(), io.StringIO(), io.StringIO(stdin))
        code = main([str(word) for word in argv], screen)
        return Ran(code, screen.out.getvalue(), screen.err.getvalue())

    return run


@pytest.fixture
def examples(repository):
    return repository / "examples"


@pytest.fixture
def store(tmp_path):
    return f"sqlite:{tmp_path / 'gatewatch.sqlite'}"


@pytest.fixture
def filled(gatewatch, examples, store):
    """A store that holds the demo's story."""
    assert gatewatch("replay", examples / "records.jsonl", "--store", store).code == 0
    return store
