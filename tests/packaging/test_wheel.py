"""What `pip install gatewatch` brings: the library with both hosts below it, typed, with its command, and nothing of this repository beside."""

import configparser
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.wheel import build

pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(build(folder)) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_adds_one_name_to_an_environment(unpacked: Path):
    names = {path.name for path in unpacked.iterdir()}

    assert {name for name in names if not name.endswith(".dist-info")} == {"gatewatch"}
    assert (unpacked / "gatewatch" / "py.typed").is_file()


def test_every_module_of_the_library_is_in_it(unpacked: Path, repository: Path):
    def modules(root: Path) -> set[Path]:
        return {path.relative_to(root) for path in root.rglob("*.py")}

    hosts = {Path("hosts", host, name) for host in ("aws_lambda", "azure_function") for name in modules(repository / host)}
    assert modules(unpacked / "gatewatch") == modules(repository / "shared" / "gatewatch") | hosts


def test_it_names_its_command_its_licence_and_its_extras(unpacked: Path):
    (info,) = unpacked.glob("*.dist-info")
    points = configparser.ConfigParser()
    points.read(info / "entry_points.txt")
    metadata = (info / "METADATA").read_text("utf-8")

    assert points["console_scripts"]["gatewatch"] == "gatewatch.cli:main"
    assert "License-Expression: Apache-2.0" in metadata
    assert all(f"Provides-Extra: {extra}" in metadata for extra in ("aws", "azure"))
    assert "Project-URL: Documentation" in metadata
    assert re.findall(r"\]\((?!https?://|#)[^)]*\)", metadata) == []  # a package index has no files beside the README
    assert (info / "licenses" / "LICENSE").is_file()


def test_the_command_works_from_the_wheel_alone(unpacked: Path, repository: Path, tmp_path: Path):
    program = "import gatewatch, sys; from gatewatch.cli import main; print(gatewatch.__file__); sys.exit(main())"
    argv = ["check", str(repository / "examples" / "cases.jsonl")]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked)}

    done = subprocess.run(
        [sys.executable, "-c", program, *argv], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(unpacked))
    assert "0 failed, 0 unsupported" in done.stdout


def test_the_core_needs_msgspec_alone(unpacked: Path, tmp_path: Path):
    modules = "gatewatch.flow.pipeline, gatewatch.flow.replay, gatewatch.stores.sqlite, gatewatch.tuning.file, gatewatch.notify.text"
    program = f"import sys, {modules}; print(*({{name.partition('.')[0] for name in sys.modules}} - sys.stdlib_module_names))"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked)}

    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)

    brought = {name for name in done.stdout.split() if not name.startswith("_")}
    assert brought <= {"gatewatch", "msgspec", "typing_extensions"}  # msgspec takes the last where it is installed
