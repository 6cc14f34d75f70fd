"""The staged folder: what is in it, and that it runs alone on Microsoft's runtime."""

import importlib.util
import json
import sysconfig
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.records import risky_sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.functions_runtime import start_child

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

MOST_BYTES = 6_000_000  # sources and byte code; 5.6 MB with the directory audits of 2026-11-28


@pytest.fixture(scope="module")
def artifact(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = importlib.util.spec_from_file_location("stage_azure", repository / "scripts" / "stage_azure.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    target = tmp_path_factory.mktemp("staged") / "azure"
    module.stage(target)
    module.compiled(target)
    return target


def test_the_top_holds_the_host_s_files_and_two_packages(artifact: Path):
    assert {p.name for p in artifact.iterdir()} - {"__pycache__"} == {
        "host.json",
        "function_app.py",
        "requirements.txt",
        "azure_function",
        "gatewatch",
    }


def test_nothing_but_the_product_is_in_it(artifact: Path):
    names = [p.relative_to(artifact).as_posix() for p in artifact.rglob("*") if p.is_file()]
    assert not [n for n in names if n.startswith(("gatewatch/cli", "azure_function/cli.py")) or "test" in n or "local.settings" in n]
    assert sum((artifact / n).stat().st_size for n in names) < MOST_BYTES


def test_every_module_has_byte_code(artifact: Path):
    sources = list(artifact.rglob("*.py"))
    assert sources
    assert not [p for p in sources if not list((p.parent / "__pycache__").glob(f"{p.stem}.cpython-313.pyc"))]


def test_requirements_are_hashes_and_name_no_index(artifact: Path):
    lines = (artifact / "requirements.txt").read_text().splitlines()
    assert any("--hash=sha256:" in line for line in lines)
    assert not [line for line in lines if "://" in line or line.startswith(("-e", ".", "/", "--index", "--extra"))]


def test_it_polls_alone_on_the_real_runtime(artifact: Path, storage: Azurite, tmp_path: Path):
    with FakeCloud() as cloud:
        cloud.graph.add_sign_ins(risky_sign_in(datetime.now(UTC) - timedelta(minutes=5)))
        settings = {**cloud.environment(), **storage.environment("staged"), "GATEWATCH_STORE": f"sqlite:{tmp_path / 'store.sqlite'}"}
        child = start_child(artifact, settings, "poll_sign_ins", packages=Path(sysconfig.get_path("purelib")))
        said, _ = child.communicate(timeout=60)
        assert json.loads(said)["ok"], json.loads(said)["trace"]
        assert len(cloud.teams.cards) == 1
