"""The poller of one tenant's Microsoft Graph, put together from parts: hosts, commands and tests bring store, state, token source and time."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from gatewatch.errors import StoreError
from gatewatch.flow.policy import current, remembered
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.page_probe import PageProbes
from gatewatch.polling.ports import Checkpoint, DeadLetters, Dependencies
from gatewatch.polling.report import PollReport
from gatewatch.polling.streams import Stream
from gatewatch.ports import Clock, Ports
from gatewatch.tuning import Tuning

from .graph import Graph, GraphSignInLookup
from .graph_abilities import GraphAbilities
from .graph_http import GraphHttp
from .graph_streams import missing, queries, streams
from .graph_version import GraphVersions
from .request_slots import RequestSlots
from .settings import GraphSettings, PollSettings

if TYPE_CHECKING:
    import httpx
    from azure.core.credentials import TokenCredential

LOG = logging.getLogger(__name__)
LOOK_UP_PART = 0.75
"""The part of a run after which no more sign-ins are looked up by id: what is pending needs the rest."""


class Session(Struct, frozen=True):
    """Everything one run works with."""

    streams: dict[str, Stream]
    needs: Dependencies


class Kept:
    """What is kept between the runs of a process for one tenant: Graph's version, filters that it refused, free slots, kinds of records met, reports."""

    def __init__(self, clock: Clock) -> None:
        self._said = False
        self.versions, self.abilities, self.slots, self.probes = GraphVersions(clock), GraphAbilities(clock), RequestSlots(), PageProbes()
        self.reports: dict[str, PollReport] = {}

    def say_missing(self, graph: GraphSettings) -> None:
        """Say once which streams the Graph of this cloud does not have."""
        if not self._said and (names := missing(graph)):
            LOG.warning("the Graph of this cloud does not have these streams, they are not polled: %s", ", ".join(sorted(names)))
        self._said = True


@dataclass(frozen=True, kw_only=True)
class PollerParts:
    """What a poller is made of beside its settings. ``ports.clock`` is the only clock and ``sleep`` the only way to wait."""

    credential: "TokenCredential"
    checkpoint: Checkpoint
    dead_letters: DeadLetters
    ports: Ports
    deadline: Deadline
    kept: Kept
    sleep: Callable[[float], None] = time.sleep
    transport: "httpx.AsyncBaseTransport | None" = None


@contextmanager
def open_poller(graph: GraphSettings, poll: PollSettings, parts: PollerParts) -> Iterator[Session]:
    """The streams that these settings enable and this tenant's Graph has, with all they need; the connection is closed at the end.

    ``azure_function.jobs`` runs them (``poll_each``, ``look_and_send``); ``gatewatch.polling.poll.poll`` runs one.
    """
    kept, clock = parts.kept, parts.ports.clock

    def connect(api: str) -> GraphHttp:
        return GraphHttp(structs.replace(graph, api=api), parts.credential, clock, parts.sleep, parts.transport, kept.slots)

    http = kept.versions.connect(graph, connect, parts.deadline)
    kept.say_missing(graph)
    tuning = _tuning_in_force(parts.ports)
    with Graph(http, graph.tenant_id, queries(graph, tuning), kept.abilities) as source:
        lookup = GraphSignInLookup(source, parts.deadline.share(LOOK_UP_PART), graph.lookups_per_run, parts.ports.worker)
        yield Session(
            streams=streams(structs.replace(graph, api=http.api), poll, tuning),
            needs=Dependencies(
                source=source,
                checkpoint=parts.checkpoint,
                dead_letters=parts.dead_letters,
                ports=structs.replace(parts.ports, lookup=lookup),
                deadline=parts.deadline,
                tenant=graph.tenant_id,
                observed=http.observed.take,
                probes=kept.probes,
                reports=kept.reports,
            ),
        )


def _tuning_in_force(ports: Ports) -> Tuning:
    """Whose people are asked for by name: those of the policy, or of the last one that was read while the store is away."""
    try:
        return current(ports).tuning
    except StoreError:
        return remembered(ports).tuning
