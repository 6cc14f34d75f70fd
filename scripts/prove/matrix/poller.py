"""Azure as deployed: the function app on Microsoft's runtime, a fake Graph of both versions, and a real index for the endpoint query."""

import contextlib
import json
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from azure_function.settings import STREAM_NAMES
from gatewatch.stores.elastic import Authorization, Client
from gatewatch.stores.elastic.client import ELASTICSEARCH, NDJSON, OPENSEARCH
from gatewatch.stores.elastic.endpoint import endpoint
from gatewatch.stores.elastic.index_pages import reader_key
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.functions_runtime import FunctionsRuntime
from tests.elastic_server.server import Running

ROOT = Path(__file__).resolve().parents[3]
PATTERN = "prove-*"
MAPPINGS = {
    "dynamic_templates": [{"texts": {"match_mapping_type": "string", "mapping": {"type": "keyword", "ignore_above": 1024}}}],
    "properties": {"@timestamp": {"type": "date"}},
}
"""As Elastic's own templates map text that nobody searches word by word."""


class PollerPath:
    """One function app; every play has a tenant, a state and a cloud of its own."""

    def __init__(self, runtime: FunctionsRuntime, storage: Azurite, store: str, server: Running | None) -> None:
        self._runtime, self._storage, self._store, self._server = runtime, storage, store, server
        self._key = server.key(reader_key((PATTERN,), "endpoint")["role_descriptors"], "prove") if server else ""

    @property
    def has_index(self) -> bool:
        """Whether there is a server for the endpoint query."""
        return self._server is not None

    def graph(self, sign_ins: Sequence[dict[str, Any]], risks: Sequence[dict[str, Any]], api: str, *, every_stream: bool) -> None:
        """Show the records to the pollers of one version of Graph, and let them read everything."""
        with FakeCloud() as cloud:
            cloud.graph.add_sign_ins(*sign_ins)
            cloud.graph.add_risk_detections(*risks)
            streams = {"STREAMS": ",".join(STREAM_NAMES)} if every_stream else {}
            with self._runtime.settings({**self._settings(cloud), "GRAPH_API": api, **streams}):
                self._fire("poll_sign_ins", "poll_risk_detections", "sweep")

    def index(self, documents: Sequence[dict[str, Any]]) -> None:
        """Put the documents into an index of their own and let the endpoint poller read it."""
        server = self._server
        if server is None:
            return
        name = f"prove-{uuid.uuid4().hex[:12]}"
        _written(server, name, documents)
        place = {"ENDPOINT_INDICES": name, "ENDPOINT_ELASTIC_URL": server.url, "ENDPOINT_ELASTIC_API_KEY": self._key}
        trust = {"ENDPOINT_ELASTIC_CA_FILE": str(server.ca)} if server.ca else {}
        with FakeCloud() as cloud, self._runtime.settings({**self._settings(cloud), **place, **trust}):
            self._fire("poll_endpoint", "sweep")
        server.admin("DELETE", f"/{name}")

    def _settings(self, cloud: FakeCloud) -> dict[str, str]:
        state = f"t{uuid.uuid4().hex}"
        return {
            **cloud.environment(),
            **self._storage.environment(state),
            "TENANT_ID": f"{state[1:9]}-0000-4000-8000-000000000000",
            "GATEWATCH_STORE": self._store,
            "FIRST_LOOK_BACK_HOURS": str(14 * 24),
            "MAX_SLICE_MINUTES": str(24 * 60),
            "RUN_DEADLINE_SECONDS": "600",
            "RISK_LOOK_BACK_HOURS": str(3 * 24),
        }

    def _fire(self, *functions: str) -> None:
        for name in functions:
            done = self._runtime.fire(name)
            if not done.ok:
                raise RuntimeError(f"{name} failed: {done.error}\n{done.trace}")


def _written(server: Running, name: str, documents: Sequence[dict[str, Any]]) -> None:
    lines = [line for document in documents for line in ({"create": {}}, document)]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    place = endpoint(server.url, ca_file=str(server.ca) if server.ca else None)
    client = Client(
        place, Authorization(server.credentials) if server.elastic else None, peer=ELASTICSEARCH if server.elastic else OPENSEARCH
    )
    try:
        answer = client.send("POST", f"/{name}/_bulk", body, NDJSON, params={"refresh": "true"})
        if answer.body["errors"]:
            raise RuntimeError(f"the index refused a document: {answer.body}")
    finally:
        client.close()


@contextlib.contextmanager
def opened(store: str, server: Running | None) -> Iterator[PollerPath]:
    """Starts the runtime and the storage emulator."""
    if server is not None:
        server.admin("PUT", "/_index_template/prove", {"index_patterns": [PATTERN], "priority": 950, "template": {"mappings": MAPPINGS}})
    with Azurite() as storage, FunctionsRuntime(ROOT, {}) as runtime:
        yield PollerPath(runtime, storage, store, server)
