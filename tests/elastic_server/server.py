"""One running server: started, waited for, asked as administrator, stopped."""

import atexit
import base64
import json
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import trustme

from tests.support.in_memory import MEMORY, memory

from .distribution import CannotStart, Distribution, distribution, wanted_version

START_SECONDS = 120
STOP_SECONDS = 20
JAVA = "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1"
"""The second compiler is for servers that live longer: without it one of ours takes half the CPU."""

OWNER = "owner"
ADMIN, PASSWORD = "admin", "throw-away-password"
HASHED = "$2a$04$GLljmTYQUZPAtuSVsq2drusoNhBgb.yqb4hdpsLUBNlRYgP5l2HEC"
"""That password as ``elasticsearch-users useradd`` writes it: the program would cost another start of a JVM."""


@dataclass(frozen=True)
class Running:
    """How to reach it. ``ca`` is a file, None where the server has no TLS (OpenSearch) or its certificate is public."""

    url: str
    version: str
    ca: Path | None = None
    api_key: str | None = field(default=None, repr=False)  # what an own server's administrator gave: used as it is
    user: str = ADMIN
    password: str = field(default=PASSWORD, repr=False)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    folder: Path | None = None

    @property
    def elastic(self) -> bool:
        """Elasticsearch, with security; OpenSearch comes bare."""
        return not self.version.startswith("opensearch-")

    @property
    def credentials(self) -> str:
        """The administrator's Authorization header."""
        if self.api_key:
            return f"ApiKey {self.api_key}"
        return f"Basic {base64.b64encode(f'{self.user}:{self.password}'.encode()).decode()}"

    def admin(self, method: str, path: str, body: object = None) -> Any:
        """One call as administrator; raises ``urllib.error.HTTPError``."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers={"Content-Type": "application/json"})
        if self.elastic:
            request.add_header("Authorization", self.credentials)
        context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None) if self.url.startswith("https:") else None
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            return json.loads(answer.read() or b"null")

    def key(self, role_descriptors: object, name: str = "test") -> str:
        """A new API key with these privileges, in the form that goes behind ``ApiKey``; a server of your own with only a key gives that."""
        if self.api_key:
            return self.api_key
        made = self.admin("POST", "/_security/api_key", {"name": name, "role_descriptors": role_descriptors})
        return str(made["encoded"])

    def stop(self) -> None:
        """End the server and remove what it wrote."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            _remove(self.folder)


@cache
def running(version: str | None = None) -> Running:
    """The server of this process: the one ELASTIC_URL names, else one of our own, stopped at exit. Raises ``CannotStart``.

    ELASTIC_URL goes with ELASTIC_USERNAME and ELASTIC_PASSWORD (an administrator, so that keys with fewer rights can be made),
    or with ELASTIC_API_KEY; and with ELASTIC_CA_FILE for a private certificate.
    """
    if os.environ.get("ELASTIC_URL"):
        return _own(os.environ)
    started = start(distribution(version or wanted_version(os.environ)))
    atexit.register(started.stop)
    return started


def _own(environment: Mapping[str, str]) -> Running:
    """The server that the environment names."""
    return Running(
        url=environment["ELASTIC_URL"].rstrip("/"),
        version=environment.get("ELASTIC_VERSION", "external"),
        ca=Path(environment["ELASTIC_CA_FILE"]) if environment.get("ELASTIC_CA_FILE") else None,
        api_key=environment.get("ELASTIC_API_KEY"),
        user=environment.get("ELASTIC_USERNAME", ADMIN),
        password=environment.get("ELASTIC_PASSWORD", PASSWORD),
    )


def start(found: Distribution) -> Running:
    """Start one on free ports and wait until it answers; raises ``CannotStart`` with the end of its log."""
    _forget_the_dead(found.home.parent)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=found.home.parent))
    (folder / OWNER).write_text(str(os.getpid()))
    stored = _stored(folder)
    stored.mkdir()
    url, ca = _configure(found, folder)
    user: dict[str, Any] = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid} if os.geteuid() == 0 else {}
    if user:
        for path in (stored, folder, *folder.rglob("*")):
            os.chown(path, pwd.getpwnam("nobody").pw_uid, user["group"])
    prefix, program = ("ES", "elasticsearch") if found.elastic else ("OPENSEARCH", "opensearch")
    environment = {
        "PATH": os.environ["PATH"],
        f"{prefix}_JAVA_HOME": str(found.java),
        f"{prefix}_PATH_CONF": f"{folder}/config",
        f"{prefix}_TMPDIR": f"{folder}/tmp",
        f"{prefix}_JAVA_OPTS": JAVA,
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([*_ending_with_us(), found.home / "bin" / program], env=environment, stdout=log, stderr=log, **user)
    server = Running(url, found.version, ca, process=process, folder=folder)
    _wait(server)
    return server


def _forget_the_dead(cache: Path) -> None:
    """Remove what runs that were killed have left behind."""
    for owner in cache.glob(f"run-*/{OWNER}"):
        try:
            os.kill(int(owner.read_text()), 0)
        except (ProcessLookupError, ValueError):
            _remove(owner.parent)
        except OSError:  # somebody else's, or gone already
            continue


def _stored(folder: Path) -> Path:
    """Where the server of a run's folder keeps its indices."""
    in_memory = MEMORY / f"gatewatch-{folder.name}"
    return in_memory if in_memory.is_dir() or memory() is not None else folder / "data"


def _remove(folder: Path) -> None:
    """Remove what a run has written."""
    for place in (_stored(folder), folder):
        shutil.rmtree(place, ignore_errors=True)


def _ending_with_us() -> list[str]:
    """A killed test run must not leave a server behind: where Linux can, the server hears of its parent's death."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "TERM"] if found else []


def _configure(found: Distribution, folder: Path) -> tuple[str, Path | None]:
    """Write the configuration; the address and the certificate authority."""
    config = folder / "config"
    shutil.copytree(found.home / "config", config)
    (folder / "tmp").mkdir()
    options = config / "jvm.options"  # its gc log and crash files go to the installation folder, which nobody cannot write
    options.write_text("".join(line for line in options.read_text().splitlines(keepends=True) if "logs/" not in line))
    http, transport = _free_ports()
    settings = [
        "cluster.name: gatewatch-test",
        "discovery.type: single-node",
        "http.host: 127.0.0.1",
        f"http.port: {http}",
        "transport.host: 127.0.0.1",
        f"transport.port: {transport}",
        f"path.data: {_stored(folder)}",
        f"path.logs: {folder}/logs",
        "cluster.max_shards_per_node: 5000",
        "cluster.routing.allocation.disk.threshold_enabled: false",
    ]
    if found.elastic:
        (config / "users").write_text(f"{ADMIN}:{HASHED}\n")
        (config / "users_roles").write_text(f"superuser:{ADMIN}\n")
        settings += [
            "xpack.security.enabled: true",
            "xpack.security.authc.api_key.enabled: true",
            "xpack.security.transport.ssl.enabled: false",
            "xpack.security.http.ssl.enabled: true",
            "xpack.security.http.ssl.certificate: http.pem",
            "xpack.security.http.ssl.key: http.key",
        ]
        authority = trustme.CA()
        authority.cert_pem.write_to_path(config / "ca.pem")
        leaf = authority.issue_cert("localhost", "127.0.0.1")
        leaf.private_key_pem.write_to_path(config / "http.key")
        for pem in (*leaf.cert_chain_pems, authority.cert_pem):
            pem.write_to_path(config / "http.pem", append=True)
    (config / ("elasticsearch.yml" if found.elastic else "opensearch.yml")).write_text("\n".join(settings) + "\n")
    return (f"https://127.0.0.1:{http}", config / "ca.pem") if found.elastic else (f"http://127.0.0.1:{http}", None)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _wait(server: Running) -> None:
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            server.admin("GET", "/_cluster/health?wait_for_status=yellow")
        except (OSError, urllib.error.URLError) as error:
            ended = server.process is not None and server.process.poll() is not None
            if ended or time.monotonic() > limit:
                log = (server.folder / "server.log").read_text(errors="replace")[-2_000:] if server.folder else ""
                server.stop()
                raise CannotStart(f"{server.version} did not start: {error}\n{log}") from error
            time.sleep(0.25)
        else:
            return
