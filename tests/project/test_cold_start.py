"""What a function imports before its first event: nothing that only a builder needs."""

import subprocess
import sys

import pytest

HEAVY = ("urllib3", "maxminddb", "sqlite3", "gatewatch.notify.teams", "gatewatch.stores.sqlite")

NOT_IN_AWS = (
    "boto3",
    "gatewatch.stores.elastic",
    "aws_lambda_powertools.utilities.batch",
    "asyncio",
    "http.client",
    "gatewatch.providers.endpoint.process",
    "gatewatch.providers.endpoint.search",
    "gatewatch.providers.endpoint.tools",
)
"""Powertools' batch utility brings asyncio and every data class; the reader of command lines is for hosts that read endpoint documents."""


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        pytest.param("aws_lambda.handler", (*HEAVY, *NOT_IN_AWS), id="AWS"),
        pytest.param("azure_function.wiring", (*HEAVY, "azure.identity", "azure.data.tables", "msgraph", "httpx"), id="Azure"),
    ],
)
def test_what_only_a_builder_needs_is_not_imported(module: str, heavy: tuple[str, ...]):
    code = f"import sys, {module}; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_collector_of_garbage_works_after_the_import():
    code = "import gc, aws_lambda.handler; print(gc.isenabled(), gc.get_freeze_count() > 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
