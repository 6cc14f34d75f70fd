"""A client whose time is made up, in front of a fake that faults can be put before."""

from collections.abc import Callable, Iterator

import pytest

from gatewatch.stores.elastic import Authorization, Client, RequestLimits, Timing
from gatewatch.stores.elastic.bulk import Op
from gatewatch.stores.elastic.endpoint import endpoint
from tests.elastic_server.fake import FakeBulk
from tests.elastic_server.faults import FaultProxy
from tests.elastic_server.fixtures import elastic_server

__all__ = ["elastic_server"]

SECRET = "bm90LWEta2V5"


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> FakeBulk:
    return FakeBulk()


@pytest.fixture
def proxy(server: FakeBulk) -> Iterator[FaultProxy]:
    with FaultProxy(server) as running:
        yield running


@pytest.fixture
def connect(proxy: FaultProxy, clock: Clock) -> Iterator[Callable[..., Client]]:
    """Opens clients to the proxy; reads are given up after a fifth of a second."""
    opened: list[Client] = []

    def client(**changes: object) -> Client:
        timing = Timing(clock=clock, sleep=clock.sleep, uniform=lambda: 1.0)
        given = {"limits": RequestLimits(read_seconds=0.2), "timing": timing, **changes}
        opened.append(Client(endpoint(proxy.url), Authorization.api_key(SECRET), **given))  # type: ignore[arg-type]
        return opened[-1]

    yield client
    for one in opened:
        one.close()


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect()


@pytest.fixture
def ops() -> Callable[[int], list[Op]]:
    return lambda count: [Op(index="i", id=f"d{number}", document=b'{"a":1}') for number in range(count)]
