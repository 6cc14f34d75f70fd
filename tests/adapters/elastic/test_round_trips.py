"""Ten sign-ins of people nobody has seen before, through the function's own batch, into a real index: how many requests, and how long."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from aws_lambda_powertools import Logger

from aws_lambda.batch import Invocation, take
from aws_lambda.deadline import LambdaDeadline
from aws_lambda.messages import Message
from gatewatch.flow.policy import begin
from gatewatch.ports import AlertQuery, Notice, Ports
from gatewatch.stores.elastic import Client, ElasticStore, Peer, Timing
from gatewatch.stores.elastic.endpoint import endpoint
from tests.builders.aws import envelope, user_record
from tests.elastic_server.faults import Answer, FaultProxy, Forward
from tests.elastic_server.fixtures import RUN, Elastic

pytestmark = pytest.mark.elastic

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FUNCTION_SECONDS = 60
MOST_CALLS = 12


class SlowIndex:
    """A real index whose every answer takes some seconds on a clock that nothing else moves."""

    def __init__(self, server: Elastic, seconds: float) -> None:
        self._forward = Forward(server.server)
        self._seconds = seconds
        self.now = 0.0
        self.asked: list[str] = []

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.asked.append(path.partition("?")[0].rpartition("/")[2])
        self.now += self._seconds
        return self._forward(method, path, headers, body)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def close(self) -> None:
        self._forward.close()


class Phone:
    """A channel that takes a moment and accepts everything."""

    def __init__(self, name: str, index: SlowIndex) -> None:
        self.name, self._index = name, index
        self.sent: list[Notice] = []

    def send(self, notice: Notice) -> None:
        self._index.now += 0.3
        self.sent.append(notice)


def function_on(index: SlowIndex, proxy: FaultProxy, server: Elastic, phones: list[Phone], counted: dict[str, int]) -> Invocation:
    """The function as wired, on that clock."""
    deadline = LambdaDeadline()
    deadline.left = lambda: round((FUNCTION_SECONDS - index.now) * 1000)
    timing = Timing(clock=lambda: index.now, sleep=index.sleep, uniform=lambda: 1.0)
    client = Client(endpoint(proxy.url), server.key, remaining=deadline.remaining, timing=timing, peer=Peer(product=server.product))
    place = f"slow{len(phones)}_{RUN}"
    ports = Ports(
        store=ElasticStore(client, namespace=place, data_streams_only=server.server.elastic),
        clock=lambda: NOW + timedelta(seconds=index.now),
        channels=tuple(phone.name for phone in phones),
        notifiers={phone.name: phone for phone in phones},
        remaining=deadline.remaining,
    )

    def count(name: str, number: int) -> None:
        counted[name] = counted.get(name, 0) + number

    return Invocation(ports=ports, dead_letters=None, set_aside=None, log=Logger(service="slow"), count=count, renew=lambda: False)  # type: ignore[arg-type]


@pytest.mark.parametrize("channels", [("sns",), ("sns", "teams")], ids=["sns", "sns-and-teams"])
def test_ten_new_people_cost_twelve_requests_and_a_slow_index_no_timeout(elastic_server: Elastic, channels: tuple[str, ...]) -> None:
    index = SlowIndex(elastic_server, 2.0)
    phones, counted = [Phone(name, index) for name in channels], {}
    batch = [Message(id=f"m-{n}", body=json.dumps(envelope(user_record(f"new{n}", f"{n:012d}"))), sent=NOW) for n in range(10)]
    with FaultProxy(index) as proxy:
        function = function_on(index, proxy, elastic_server, phones, counted)
        begin(function.ports)  # an installation that has its policy and its engine
        index.asked.clear()
        index.now = 0.0
        failed = take(batch, function)
        calls, took = len(index.asked), index.now
        alerts = function.ports.store.search(AlertQuery())
        function.ports.store.close()
    index.close()
    assert (failed, counted["Stored"], counted["NotTold"]) == (frozenset(), 10, 0)
    assert [len(phone.sent) for phone in phones] == [10] * len(channels)
    assert [(len(a.notification_log), a.pending, a.leases) for a in alerts] == [(len(channels), (), ())] * 10
    assert calls <= MOST_CALLS, index.asked
    assert took < FUNCTION_SECONDS - 10
