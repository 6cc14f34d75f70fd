"""A provider is one folder and one line (and its import) in the catalogue. This adds the example provider on a copy of the repository."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GENERIC = ("model", "reading", "tuning", "scoring", "alerts", "flow", "polling", "documents", "notify", "stores", "cli")
SIGN_IN = {
    "uuid": "9b2f0001",
    "eventType": "user.session.start",
    "published": "2026-11-20T12:00:00Z",
    "org": "acme",
    "actor": {"alternateId": "alice@contoso.com"},
    "client": {"ipAddress": "198.51.100.77"},
    "outcome": {"result": "SUCCESS"},
    "debugContext": {"risk": "HIGH"},
}
PROGRAM = """
import json, sys
from datetime import UTC, datetime
from gatewatch.documents import alert_document
from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.notify import text
from gatewatch.ports import AlertQuery, Notice, Ports
from gatewatch.stores.sqlite import SqliteStore

store = SqliteStore("alerts.sqlite")
record = RawRecord(data=json.loads(sys.argv[1]))
counts = process([record], Ports(store=store, clock=lambda: datetime(2026, 11, 20, 12, 5, tzinfo=UTC))).counts()
(alert,) = store.search(AlertQuery())
notice = Notice(alert=alert, why="new")
print(json.dumps({"counts": counts, "document": alert_document(alert), "message": text.message(notice), "subject": text.subject(notice)}))
"""
# Each part that a provider must have, and what is left of it when somebody forgets it.
LEFT_OUT = [
    pytest.param(name, id=f"no {name}")
    for name in (
        "recognise", "ignore_reasons", "keep", "versioning", "links", "features", "teaches", "activities", "linking_reach", "document", "text",
        "account_label", "first_steps", "links_for_people", "rules", "samples", "details",
    )
]  # fmt: skip
EMPTY = [
    pytest.param("first_steps=()", r"first_steps=\([^\n]*\)", id="no first steps"),
    pytest.param("rules=()", "rules=RULES", id="no rules"),
    pytest.param("samples=tuple", "samples=_samples", id="no samples"),
    pytest.param('account_label=""', 'account_label="Okta organisation"', id="no word for its account"),
    pytest.param("features=lambda _event: ()", "features=sign_in_features", id="nothing is taught"),
    pytest.param(
        "teaches=lambda _event: False", r"teaches=lambda event: isinstance\(event.detail, OktaSignIn\)", id="features that nothing teaches"
    ),
    pytest.param("names=lambda _event: ()", r"names=lambda event: unique\(event.user_name\)", id="no name of the person"),
    pytest.param('used=lambda _event: ""', 'used=lambda _event: "Okta session"', id="no word for what was used"),
    pytest.param("mapping=tuple", "mapping=lambda: _FIELDS", id="fields that no mapping has"),
    pytest.param("details=()", r"details=\(OktaSignIn,\)", id="no detail of its own"),
    pytest.param("recognise=lambda _record: None", "recognise=recognise", id="recognises nothing"),
    pytest.param("activities=lambda _records: []", "activities=plain", id="makes no activity"),
]


@pytest.fixture
def copy(repository, tmp_path) -> Path:
    for folder in ("shared", "scripts", "docs/playbooks", "tests/contract", "tests/builders", "tests/support", "tests/elastic_server"):
        shutil.copytree(repository / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(repository / file, tmp_path / file)
    (tmp_path / "docs/playbooks/okta_risky_signin.md").write_text("# Okta sign-in at high risk\n")
    providers = tmp_path / "shared/gatewatch/providers"
    shutil.copytree(repository / "examples/okta", providers / "okta", ignore=shutil.ignore_patterns("__pycache__", "README.md"))
    catalogue = (providers / "catalogue.py").read_text()
    catalogue = catalogue.replace(
        "from .provider import Provider\n", "from .okta.provider import PROVIDER as OKTA\nfrom .provider import Provider\n"
    )
    (providers / "catalogue.py").write_text(catalogue.replace("    ENDPOINT,\n)", "    ENDPOINT,\n    OKTA,\n)"))
    return tmp_path


def python(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": f"{checkout / 'shared'}:{checkout}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *words], cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def contract(checkout: Path) -> subprocess.CompletedProcess[str]:
    return python(
        checkout,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "tests/contract/test_providers.py",
        "tests/contract/test_providers_words.py",
    )


def test_the_added_provider_alerts_and_reads_right_everywhere(copy):
    done = python(copy, "-c", PROGRAM, json.dumps(SIGN_IN))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert told["counts"] == {"stored": 1}
    assert told["subject"] == "HIGH 73: Okta sign-in at high risk - alice@contoso.com (new)"
    assert re.search(r"^Account +Okta organisation acme$", told["message"], re.MULTILINE)
    assert "1. Ask the person on another channel." in told["message"]
    assert "Read the event: GET https://acme.okta.com/api/v1/logs/9b2f0001" in told["message"]
    assert told["document"]["okta"] == {"uuid": "9b2f0001"}
    assert (told["document"]["cloud"]["account"]["id"], told["document"]["gatewatch"]["family"]) == ("acme", "okta")


def test_the_added_provider_passes_the_contract_of_providers(copy):
    done = contract(copy)

    assert done.returncode == 0, done.stdout


def test_no_generic_room_was_edited(copy, repository):
    for room in GENERIC:
        ours, theirs = repository / "shared/gatewatch" / room, copy / "shared/gatewatch" / room
        assert {p.relative_to(ours): p.read_bytes() for p in ours.rglob("*.py")} == {
            p.relative_to(theirs): p.read_bytes() for p in theirs.rglob("*.py")
        }


@pytest.mark.parametrize("part", LEFT_OUT)
def test_a_part_that_is_left_out_is_an_error_at_once(copy, part):
    provider = copy / "shared/gatewatch/providers/okta/provider.py"
    text, found = re.subn(rf"^    {part}=.*?(?=^    \w+=|^\)$)", "", provider.read_text(), count=1, flags=re.MULTILINE | re.DOTALL)
    assert found == 1
    provider.write_text(text)

    done = python(copy, "-c", "import gatewatch.providers.catalogue")

    assert done.returncode == 1
    assert f"Missing required argument '{part}'" in done.stderr


def test_a_part_that_is_left_out_is_a_type_error_as_well(copy):
    provider = copy / "shared/gatewatch/providers/okta/provider.py"
    provider.write_text(provider.read_text().replace("    recognise=recognise,\n", ""))

    done = python(copy, "-m", "mypy", "--config-file", "pyproject.toml", "--follow-imports=silent", str(provider))

    assert 'Missing named argument "recognise" for "Provider"' in done.stdout


@pytest.mark.parametrize(("empty", "pattern"), EMPTY)
def test_a_part_that_is_there_but_empty_fails_the_contract(copy, empty, pattern):
    provider = copy / "shared/gatewatch/providers/okta/provider.py"
    text, found = re.subn(pattern, empty, provider.read_text(), count=1)
    assert found == 1
    provider.write_text(text)

    done = contract(copy)

    assert done.returncode == 1, done.stdout
