"""`make test` divides the tests between workers: a server's tests share one, a file's tests share one, and names stay usable."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ONE = """
import os, pytest

@pytest.fixture(scope="module")
def set_up():
    print("set up in", __file__)

def test_first(set_up): print("one by", os.environ["PYTEST_XDIST_WORKER"])

@pytest.mark.elastic
@pytest.mark.parametrize("text", ["a@b"])
def test_server(text): print("server by", os.environ["PYTEST_XDIST_WORKER"])

def test_second(set_up): print("one by", os.environ["PYTEST_XDIST_WORKER"]); assert False

@pytest.mark.skip(reason="a reason to read")
def test_third(): pass
"""
OTHER = """
import os, pytest

@pytest.mark.elastic
def test_server(): print("server by", os.environ["PYTEST_XDIST_WORKER"])
"""


@pytest.fixture(scope="module")
def output(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What two workers make of two files, with everything that the tests print."""
    folder = tmp_path_factory.mktemp("divided")
    (folder / "conftest.py").write_text("from tests.conftest import *\n")
    (folder / "test_one.py").write_text(ONE)
    (folder / "test_other.py").write_text(OTHER)
    argv = [sys.executable, "-m", "pytest", "-n", "2", "-rAs", "-p", "no:cacheprovider", "-c", repository / "pyproject.toml"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    here = environment | {"PYTHONPATH": str(repository)}
    return subprocess.run([*argv, "--rootdir", folder, folder], cwd=folder, env=here, capture_output=True, text=True, check=False).stdout


def test_the_tests_of_a_server_share_a_worker(output: str):
    workers = re.findall(r"^server by (gw\d)$", output, re.MULTILINE)

    assert len(workers) == 2
    assert len(set(workers)) == 1


def test_the_tests_of_a_file_share_a_worker_and_its_set_up(output: str):
    workers = re.findall(r"^one by (gw\d)$", output, re.MULTILINE)

    assert len(workers) == 2
    assert len(set(workers)) == 1
    assert output.count("set up in") == 1


def test_a_test_is_shown_under_the_name_that_selects_it(output: str):
    assert re.search(r"^FAILED test_one\.py::test_second - assert False$", output, re.MULTILINE)
    assert re.search(r"^PASSED test_one\.py::test_server\[a@b\]$", output, re.MULTILINE)


def test_what_is_skipped_is_listed_with_its_reason(output: str):
    assert re.search(r"^SKIPPED \[1\] test_one\.py:\d+: a reason to read$", output, re.MULTILINE)
