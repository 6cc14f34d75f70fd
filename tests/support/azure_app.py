"""The function app's timers over parts that a test brings: the one place that simulation and load model share with the app's wiring."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from azure.core.credentials import AccessToken
from msgspec import structs

from azure_function.graph_streams import RISK_TIMER, SIGN_IN_TIMER, SWEEP_TIMER, of_timer
from azure_function.jobs import look_and_send, poll_each
from azure_function.poller import Kept, PollerParts, open_poller
from azure_function.settings import GraphSettings, PollSettings
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.ports import Checkpoint, DeadLetters
from gatewatch.polling.streams import Stream
from gatewatch.ports import Clock, Ports

TIMERS = (SIGN_IN_TIMER, RISK_TIMER, SWEEP_TIMER)
TOKEN = "token-of-the-simulation"

type Streams = dict[str, Stream]


class _Credential:
    def get_token(self, *_scopes: str, **_: object) -> AccessToken:
        return AccessToken(TOKEN, 2**33)


class Memory:
    """What a process keeps between its runs."""

    def __init__(self, clock: Clock) -> None:
        self.parts: dict[str, Any] = {"kept": Kept(clock)}


def deadline_of(clock: Clock, poll: PollSettings) -> Deadline:
    """When a run that begins now is over."""
    return Deadline(clock, clock() + timedelta(seconds=poll.deadline_seconds))


def run_timer(
    timer: str,
    graph: GraphSettings,
    poll: PollSettings,
    state: tuple[Checkpoint, DeadLetters, Ports, Deadline],
    connection: tuple[httpx.AsyncBaseTransport, Callable[[float], None], Memory],
    chosen: Callable[[Streams], Streams] = lambda found: found,
) -> None:
    """One invocation, as ``azure_function.app`` makes it. ``connection`` is transport, the way to wait, and what the process keeps; raises what it raises."""
    checkpoint, dead_letters, ports, deadline = state
    transport, sleep, memory = connection
    parts = PollerParts(
        credential=_Credential(),
        checkpoint=checkpoint,
        dead_letters=dead_letters,
        ports=structs.replace(ports, remaining=deadline.left),
        deadline=deadline,
        sleep=sleep,
        transport=transport,
        **memory.parts,
    )
    with open_poller(graph, poll, parts) as session:
        found = chosen(session.streams)
        polled = of_timer(timer, found)
        look_and_send(polled, session.needs) if timer == SWEEP_TIMER else poll_each(polled, session.needs)
