"""One tenant, its function app on Microsoft's runtime, and what its responders saw."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import TableClient
from azure.storage.queue import QueueClient, TextBase64DecodePolicy

from gatewatch.model import Alert
from gatewatch.ports import AlertQuery, Store
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.server import FakeCloud
from scripts.local_cloud.functions_runtime import FunctionsRuntime, Invocation


def ago(**span: float) -> datetime:
    """A moment before now."""
    return datetime.now(UTC) - timedelta(**span)


@contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nobody answers, for as long as the context lives."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@dataclass
class World:
    """Everything a test touches. Each has its own tenant, table, queue, store and cloud."""

    runtime: FunctionsRuntime
    storage: Azurite
    cloud: FakeCloud
    store: Mapping[str, str]  # the settings that name the store
    open: Callable[[], Store]
    name: str = field(default_factory=lambda: f"t{uuid4().hex}")

    def settings(self) -> dict[str, str]:
        """The app settings of this world."""
        return {
            **self.cloud.environment(),
            **self.storage.environment(self.name),
            "TENANT_ID": self.tenant,
            **self.store,
            "FIRST_LOOK_BACK_HOURS": "4",
        }

    @property
    def tenant(self) -> str:
        """This world's tenant id."""
        return f"{self.name[1:9]}-0000-4000-8000-000000000000"

    def fire(self, function: str) -> Invocation:
        """Run one timer."""
        return self.runtime.fire(function)

    def poll(self) -> None:
        """The sign-in timer; must succeed."""
        self._must("poll_sign_ins")

    def poll_risk(self) -> None:
        """The risk timer; must succeed."""
        self._must("poll_risk_detections")

    def sweep(self) -> None:
        """The sweep timer; must succeed."""
        self._must("sweep")

    def _must(self, function: str) -> None:
        done = self.fire(function)
        assert done.ok, done.trace

    def alerts(self) -> list[Alert]:
        """What the store holds."""
        store = self.open()
        try:
            return [alert for alert in store.search(AlertQuery(limit=1000)) if alert.key.account == self.tenant]
        finally:
            store.close()

    def told_once(self, *rules: str) -> None:
        """Exactly these alerts are open, each told exactly once, and nothing else was sent."""
        alerts = self.alerts()
        got = (sorted(alert.rule for alert in alerts), [len(alert.notification_log) for alert in alerts], len(self.cloud.teams.cards))
        assert got == (sorted(rules), [1] * len(rules), len(rules)), got

    def cursor(self, stream: str) -> dict[str, Any]:
        """The stream's row as it lies in the table."""
        with self._table() as table:
            return dict(table.get_entity(self.tenant, stream))

    def expire_lease(self, stream: str) -> None:
        """As if its time had passed."""
        with self._table() as table:
            entity = table.get_entity(self.tenant, stream)
            table.update_entity({**entity, "locked_until": ago(seconds=1).isoformat()})

    def dead_letters(self) -> list[str]:
        """The messages in the dead letter queue; none where nothing made it yet."""
        queue = QueueClient.from_connection_string(self.storage.connection, self.name, message_decode_policy=TextBase64DecodePolicy())
        with queue, suppress(ResourceNotFoundError):
            return [message.content for message in queue.receive_messages(visibility_timeout=1)]
        return []

    def _table(self) -> TableClient:
        return TableClient.from_connection_string(self.storage.connection, self.name)
