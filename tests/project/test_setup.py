"""`make setup` says what is really wrong when packages cannot be had."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UV = """#!/bin/sh
case "$*" in
*"python find"*) echo "{python}" ;;
*"pip install"*) echo "{said}" >&2; exit 2 ;;
"venv "*) mkdir -p .venv/bin && ln -s "{python}" .venv/bin/python ;;
esac
"""


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        pytest.param(
            "error: client error (Connect): invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE=", id="a proxy that opens TLS"
        ),
        pytest.param("error: No solution found: x was not found in the index", "could not be installed; see above", id="anything else"),
    ],
)
def test_the_cause_is_named_and_the_fix(repository: Path, tmp_path: Path, said: str, hint: str):
    (tmp_path / "scripts").mkdir()
    shutil.copy(repository / "scripts/setup.sh", tmp_path / "scripts")
    shutil.copy(repository / ".python-version", tmp_path)
    (tmp_path / "bin").mkdir()
    uv = tmp_path / "bin/uv"
    uv.write_text(UV.format(python=sys.executable, said=said), "utf-8")
    uv.chmod(0o755)

    done = subprocess.run(
        ["sh", "scripts/setup.sh"], cwd=tmp_path, env={"PATH": f"{uv.parent}:/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert hint in done.stderr
    assert said in done.stderr
