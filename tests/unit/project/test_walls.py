"""The import contracts hold, and one planted breach of each turns its contract red."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LAYERS = "imports go one way"
ROOT = "the package itself imports none"
GENERIC = "only providers/ imports a provider's folder"
FOLDERS = "a provider's folder imports no other provider's"
SDK = "the shared library knows no cloud SDK"
CLOUDS = "the two clouds never import each other"

UPWARD = {
    "errors.py": "from gatewatch import model",
    "model/enums.py": "from gatewatch.reading import times",
    "reading/times.py": "from gatewatch import tuning",
    "tuning/entries.py": "from gatewatch.providers import rule",
    "providers/rule.py": "from gatewatch import ports",
    "providers/catalogue.py": "from gatewatch import evidence",
    "evidence.py": "from gatewatch.scoring import score",
    "ports.py": "from gatewatch.scoring import score",
    "scoring/score.py": "from gatewatch.alerts import compute",
    "alerts/compute.py": "from gatewatch.documents import evidence",
    "documents/evidence.py": "from gatewatch.stores import memory",
    "geo.py": "from gatewatch import cli",
    "stores/memory.py": "from gatewatch import cli",
    "notify/text.py": "from gatewatch import cli",
    "flow/pipeline.py": "from gatewatch import polling",
    "polling/streams.py": "from gatewatch import cli",
}
SIDEWAYS = {
    "evidence.py": "from gatewatch import ports",
    "stores/memory.py": "from gatewatch.notify import text",
    "notify/text.py": "from gatewatch.flow import pipeline",
    "flow/pipeline.py": "from gatewatch.stores import memory",
    "geo.py": "from gatewatch.stores import memory",
}


def lint_imports(checkout: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from importlinter.cli import lint_imports_command; sys.argv[0] = 'lint-imports'; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo"]
    environment = {"PYTHONPATH": f"{checkout / 'shared'}:{checkout}", "PATH": "/usr/bin:/bin", "COLUMNS": "200"}
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def broken(checkout: Path) -> list[str]:
    """The names of the contracts that this checkout breaks."""
    result = lint_imports(checkout)
    names = re.findall(r"^(.+) BROKEN\b", result.stdout, re.MULTILINE)
    assert result.returncode == bool(names), result.stdout + result.stderr
    return names


def plant(checkout: Path, path: str, line: str) -> None:
    target = checkout / path
    target.parent.mkdir(exist_ok=True)
    target.write_text((target.read_text() if target.exists() else "") + f"\n{line}\n")


def breaks(checkout: Path, contract: str) -> bool:
    return any(name.startswith(contract) for name in broken(checkout))


def broken_alone(checkout: Path, contract: str) -> bool:
    (name,) = broken(checkout)
    return name.startswith(contract)


@pytest.fixture
def copy(repository, tmp_path) -> Path:
    for folder in ("shared", "aws_lambda", "azure_function"):
        shutil.copytree(repository / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repository / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_import_contracts_hold(copy):
    assert broken(copy) == []


@pytest.mark.parametrize(("path", "line"), [pytest.param(f"shared/gatewatch/{path}", line, id=path) for path, line in UPWARD.items()])
def test_a_layer_imports_nothing_above_it(copy, path, line):
    plant(copy, path, line)

    assert breaks(copy, LAYERS)


@pytest.mark.parametrize(("path", "line"), [pytest.param(f"shared/gatewatch/{path}", line, id=path) for path, line in SIDEWAYS.items()])
def test_rooms_of_one_layer_do_not_know_each_other(copy, path, line):
    plant(copy, path, line)

    assert breaks(copy, LAYERS)


@pytest.mark.parametrize("path", ["loose.py", "room/__init__.py"])
def test_a_module_outside_every_layer(copy, path):
    plant(copy, f"shared/gatewatch/{path}", '"""A module that no layer names."""')

    assert breaks(copy, LAYERS)


def test_the_package_itself_imports_no_room(copy):
    plant(copy, "shared/gatewatch/__init__.py", "from . import model")

    assert broken_alone(copy, ROOT)


GENERIC_MODULES = [
    "errors.py", "model/enums.py", "reading/times.py", "tuning/entries.py", "evidence.py", "ports.py", "geo.py", "scoring/score.py",
    "alerts/compute.py", "documents/alert.py", "notify/words.py", "stores/memory.py", "flow/pipeline.py", "polling/streams.py", "cli/alerts.py",
    "cli/demo/story.py", "stores/elastic/queries.py",
]  # fmt: skip


@pytest.mark.parametrize("path", GENERIC_MODULES)
def test_a_generic_room_imports_no_provider_folder(copy, path):
    plant(copy, f"shared/gatewatch/{path}", "from gatewatch.providers.entra import facts")

    assert breaks(copy, GENERIC)


def test_a_generic_room_does_not_import_the_folder_of_a_new_provider(copy):
    plant(copy, "shared/gatewatch/providers/newcomer/__init__.py", '"""A provider that no contract names."""')
    plant(copy, "shared/gatewatch/providers/newcomer/facts.py", '"""Its facts."""')
    plant(copy, "shared/gatewatch/alerts/compute.py", "from gatewatch.providers.newcomer import facts")

    assert breaks(copy, GENERIC)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("aws/facts.py", "from gatewatch.providers.entra import facts", id="one provider importing another"),
        pytest.param("entra/facts.py", "from gatewatch.providers.cross import mfa_verdict", id="a provider importing cross"),
        pytest.param("endpoint/rules/endpoint_cloud_cli_auth.py", "from gatewatch.providers.aws import samples", id="a rule's examples"),
        pytest.param("rule.py", "from gatewatch.providers.aws import facts", id="a shared module importing a provider"),
        pytest.param("catalogue.py", "from gatewatch.providers.aws import facts", id="the catalogue taking more than the record"),
        pytest.param("newcomer/facts.py", "from gatewatch.providers.aws import facts", id="a provider that no contract names"),
    ],
)
def test_a_provider_stays_in_its_folder(copy, path, line):
    plant(copy, "shared/gatewatch/providers/newcomer/__init__.py", '"""A provider that no contract names."""')
    plant(copy, f"shared/gatewatch/providers/{path}", line)

    assert broken_alone(copy, FOLDERS)


@pytest.mark.parametrize("sdk", ["boto3", "botocore", "azure.identity", "msgraph", "aws_lambda_powertools", "aws_lambda", "azure_function"])
def test_the_library_imports_no_sdk(copy, sdk):
    plant(copy, "shared/gatewatch/stores/memory.py", f"import {sdk}")

    assert breaks(copy, SDK)


@pytest.mark.parametrize(("importer", "imported"), [("azure_function", "aws_lambda"), ("aws_lambda", "azure_function")])
def test_one_cloud_does_not_import_the_other(copy, importer, imported):
    plant(copy, f"{importer}/__init__.py", f"import {imported}")

    assert broken_alone(copy, CLOUDS)
