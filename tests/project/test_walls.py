"""The import contracts hold, and a planted breach of each wall is listed under its contract."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

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
    "settings/field.py": "from gatewatch import tuning",
    "tuning/entries.py": "from gatewatch.providers import rule",
    "providers/rule.py": "from gatewatch import ports",
    "providers/catalogue.py": "from gatewatch import evidence",
    "evidence.py": "from gatewatch.scoring import score",
    "ports/bundle.py": "from gatewatch.scoring import score",
    "scoring/score.py": "from gatewatch.alerts import compute",
    "alerts/compute.py": "from gatewatch.documents import evidence",
    "documents/evidence.py": "from gatewatch.stores import memory",
    "geo.py": "from gatewatch import cli",
    "stores/memory.py": "from gatewatch import cli",
    "notify/text.py": "from gatewatch import cli",
    "flow/pipeline.py": "from gatewatch import polling",
    "polling/streams.py": "from gatewatch import cli",
    "doctor/findings.py": "from gatewatch import cli",
}
SIDEWAYS = {
    "settings/field.py": "from gatewatch.reading import times",
    "evidence.py": "from gatewatch import ports",
    "stores/memory.py": "from gatewatch.notify import text",
    "notify/text.py": "from gatewatch.flow import pipeline",
    "flow/pipeline.py": "from gatewatch.stores import memory",
    "geo.py": "from gatewatch.stores import memory",
}
GENERIC_MODULES = [
    "errors.py", "model/enums.py", "reading/times.py", "settings/field.py", "tuning/entries.py", "evidence.py", "ports/bundle.py", "geo.py", "scoring/score.py",
    "alerts/compute.py", "documents/alert.py", "notify/compose.py", "stores/memory.py", "flow/pipeline.py", "polling/streams.py", "cli/alerts.py",
    "cli/demo/story.py", "stores/elastic/queries.py",
]  # fmt: skip
SDKS = ("boto3", "botocore", "azure.identity", "msgraph", "aws_lambda_powertools", "aws_lambda", "azure_function")


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


def section(report: str, contract: str) -> str:
    """What the report lists as breaches of this contract."""
    *_, listed = re.split(rf"^{re.escape(contract)}.*\n-+\n", report, flags=re.MULTILINE)
    own = re.split(r"^.+\n-{3,}\n", listed, flags=re.MULTILINE)[0]
    return re.sub(r"^- +", "- ", own, flags=re.MULTILINE)


def broken_alone(checkout: Path, contract: str) -> bool:
    (name,) = broken(checkout)
    return name.startswith(contract)


def copied(repository: Path, target: Path) -> Path:
    for folder in ("shared", "aws_lambda", "azure_function"):
        shutil.copytree(repository / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repository / "pyproject.toml", target)
    return target


@pytest.fixture(scope="module")
def pristine(repository, tmp_path_factory) -> Path:
    return copied(repository, tmp_path_factory.mktemp("pristine"))


@pytest.fixture
def copy(pristine) -> Iterator[Path]:
    """The copy for one test; what the test plants is taken away again."""
    before = {path: path.read_text() for path in pristine.rglob("*.py")}
    yield pristine
    for path in pristine.rglob("*.py"):
        if path not in before:
            path.unlink()
        elif path.read_text() != before[path]:
            path.write_text(before[path])


class Breach(NamedTuple):
    """A line that a module must not hold, and the contract that lists it."""

    contract: str
    path: str
    line: str

    def __str__(self) -> str:
        return f"{self.path}: {self.line}"

    @property
    def listed(self) -> str:
        """The import as the report names it."""
        module = self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        found = re.fullmatch(r"from (?P<package>\S+) import (?P<name>\w+)|import (?P<top>\w+)\S*", self.line)
        assert found, self.line
        return f"- gatewatch.{module} -> {found['top'] or f'{found["package"]}.{found["name"]}'} (l."


BREACHES = [
    *(Breach(LAYERS, path, line) for path, line in UPWARD.items()),
    *(Breach(LAYERS, path, line) for path, line in SIDEWAYS.items()),
    *(Breach(GENERIC, path, "from gatewatch.providers.entra import facts") for path in GENERIC_MODULES),
    Breach(GENERIC, "alerts/compute.py", "from gatewatch.providers.newcomer import facts"),
    *(Breach(SDK, "stores/memory.py", f"import {sdk}") for sdk in SDKS),
]


@pytest.fixture(scope="module")
def report(repository, tmp_path_factory) -> str:
    """What one run says of a copy that holds every breach."""
    copy = copied(repository, tmp_path_factory.mktemp("breached"))
    plant(copy, "shared/gatewatch/providers/newcomer/__init__.py", '"""A provider that no contract names."""')
    plant(copy, "shared/gatewatch/providers/newcomer/facts.py", '"""Its facts."""')
    for breach in BREACHES:
        plant(copy, f"shared/gatewatch/{breach.path}", breach.line)
    return lint_imports(copy).stdout


def test_the_import_contracts_hold(copy):
    assert broken(copy) == []


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_a_breach_is_listed_under_its_contract(report, breach):
    assert breach.listed in section(report, breach.contract)


def test_a_breach_is_planted_in_a_module_that_exists(repository):
    assert [breach.path for breach in BREACHES if not (repository / "shared/gatewatch" / breach.path).is_file()] == []


@pytest.mark.parametrize("path", ["loose.py", "room/__init__.py"])
def test_a_module_outside_every_layer(copy, path):
    plant(copy, f"shared/gatewatch/{path}", '"""A module that no layer names."""')

    assert breaks(copy, LAYERS)


def test_the_package_itself_imports_no_room(copy):
    plant(copy, "shared/gatewatch/__init__.py", "from . import model")

    assert broken_alone(copy, ROOT)


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


@pytest.mark.parametrize(("importer", "imported"), [("azure_function", "aws_lambda"), ("aws_lambda", "azure_function")])
def test_one_cloud_does_not_import_the_other(copy, importer, imported):
    plant(copy, f"{importer}/__init__.py", f"import {imported}")

    assert broken_alone(copy, CLOUDS)
