"""The library and the command line run on Python 3.12 as they do here; only the two hosts need 3.13."""

import hashlib
import os
import ssl
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import trustme

from tests.elastic_server.fake import FakeBulk
from tests.elastic_server.faults import FaultProxy
from tests.support.wheel import NoInterpreterError, install

pytestmark = pytest.mark.packaging

VERSION = "3.12"

EVERY_MODULE = """
import importlib, pkgutil, gatewatch
names = [found.name for found in pkgutil.walk_packages(gatewatch.__path__, "gatewatch.") if not found.name.endswith("__main__") and not found.name.startswith("gatewatch.hosts.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""
DELIVER = """
import sys
from gatewatch.stores.elastic import Authorization, Client
from gatewatch.stores.elastic.bulk import Op, bulk
from gatewatch.stores.elastic.endpoint import endpoint
client = Client(endpoint(sys.argv[1], fingerprint=sys.argv[2]), Authorization.api_key("a:b"))
bulk(client, [Op(index="i", id="d", document=b"{}")])
client.close()
"""


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> Path:
    try:
        return install(tmp_path_factory.mktemp("python312"), VERSION)
    except NoInterpreterError as missing:
        pytest.skip(str(missing))


def run(python: Path | str, where: Path, *argv: object) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([python, *map(str, argv)], cwd=where, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_metadata_promises_it(repository: Path):
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))

    assert project["project"]["requires-python"] == f">={VERSION}"
    assert f"Programming Language :: Python :: {VERSION}" in project["project"]["classifiers"]
    assert project["tool"]["mypy"]["python_version"] == VERSION
    assert project["tool"]["ruff"]["target-version"] == "py312"


def test_every_module_of_the_library_is_imported(old: Path, repository: Path, tmp_path: Path):
    assert run(old, tmp_path, "-c", "import sys; print(sys.version_info[:2])").strip() == "(3, 12)"
    imported = int(run(old, tmp_path, "-c", EVERY_MODULE))

    modules = [file for file in (repository / "shared/gatewatch").rglob("*.py") if file.name != "__main__.py"]
    assert imported == len(modules) - 1  # the package itself is not listed in itself


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("replay", "records.jsonl", "--json"), id="replay"),
        pytest.param(("alerts", "list"), id="alerts"),
        pytest.param(("explain", "root_login_no_mfa.json"), id="explain"),
        pytest.param(("check", "cases.jsonl"), id="check"),
    ],
)
def test_a_command_says_the_same_as_here(old: Path, repository: Path, tmp_path: Path, command: tuple[str, ...]):
    examples = repository / "examples"
    argv = [examples / word if (examples / word).is_file() else word for word in command]
    said = []
    for python in (old, sys.executable):
        folder = tmp_path / f"with{len(said)}"
        folder.mkdir()
        if command[0] == "alerts":
            run(python, folder, "-m", "gatewatch.cli", "replay", examples / "records.jsonl", "--store", "sqlite:store.sqlite")
        store = ["--store", "sqlite:store.sqlite"] if command[0] in {"replay", "alerts"} else []
        said.append(run(python, folder, "-m", "gatewatch.cli", *argv, *store))

    assert said[0] == said[1] != ""


def test_a_pinned_authority_is_found_in_the_chain(old: Path, tmp_path: Path):
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    chain = trustme.Blob(b"".join(pem.bytes() for pem in (*leaf.cert_chain_pems, authority.cert_pem)))
    with chain.tempfile() as certificates, leaf.private_key_pem.tempfile() as key:
        context.load_cert_chain(certificates, key)
    backend = FakeBulk()
    pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())).hexdigest()

    with FaultProxy(backend, tls=context) as proxy:
        run(old, tmp_path, "-c", DELIVER, proxy.url, pin)

    assert backend.documents
