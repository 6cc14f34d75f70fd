"""Microsoft's storage emulator, started from node_modules on free loopback ports, in memory.

with Azurite() as storage:
    ... run the function with storage.environment() ...
"""

import base64
import os
import re
import secrets
import subprocess
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import trustme

from .node import tool

ACCOUNT = "gatewatchtest"
LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at https?://127\.0\.0\.1:(\d+)")
START_SECONDS = 60


class Azurite:
    """Queue and Table storage. Raises ``NodeMissing`` where there is no Node.

    ``secure``: over TLS, and Entra tokens are accepted beside the key, as identity-based storage asks for.
    """

    def __init__(self, *, secure: bool = False) -> None:
        self._command = tool("azurite")
        self._folder = TemporaryDirectory(prefix="azurite-")
        self._scheme = "https" if secure else "http"
        self.authority_file = Path(self._folder.name) / "authority.pem"
        self._key = base64.b64encode(secrets.token_bytes(64)).decode()
        self._ports: dict[str, str] = {}
        self._ready = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        hosts = [part for name in ("blob", "queue", "table") for part in (f"--{name}Host", "127.0.0.1", f"--{name}Port", "0")]
        self._process = subprocess.Popen(
            [*self._command, *hosts, *self._tls(), "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"],
            env={**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{self._key}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._ready.wait(START_SECONDS):
            self.__exit__()
            raise RuntimeError("azurite did not start")
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        self._folder.cleanup()

    def _tls(self) -> list[str]:
        if self._scheme == "http":
            return []
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.authority_file)
        issued, folder = authority.issue_cert("127.0.0.1"), Path(self._folder.name)
        issued.private_key_pem.write_to_path(folder / "key.pem")
        for part in issued.cert_chain_pems:
            part.write_to_path(folder / "cert.pem", append=True)
        return ["--cert", str(folder / "cert.pem"), "--key", str(folder / "key.pem"), "--oauth", "basic"]

    def _listen(self) -> None:
        """Reads the ports it chose, then keeps its output from filling the pipe."""
        for line in self._process.stdout or ():
            found = LISTENING.search(line)
            if found:
                self._ports[found[1]] = found[2]
            if len(self._ports) == 3:
                self._ready.set()
        self._process.stdout.close()

    @property
    def connection(self) -> str:
        """A connection string, as the SDKs read it."""
        ends = "".join(f"{name}Endpoint={self.endpoint(name)};" for name in sorted(self._ports))
        return f"DefaultEndpointsProtocol={self._scheme};AccountName={ACCOUNT};AccountKey={self._key};{ends}"

    def endpoint(self, service: str) -> str:
        """The address of ``Table``, ``Queue`` or ``Blob``."""
        return f"{self._scheme}://127.0.0.1:{self._ports[service]}/{ACCOUNT}"

    def environment(self, state: str = "gatewatch") -> dict[str, str]:
        """App settings that keep state here; ``state`` names table and queue, so that tests can have their own."""
        return {"STATE_CONNECTION": self.connection, "CHECKPOINT_TABLE": state, "DEAD_LETTER_QUEUE": state}
