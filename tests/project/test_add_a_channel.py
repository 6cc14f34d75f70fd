"""CONTRIBUTING.md says that a channel is one new file and one line (and its import). This does it, on a copy."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHANNEL = '''"""A pager that takes one line of text over https."""

from collections.abc import Callable

from ...errors import NotifyUnavailable
from ...ports import Notice, Notifier
from ...settings import Configuration, SecretField
from ...settings.kinds import URL
from .. import text
from ..links import Links
from .channel import Channel

HOOK = SecretField(name="PAGER_URL", reference="PAGER_URL_SECRET_ARN", kind=URL, help="address of the hook of the pager")


class PagerNotifier:
    """Sends the subject."""

    name = "pager"

    def __init__(self, hook: Callable[[], str]) -> None:
        self._hook = hook

    def send(self, notice: Notice) -> None:
        """Post one line."""
        import urllib3

        try:
            urllib3.request("POST", self._hook(), body=text.subject(notice).encode(), retries=False)
        except urllib3.exceptions.HTTPError as error:
            raise NotifyUnavailable(type(error).__name__) from None


def build(configuration: Configuration, _links: Links) -> Notifier:
    """The notifier of the hook."""
    return PagerNotifier(configuration.secret(HOOK, NotifyUnavailable))


CHANNEL = Channel(name="pager", title="Pager", needs=(HOOK,), build=build)
'''

BOTH_HOSTS = """
import json
from aws_lambda import settings as aws, wiring as aws_wiring
from aws_lambda.clients import Clients
from aws_lambda.secrets import Secrets
from azure_function import settings as azure, wiring as azure_wiring
from gatewatch.cli import wiring as cli
from gatewatch.notify import settings as notify
from gatewatch.settings import Configuration

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:pager-AbCdEf"
store = {"GATEWATCH_STORE": "memory:", "NOTIFY_CHANNELS": "sns,pager"}
topic = {"NOTIFICATION_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts", "DEAD_LETTER_QUEUE_URL": "https://sqs.example/dead"}
state = {"TENANT_ID": "t", "STATE_CONNECTION": "UseDevelopmentStorage=true"}

clients = Clients()
function = Configuration(aws.load({**store, **topic, "PAGER_URL_SECRET_ARN": ARN}), Secrets(lambda: clients.secrets).source)
app = Configuration(azure.load({**store, **state, "PAGER_URL": "https://pager.example/hook"}).values)
print(json.dumps({
    "aws": [notify.channels(function, aws.OWN_CHANNELS), sorted(notify.notifiers(function, aws_wiring.builders(clients)))],
    "azure": [notify.channels(app, azure.OWN_CHANNELS), sorted(notify.notifiers(app, azure_wiring.OWN_BUILDERS))],
    "redriven at the command line": azure_wiring.redriving(None, store).channels,
}))
"""


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Path:
    for folder in ("shared", "aws_lambda", "azure_function", "docs", "scripts", "examples", "infra"):
        shutil.copytree(repository / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "template.yaml"):
        shutil.copy(repository / file, tmp_path / file)
    return tmp_path


def python(checkout: Path, *words: str) -> str:
    environment = {"PYTHONPATH": f"{checkout / 'shared'}:{checkout}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *words], cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def with_pager(copy: Path) -> Path:
    """The copy with one file and one line more."""
    folder = copy / "shared/gatewatch/notify/channels"
    (folder / "pager.py").write_text(CHANNEL)
    registry = (folder / "__init__.py").read_text()
    registry = registry.replace("from . import slack, sns", "from . import pager, slack, sns", 1)
    registry = registry.replace("    teams.CHANNEL,\n", "    teams.CHANNEL,\n    pager.CHANNEL,\n", 1)
    (folder / "__init__.py").write_text(registry)
    return copy


def test_both_hosts_and_the_command_line_take_the_channel(with_pager: Path):
    assert json.loads(python(with_pager, "-c", BOTH_HOSTS)) == {
        "aws": [["sns", "pager"], ["pager", "sns"]],
        "azure": [["sns", "pager"], ["pager"]],
        "redriven at the command line": ["sns", "pager"],
    }


def test_the_settings_page_and_both_templates_follow(with_pager: Path):
    python(with_pager, "scripts/docs.py")
    page = (with_pager / "docs/settings.md").read_text()
    assert "| `pager` | Pager | `PAGER_URL_SECRET_ARN`, `PAGER_URL` | AWS, Azure |" in page
    assert "Address of the hook of the pager." in page
    assert (
        'AllowedValues: [wired, sns, teams, pager, slack, webhook, "sns,teams", "sns,pager"' in (with_pager / "template.yaml").read_text()
    )
    assert (
        "@allowed(['sns', 'teams', 'pager', 'slack', 'webhook', 'sns,teams', 'sns,pager'" in (with_pager / "infra/main.bicep").read_text()
    )
