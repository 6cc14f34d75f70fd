"""Clients of Azure: credentials, the table that keeps state, the queue that keeps dead letters. Everything heavy is imported when it is needed."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from gatewatch.settings import Values

from .clouds import cloud_of
from .settings import (
    CHECKPOINT_TABLE,
    DEAD_LETTER_QUEUE,
    STATE_CONNECTION,
    STATE_QUEUE_ENDPOINT,
    STATE_TABLE_ENDPOINT,
    GraphSettings,
)

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.data.tables import TableClient
    from azure.storage.queue import QueueClient

TABLE_RETRIES = 3
"""The SDK's own 10 would outlast the host's time limit."""


@cache
def credential(client_id: str | None) -> "TokenCredential":
    """The function's managed identity; kept between invocations, since it caches tokens."""
    from azure.identity import ManagedIdentityCredential  # noqa: PLC0415 - heavy

    return ManagedIdentityCredential(client_id=client_id) if client_id else ManagedIdentityCredential()


@cache
def application(graph: GraphSettings) -> "TokenCredential":
    """An application's secret, for a tenant in which this function's identity does not live; kept as ``credential`` is."""
    return client_secret(graph)


def client_secret(graph: GraphSettings) -> "TokenCredential":
    """The same, which has asked for no token yet."""
    from azure.identity import ClientSecretCredential  # noqa: PLC0415 - heavy

    return ClientSecretCredential(graph.tenant_id, graph.app_client_id or "", graph.app_client_secret.value, **signs_in_at(graph))


def signs_in_at(graph: GraphSettings) -> dict[str, Any]:
    """Where a credential gets its token: at the authority that is set, which nobody need publish, else where Microsoft says for the cloud."""
    if graph.authority is not None:
        return {"authority": graph.authority, "disable_instance_discovery": True}
    cloud = cloud_of(graph.base_url)
    return {"authority": cloud.authority} if cloud is not None else {}


def state_table(values: Values, client_id: str | None) -> "TableClient":
    """The table that keeps cursors. In Azure the template makes it and the identity may not; an emulator starts without one."""
    from azure.data.tables import TableClient, TableServiceClient  # noqa: PLC0415 - heavy

    if connection := values[STATE_CONNECTION]():
        service = TableServiceClient.from_connection_string(connection, retry_total=TABLE_RETRIES)
        return service.create_table_if_not_exists(values[CHECKPOINT_TABLE])
    place = values[STATE_TABLE_ENDPOINT] or ""
    return TableClient(place, values[CHECKPOINT_TABLE], credential=credential(client_id), retry_total=TABLE_RETRIES)


class LateQueue:
    """A queue that is opened by its first message: most runs have no dead letter, and its SDK is a quarter of what a poll imports."""

    def __init__(self, opened: Callable[[], "QueueClient"]) -> None:
        self._opened = opened
        self._queue: QueueClient | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._queue is not None:
            self._queue.close()

    def send_message(self, content: str, *, time_to_live: int) -> object:
        """As the queue does; raises ``AzureError``."""
        return self._there().send_message(content, time_to_live=time_to_live)

    def create_queue(self) -> object:
        """As the queue does; raises ``AzureError``."""
        return self._there().create_queue()

    def _there(self) -> "QueueClient":
        if self._queue is None:
            self._queue = self._opened()
        return self._queue


def dead_letter_queue(values: Values, client_id: str | None) -> LateQueue:
    """The queue that keeps dead letters; its messages are base64, as the Functions queue trigger expects."""
    return LateQueue(lambda: _queue(values, client_id))


def _queue(values: Values, client_id: str | None) -> "QueueClient":
    from azure.storage.queue import QueueClient, TextBase64EncodePolicy  # noqa: PLC0415 - heavy

    encode = TextBase64EncodePolicy()
    name = values[DEAD_LETTER_QUEUE]
    if connection := values[STATE_CONNECTION]():
        return QueueClient.from_connection_string(connection, name, message_encode_policy=encode)
    place = values[STATE_QUEUE_ENDPOINT] or ""
    return QueueClient(place, name, credential=credential(client_id), message_encode_policy=encode)


def readable_queue(address: str, connection: str) -> "QueueClient":
    """A queue of dead letters for a person to read: with STATE_CONNECTION, else as whoever is signed in."""
    from azure.storage.queue import QueueClient, TextBase64DecodePolicy, TextBase64EncodePolicy  # noqa: PLC0415 - heavy

    coding: Any = {"message_encode_policy": TextBase64EncodePolicy(), "message_decode_policy": TextBase64DecodePolicy()}
    if connection:
        return QueueClient.from_connection_string(connection, address.rpartition("/")[2], **coding)
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - heavy

    return QueueClient.from_queue_url(address, credential=DefaultAzureCredential(), **coding)


def readable_state(values: Values, identity: "TokenCredential") -> tuple["TableClient", "QueueClient"]:
    """Table and queue for who only looks: nothing is made where they are not there."""
    from azure.data.tables import TableClient  # noqa: PLC0415 - heavy
    from azure.storage.queue import QueueClient  # noqa: PLC0415 - heavy

    table, queue = values[CHECKPOINT_TABLE], values[DEAD_LETTER_QUEUE]
    if connection := values[STATE_CONNECTION]():
        return (
            TableClient.from_connection_string(connection, table, retry_total=TABLE_RETRIES),
            QueueClient.from_connection_string(connection, queue, retry_total=TABLE_RETRIES),
        )
    return (
        TableClient(values[STATE_TABLE_ENDPOINT] or "", table, credential=identity, retry_total=TABLE_RETRIES),
        QueueClient(values[STATE_QUEUE_ENDPOINT] or "", queue, credential=identity, retry_total=TABLE_RETRIES),
    )
