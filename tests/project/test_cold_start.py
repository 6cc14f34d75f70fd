"""What a function imports before its first event: nothing that only a builder needs."""

import subprocess
import sys
from pathlib import Path

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
    "dataclasses",
    "gatewatch.reading.files",
    "aws_lambda.bucket",
)
"""Powertools' batch utility brings asyncio and every data class; the reader of command lines is for hosts that read endpoint documents.

A dataclass costs a millisecond each, because its methods are compiled when it is defined.
"""


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


def test_windows_of_examples_are_not_made_by_the_import():
    """They are most of the activities of all examples, and were a fortieth of the import."""
    code = (
        "import aws_lambda.handler; from gatewatch.providers.catalogue import RULES;"
        "print(sum(len(e.window) for rule in RULES for e in rule.examples if isinstance(e.window, tuple)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 50


def test_patterns_of_rare_texts_are_compiled_late():
    code = (
        "import gc, aws_lambda.handler; from gatewatch.reading.late_pattern import LatePattern; gc.unfreeze();"
        "found = [o for o in gc.get_objects() if type(o) is LatePattern];"
        "print(len(found) > 15, [o.pattern for o in found if 'compiled' in vars(o)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "True []"


NOT_IN_A_REPLAY = (
    "rich",
    "concurrent.futures",
    "difflib",
    "importlib.metadata",
    "subprocess",
    "tomllib",
    "urllib3",
    "gatewatch.cli.policy",
    "gatewatch.notify.terminal",
    "gatewatch.report.what_if",
    "gatewatch.stores.elastic",
)
"""What a replay of a file into a pipe has no use for. Its start was a tenth of the replay of a dense day."""


def test_a_replay_imports_what_it_needs(tmp_path: Path, repository: Path):
    records, store = repository / "examples/records.jsonl", tmp_path / "store"
    code = (
        f"import sys; from gatewatch.cli import main; main(['replay', {str(records)!r}, '--store', {f'sqlite:{store}'!r}]);"
        f"print('left:', *[name for name in {NOT_IN_A_REPLAY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "left:"


def test_the_collector_of_garbage_works_after_a_command():
    code = "import gc; from gatewatch.cli import main; main(['rules', 'list']); print(gc.isenabled(), gc.get_freeze_count() > 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True True"
