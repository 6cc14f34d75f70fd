"""CONTRIBUTING.md says that a rule is one new file, one line (and its import) and one playbook page. This does it, on a copy."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

RULE = '''"""A console login with a client that no person types into."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...rule import Window, Finding, Rule, RuleMetadata
from ...samples import hit, miss
from ..detail import aws_of
from ..facts import CONSOLE_LOGIN, on
from ..samples import console_login

POINTS = 22


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """22 points for a script at the console."""
    event = activity.event
    if aws_of(event) is None or event.outcome is not Outcome.SUCCESS or "curl" not in (event.user_agent or ""):
        return None
    return Finding(POINTS, f"{event.user_name} signed in to the console with curl.")


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_console_login_by_script",
        title="AWS console login by a script",
        meaning="A console login came from a command line client.",
        family="aws",
        tier=2,
        attack=("T1021.007",),
        controls=("IAM-14",),
        references=("https://attack.mitre.org/techniques/T1021/007/",),
        false_positives=("Synthetic monitoring.",),
    ),
    on=on(CONSOLE_LOGIN),
    match=match,
    examples=(hit("curl", POINTS, console_login(user_agent="curl/8.5.0")), miss("a browser", console_login())),
)
'''
NAME = "aws_console_login_by_script"


@pytest.fixture
def copy(repository, tmp_path) -> Path:
    for folder in ("shared", "docs", "scripts", "examples", "tests/rules", "tests/support"):
        shutil.copytree(repository / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "tests/conftest.py"):
        shutil.copy(repository / file, tmp_path / file)
    return tmp_path


def python(checkout: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": f"{checkout / 'shared'}:{checkout}", "PATH": "/usr/bin:/bin"}
    return subprocess.run([sys.executable, *argv], cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def test_one_file_one_line_one_page_make_a_rule(copy):
    rules, playbooks = copy / "shared/gatewatch/providers/aws/rules", copy / "docs/playbooks"
    (rules / f"{NAME}.py").write_text(RULE)
    catalogue = (rules / "__init__.py").read_text()
    catalogue = catalogue.replace("from . import (\n", f"from . import (\n    {NAME},\n", 1)
    catalogue = catalogue.replace("    aws_cli_login.RULE,\n", f"    aws_cli_login.RULE,\n    {NAME}.RULE,\n", 1)
    (rules / "__init__.py").write_text(catalogue)
    headings = ("What happened", "Check first", "Evidence", "Contain", "Close as benign only with", "References")
    text = "\n\n".join(f"## {heading}\n\nIAM-16 IAM-14 IAM-11 IAM-10 IAM-09 IPY-03 IPY-02" for heading in headings)
    (playbooks / f"{NAME}.md").write_text(f"# AWS console login by a script\n\nRule `{NAME}`, T1021.007.\n\n{text}\n")

    docs = python(copy, "scripts/docs.py")
    with ThreadPoolExecutor() as both:
        listing = both.submit(python, copy, "-m", "gatewatch.cli", "rules", "--json")
        testing = both.submit(python, copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/rules/test_catalogue.py")
    listed, tested = listing.result(), testing.result()

    assert docs.returncode == 0, docs.stderr
    assert NAME in {json.loads(line)["id"] for line in listed.stdout.splitlines()}
    assert tested.returncode == 0, tested.stdout
    assert NAME in (copy / "README.md").read_text()
