"""The one place of the function app that reads the environment and builds clients."""

import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from gatewatch.model import Severity
from gatewatch.notify.teams import TeamsNotifier
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.ports import Dependencies
from gatewatch.polling.streams import Stream
from gatewatch.ports import Notifier, Ports, Store
from gatewatch.providers.catalogue import BY_ID
from gatewatch.tuning import Tuning

from . import endpoint_settings
from . import settings as configuration
from .dead_letters import QueueDeadLetters
from .graph import Graph, GraphSignInLookup
from .graph_http import GraphHttp
from .graph_streams import queries, streams
from .settings import GraphSettings, Settings
from .table_checkpoint import TableCheckpoint

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.data.tables import TableClient
    from azure.storage.queue import QueueClient

LOG = logging.getLogger(__name__)
STORE_GRACE_SECONDS = 30.0
"""What a page that is on its way into the store when the deadline comes may still take; the lease outlives it."""
TABLE_RETRIES = 3
"""The SDK's own 10 would outlast the host's time limit."""


def now() -> datetime:
    """The clock of the function app."""
    return datetime.now(UTC)


class Session(Struct, frozen=True):
    """Everything one invocation works with."""

    streams: dict[str, Stream]
    needs: Dependencies


@contextmanager
def session(worker: str, environment: Mapping[str, str] | None = None) -> Iterator[Session]:
    """What one invocation needs, released at its end. ``worker`` names it in leases.

    Raises:
        ConfigError: naming every setting that is missing or wrong.
        StoreUnavailable: the store cannot even be opened.
    """
    environment = os.environ if environment is None else environment
    found = configuration.read(environment)
    deadline = Deadline(now, now() + timedelta(seconds=found.poll.deadline_seconds))
    with ExitStack() as stack:
        table = stack.enter_context(_table(found))
        graph = stack.enter_context(_graph(found.graph))
        store = _store(found, environment, deadline)
        stack.callback(store.close)
        yield Session(
            streams=streams(found.graph, found.poll),
            needs=Dependencies(
                source=graph,
                checkpoint=TableCheckpoint(table, found.graph.tenant_id),
                dead_letters=QueueDeadLetters(stack.enter_context(_queue(found)), table, found.graph.tenant_id),
                ports=Ports(
                    store=store,
                    clock=now,
                    tuning=_tuning(found.tuning, found.tuning_file, found.notify_from),
                    channels=found.channels,
                    notifiers=_notifiers(found),
                    lookup=GraphSignInLookup(graph, deadline, found.graph.lookups_per_run, worker),
                    worker=worker,
                ),
                deadline=deadline,
            ),
        )


@contextmanager
def endpoint_session(worker: str, environment: Mapping[str, str] | None = None) -> Iterator[Session | None]:
    """As ``session``, for the endpoint stream alone; None where that is off. Raises as ``session`` does."""
    environment = os.environ if environment is None else environment
    found = endpoint_settings.read(environment)
    if found is None:
        yield None
        return
    from gatewatch.providers.endpoint import search  # noqa: PLC0415 - off in most apps
    from gatewatch.stores.elastic import open_client  # noqa: PLC0415 - same
    from gatewatch.stores.elastic.process_events import LIMITS, ProcessEvents  # noqa: PLC0415 - same

    from .endpoint import NAME, EndpointPages, stream  # noqa: PLC0415 - same

    with session(worker, environment) as here:
        left = here.needs.deadline.left
        starts = partial(search.starts, anywhere=here.needs.ports.tuning.endpoint_mode == "wildcard")
        with closing(open_client(found.connection(), remaining=left, limits=LIMITS)) as client:
            events = ProcessEvents(client, found.indices, starts=starts, clock=now, size=found.page_size)
            polled = {NAME: stream(found, configuration.read(environment).poll)}
            yield Session(streams=polled, needs=structs.replace(here.needs, source=EndpointPages(events)))


@cache
def _credential(client_id: str | None) -> "TokenCredential":
    """The function's managed identity; kept between invocations, since it caches tokens."""
    from azure.identity import ManagedIdentityCredential  # noqa: PLC0415 - heavy

    return ManagedIdentityCredential(client_id=client_id) if client_id else ManagedIdentityCredential()


@cache
def _application(graph: GraphSettings) -> "TokenCredential":
    """An application's secret, for a tenant in which this function's identity does not live."""
    from azure.identity import ClientSecretCredential  # noqa: PLC0415 - heavy

    if graph.authority is None:
        return ClientSecretCredential(graph.tenant_id, graph.app_client_id or "", graph.app_client_secret.value)
    return ClientSecretCredential(
        graph.tenant_id,
        graph.app_client_id or "",
        graph.app_client_secret.value,
        authority=graph.authority,
        disable_instance_discovery=True,
    )


def _graph(graph: GraphSettings) -> Graph:
    credential = _application(graph) if graph.app_client_id else _credential(graph.client_id)
    return Graph(GraphHttp(graph, credential, now, time.sleep), graph.tenant_id, queries(graph))


def _table(found: Settings) -> "TableClient":
    """The table that keeps cursors. In Azure the template makes it and the identity may not; an emulator starts without one."""
    from azure.data.tables import TableClient, TableServiceClient  # noqa: PLC0415 - heavy

    if found.state_connection:
        service = TableServiceClient.from_connection_string(found.state_connection.value, retry_total=TABLE_RETRIES)
        return service.create_table_if_not_exists(found.checkpoint_table)
    identity = _credential(found.graph.client_id)
    return TableClient(found.state_endpoint or "", found.checkpoint_table, credential=identity, retry_total=TABLE_RETRIES)


def _queue(found: Settings) -> "QueueClient":
    """The queue that keeps dead letters; its messages are base64, as the Functions queue trigger expects."""
    from azure.storage.queue import QueueClient, TextBase64EncodePolicy  # noqa: PLC0415 - heavy

    encode = TextBase64EncodePolicy()
    if found.state_connection:
        return QueueClient.from_connection_string(found.state_connection.value, found.dead_letter_queue, message_encode_policy=encode)
    return QueueClient(
        found.queue_endpoint or "", found.dead_letter_queue, credential=_credential(found.graph.client_id), message_encode_policy=encode
    )


def _store(found: Settings, environment: Mapping[str, str], deadline: Deadline) -> Store:
    if found.store is not None:
        return store_of(found.store, environment)
    from gatewatch.stores.elastic import open_elastic  # noqa: PLC0415 - one of two

    return open_elastic(environment, remaining=lambda: deadline.left() + STORE_GRACE_SECONDS)


def store_of(url: str | None, environment: Mapping[str, str]) -> Store:
    """The store that ``url`` names, else the one of the environment; for commands, which have all the time in the world."""
    url = url or environment.get("GATEWATCH_STORE")
    if url and not url.startswith(("http://", "https://")):
        from gatewatch.stores import open_store  # noqa: PLC0415 - one of two

        return open_store(url)
    from gatewatch.stores.elastic import open_elastic  # noqa: PLC0415 - one of two

    return open_elastic({**environment, "ELASTIC_URL": url} if url else environment)


def letter_queue(address: str, environment: Mapping[str, str]) -> "QueueClient":
    """A queue of dead letters for a person to read: with STATE_CONNECTION, else as whoever is signed in."""
    from azure.storage.queue import QueueClient, TextBase64DecodePolicy, TextBase64EncodePolicy  # noqa: PLC0415 - heavy

    coding: Any = {"message_encode_policy": TextBase64EncodePolicy(), "message_decode_policy": TextBase64DecodePolicy()}
    if connection := environment.get("STATE_CONNECTION"):
        return QueueClient.from_connection_string(connection, address.rpartition("/")[2], **coding)
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - heavy

    return QueueClient.from_queue_url(address, credential=DefaultAzureCredential(), **coding)


def redriving(store: Store, environment: Mapping[str, str]) -> Ports:
    """Ports for a record that is handed over again: what it owes, the function's sweep pays."""
    channels = tuple(part.strip() for part in environment.get("NOTIFY_CHANNELS", "teams").split(",") if part.strip())
    return Ports(
        store=store,
        clock=now,
        tuning=_tuning(environment.get("TUNING"), environment.get("TUNING_FILE")),
        channels=channels,
        worker="redrive",
    )


def _notifiers(found: Settings) -> dict[str, Notifier]:
    if not found.teams_webhook_url:
        return {}
    return {"teams": TeamsNotifier(lambda: found.teams_webhook_url.value)}


def _tuning(text: str | None, file: str | None, notify_from: Severity | None = None) -> Tuning:
    """The tuning of the app setting or file. A broken entry is named and never matches; detection goes on."""
    if not text and not file:
        tuning = Tuning()
    else:
        from gatewatch.tuning.file import load  # noqa: PLC0415 - most apps have one, tests and first runs have none

        tuning, problems = load(text or Path(file or ""), rules=BY_ID)
        for problem in problems:
            LOG.error("tuning: %s", problem)
    return structs.replace(tuning, notify_from=notify_from) if notify_from is not None else tuning
