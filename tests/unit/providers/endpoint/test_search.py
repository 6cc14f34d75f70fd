"""The search for process starts is never narrower than what reads the documents."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.providers.endpoint.command_line import is_candidate
from gatewatch.providers.endpoint.search import PROGRAM, starts

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
PROGRAMS = [
    "az", "AZ.CMD", "az.exe", "aws", "aws2", "aws.exe", "gcloud", "gcloud.py", "gcloud.cmd", "sh", "bash", "-bash", "zsh", "fish", "busybox",
    "cmd.exe", "CMD.EXE", "PowerShell.exe", "powershell_ise.exe", "pwsh", "python", "python3.11", "Python3.11.exe", "pythonw.exe", "py.exe",
    "pypy3", '"az.cmd"', " az ", "/usr/bin/az", "C:\\Windows\\System32\\cmd.exe", "wsl.exe", "tcsh", "az.ps1", "az.sh", "az.bat", "az.com",
]  # fmt: skip
OTHERS = [
    "git",
    "grep",
    "topaz",
    "azure",
    "node",
    "explorer.exe",
    "awsx",
    "conhost.exe",
    "systemd",
    "dashboard",
    "shutdown",
    "spython2",
    "",
]


def lucene(expression):
    """The same expression for Python, as far as we use Lucene's syntax."""
    return re.compile(expression, re.IGNORECASE | re.DOTALL)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_search_names_every_program_that_the_source_judges(name):
    assert is_candidate(name)
    assert lucene(PROGRAM).fullmatch(name)


@pytest.mark.parametrize("name", OTHERS)
def test_the_search_leaves_out_what_the_source_does_not_judge(name):
    assert not is_candidate(name)
    assert not lucene(PROGRAM).fullmatch(name)


@given(st.text("az.wsghbcmdexpyton3_-/\\\"' ", max_size=12))
def test_the_search_is_never_narrower_than_the_source(name):
    assert bool(lucene(PROGRAM).fullmatch(name)) or not is_candidate(name)


def test_expressions_stay_below_what_an_index_allows():
    """index.max_regex_length is 1000 unless raised."""
    lengths = [len(found) for found in re.findall(r'"value": "((?:[^"\\]|\\.)*)"', json.dumps(starts(NOON, NOON, anywhere=True)))]
    assert 100 < max(lengths) < 1000
