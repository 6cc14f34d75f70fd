"""The packages that are built in: what is left of the SDK builds every request of ours, and the staged app polls and sweeps with it alone.

The folder is made of links to what is installed here, with what ``make package-azure`` would leave out left out: installing and deleting
170 MB is the command's own work.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import sysconfig
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scripts import azure_packages
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.records import risk_detection, risky_sign_in, sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.functions_runtime import start_child

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

WHOLE = Path(sysconfig.get_path("purelib"))
NEEDED_HERE = ("azure_functions_runtime", "psutil", "dateutil", "six.py")
"""What Microsoft's worker brings, and the package does not."""
DEPLOYS = re.compile(r"func azure functionapp publish[^\n`]*|az functionapp deployment[^\n`]*|az functionapp deploy [^\n`]*")


@pytest.fixture(scope="module")
def staged(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = importlib.util.spec_from_file_location("stage_azure", repository / "scripts" / "stage_azure.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    target = tmp_path_factory.mktemp("staged") / "azure"
    module.stage(target)
    return target


def locked(staged: Path) -> list[str]:
    """The names of the lock."""
    return re.findall(r"^([a-z0-9-]+)==", (staged / "requirements.txt").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def packages(staged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As ``prune`` leaves them."""
    target = tmp_path_factory.mktemp("packages")
    for name in locked(staged):
        found = azure_packages.distribution(WHOLE, name)
        for own in azure_packages.top_level(found) if found is not None and name not in azure_packages.LEFT_OUT else ():
            if own != azure_packages.SDK and not (target / own).exists():
                (target / own).symlink_to(WHOLE / own)
    for file in azure_packages.kept(WHOLE, azure_packages.walked(staged, WHOLE)[1]):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(WHOLE / file, target / file)
    return target


def test_the_builders_in_use_are_found_in_the_code(repository: Path):
    code = repository / "azure_function"
    assert {"audit_logs.sign_ins", "identity_protection.risk_detections"} <= set(azure_packages.builders(code))
    assert azure_packages.methods(code) == ["by_sign_in_id"]


def test_every_request_builder_in_use_imports_from_what_is_left(staged: Path, packages: Path):
    asked, modules = azure_packages.walked(staged, packages)
    assert asked == len(azure_packages.builders(staged / "azure_function")) + len(azure_packages.methods(staged / "azure_function"))
    assert len(modules) < 30


def test_a_builder_that_was_left_out_is_noticed(staged: Path, packages: Path, tmp_path: Path):
    (found,) = (packages / azure_packages.SDK).rglob("risk_detections_request_builder.py")
    aside = tmp_path / found.name
    shutil.move(found, aside)
    try:
        with pytest.raises(subprocess.CalledProcessError):
            azure_packages.walked(staged, packages)
    finally:
        shutil.move(aside, found)


def test_what_is_left_out_is_in_the_lock_and_imported_by_nothing(staged: Path, packages: Path):
    assert set(azure_packages.LEFT_OUT) <= set(locked(staged))
    seen = "import sys, function_app, json; from azure_function.clients import dead_letter_queue; print(json.dumps(sorted(sys.modules)))"
    loaded = {name.partition(".")[0] for name in json.loads(azure_packages.alone(staged, packages, seen))}
    assert not loaded & set(azure_packages.LEFT_OUT)


def test_the_app_polls_and_sweeps_alone_with_what_is_left(staged: Path, packages: Path, storage: Azurite, tmp_path: Path):
    for name in NEEDED_HERE:
        if (WHOLE / name).exists() and not (packages / name).exists():
            (packages / name).symlink_to(WHOLE / name)
    now = datetime.now(UTC)
    with FakeCloud() as cloud:
        named = sign_in(now - timedelta(days=5))
        cloud.graph.add_sign_ins(risky_sign_in(now - timedelta(minutes=5)), named)
        cloud.graph.add_risk_detections(risk_detection(now - timedelta(minutes=5), requestId=named["id"]), {"broken": True})
        settings = {**cloud.environment(), **storage.environment("slim"), "GATEWATCH_STORE": f"sqlite:{tmp_path / 'store.sqlite'}"}
        timers = ("poll_sign_ins", "poll_risk_detections", "sweep")
        child = start_child(staged, settings, *timers, packages=packages)
        said, _ = child.communicate(timeout=120)
    done = [json.loads(line) for line in said.splitlines()]
    assert [one["ok"] for one in done] == [True] * 3, [one["trace"] for one in done]
    assert len(cloud.teams.cards) >= 1


def test_every_documented_deployment_says_no_remote_build(repository: Path):
    pages = [*(repository / "docs").rglob("*.md"), repository / "README.md", repository / "CONTRIBUTING.md"]
    found = [command for page in pages for command in DEPLOYS.findall(page.read_text("utf-8"))]
    assert found
    assert [command for command in found if "--no-build" not in command and "--build-remote false" not in command] == []
