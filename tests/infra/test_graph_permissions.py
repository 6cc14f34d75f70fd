"""What the function's identity may read of Graph is granted apart from the template, and is the least."""

import os
import re
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def infra(repository: Path) -> Path:
    return repository / "infra"


def test_graph_permissions_are_apart_and_the_least(infra: Path):
    bicep, script = (infra / "graph_permissions.bicep").read_text(), (infra / "grant_graph_permissions.sh").read_text()
    assert "permissions array = ['AuditLog.Read.All', 'IdentityRiskEvent.Read.All']" in bicep
    assert "permissions=(AuditLog.Read.All IdentityRiskEvent.Read.All)" in script
    assert "ReadWrite" not in re.sub(r"^\s*(//|#).*$", "", bicep + script, flags=re.MULTILINE)
    assert "Microsoft.Graph/" not in "".join(file.read_text() for file in infra.rglob("*.bicep") if file.name != "graph_permissions.bicep")


@pytest.mark.parametrize("further", ["Directory.ReadWrite.All", "x; rm", "$(id)"])
def test_only_permissions_that_read_can_be_granted_further(infra: Path, further: str):
    command = [
        "bash",
        str(infra / "grant_graph_permissions.sh"),
        "0f0e0d0c-1111-4222-8333-444455556666",
        "https://graph.microsoft.com",
        further,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]})
    assert (done.returncode, done.stdout) == (2, "")
    assert "only reads" in done.stderr
