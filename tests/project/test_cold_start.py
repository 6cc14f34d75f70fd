"""What a function imports before its first event: nothing that only a builder needs."""

import subprocess
import sys

import pytest

HEAVY = ("urllib3", "maxminddb", "sqlite3", "gatewatch.notify.teams", "gatewatch.stores.sqlite")


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        pytest.param("aws_lambda.handler", (*HEAVY, "boto3", "gatewatch.stores.elastic"), id="AWS"),
        pytest.param("azure_function.wiring", (*HEAVY, "azure.identity", "azure.data.tables", "msgraph", "httpx"), id="Azure"),
    ],
)
def test_what_only_a_builder_needs_is_not_imported(module: str, heavy: tuple[str, ...]):
    code = f"import sys, {module}; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
