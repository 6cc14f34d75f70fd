"""A machine without a browser: the tests of pages are skipped and say why; in CI they fail, after the installation was tried."""

import os
import subprocess
import sys

import pytest

LOOKED_AT = "tests/pages/test_report_page.py::test_the_page_filters_and_a_person_has_a_page_of_their_own"


@pytest.fixture
def bare(tmp_path):
    """A PATH without a browser; its apt-get notes what it is asked for and brings nothing."""
    programs = tmp_path / "bin"
    programs.mkdir()
    apt = programs / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/asked"\n')
    apt.chmod(0o755)
    return programs


def run(bare, *argv: str, ci: str):
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "PYTEST_ADDOPTS"}}
    return subprocess.run(
        [sys.executable, *argv], env={**environment, "PATH": f"{bare}:/nowhere", "CI": ci}, capture_output=True, text=True, check=False
    )


def test_without_a_browser_the_skip_is_visible(bare, tmp_path):
    done = run(bare, "-m", "pytest", "-n", "0", "-q", "-rs", "-p", "no:cacheprovider", LOOKED_AT, ci="")

    assert done.returncode == 0, done.stdout
    assert "1 skipped" in done.stdout
    assert "no Chromium: apt-get install chromium" in done.stdout
    assert not (tmp_path / "asked").exists()


def test_without_a_browser_ci_fails(bare, tmp_path):
    done = run(bare, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", LOOKED_AT, ci="true")

    assert done.returncode == 1, done.stdout
    assert "no Chromium: apt-get install chromium" in done.stdout
    if os.geteuid() == 0:
        assert "install --yes --no-install-recommends chromium" in (tmp_path / "asked").read_text()


def test_make_test_says_that_the_pages_will_be_skipped(bare):
    done = run(bare, "-m", "scripts.browser", ci="")

    assert done.returncode == 0
    assert done.stderr == "tests of pages will be skipped: no Chromium: apt-get install chromium\n"
