"""The commands of the Azure pages: Gatewatch's own are parsed, and those that read a tenant are run against the fake one; the rest is listed."""

import importlib.util
import io
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest

from gatewatch.cli import main
from gatewatch.cli.program import parser
from gatewatch.cli.screen import Screen
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.records import TENANT, risky_sign_in
from scripts.local_cloud.fake_cloud.server import FakeCloud
from tests.support.azure_faults import ROLES
from tests.support.host_commands import commands

READ_A_TENANT = ("gatewatch poll", "gatewatch backfill azure", "gatewatch doctor azure")
ISO = re.compile(r"\b20\d\d-\d\d-\d\d\b")


def _module(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("not_run_page", repository / "scripts" / "not_run_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ROOT = Path(__file__).resolve().parents[3]
PAGE = _module(ROOT)
COMMANDS = commands()
MENTIONED = {f"gatewatch {name}" for command in COMMANDS for name in (command.name, command.name.partition(" ")[0])}
SHOWN = sorted({line for line, _ in PAGE.shown() if line.startswith("gatewatch ") and line not in MENTIONED})
RUN = [line for line in SHOWN if line.startswith(READ_A_TENANT)]


@pytest.fixture(scope="module")
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud() as running:
        yield running


@pytest.fixture
def tenant(cloud: FakeCloud, storage: Azurite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant, a storage account and a folder; the settings are the environment's."""
    cloud.graph.tenant.roles = ROLES
    cloud.graph.add_sign_ins(risky_sign_in(datetime.now(UTC) - timedelta(minutes=5)))
    login = {"GRAPH_AUTHORITY": cloud.secure_url, "REQUESTS_CA_BUNDLE": str(cloud.authority_file)}
    state = storage.environment(f"t{uuid4().hex}")
    for name, value in {**cloud.environment(), **login, **state, "GATEWATCH_STORE": "sqlite:gatewatch.sqlite"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    Path("settings.json").write_text("[]")
    monkeypatch.setattr("time.sleep", _interrupt)


def _interrupt(seconds: float) -> None:
    """A pause between two runs of a poll ends it, as Ctrl-C does; shorter ones are not waited for."""
    if seconds > 60:
        raise KeyboardInterrupt


def test_every_command_that_is_shown_is_one():
    top = parser(COMMANDS)

    for line in SHOWN:
        assert top.parse_args(shlex.split(line.replace("...", "PLACE"))[1:]).command, line
    assert len(SHOWN) >= 10


@pytest.mark.storage
@pytest.mark.parametrize("line", RUN)
def test_a_command_that_reads_a_tenant_does_so(line: str, tenant: None, cloud: FakeCloud):
    ago = iter([20, 10])
    line = ISO.sub(lambda _: f"{datetime.now(UTC) - timedelta(days=next(ago)):%Y-%m-%d}", line).replace("TENANT_ID", TENANT)
    screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())

    code = main([*shlex.split(line)[1:], *([] if "--login" in line else ["--login", "managed"])], screen)

    assert code in ({1, 2} if "doctor" in line else {0, 130}), screen.err.getvalue()  # there is no Elasticsearch, and nothing has polled
    assert screen.out.getvalue()


def test_what_cannot_be_run_is_listed_with_what_it_needs(repository: Path):
    listed = (repository / "docs/not_run_here.md").read_text("utf-8")
    skipped = {line for line, _ in PAGE.shown() if not line.startswith(PAGE.RUN_BY_TESTS)}

    assert [line for line in skipped if f"| `{line.replace('|', chr(92) + '|')}` |" not in listed] == []
    assert all(f"`{line}" in listed for line in ("func start", "az deployment group create", "az rest", "TEAMS_WEBHOOK_URL="))


def test_a_command_that_nobody_classified_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(PAGE, "shown", lambda: iter([("kubectl get pods", "azure.md")]))

    with pytest.raises(LookupError, match="kubectl get pods"):
        PAGE.not_run()
