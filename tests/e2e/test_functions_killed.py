"""kill -9 of the function app at random moments: Microsoft's runtime, Azurite and identity over TLS, a real Elasticsearch. Nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gatewatch.stores.elastic import ElasticStore
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.server import FakeCloud
from tests.e2e.killed_azure import Identified, killed, trusted
from tests.e2e.lambda_world import api_key
from tests.elastic_server.fixtures import Elastic

pytestmark = [pytest.mark.functions, pytest.mark.elastic, pytest.mark.slow]


@pytest.fixture
def world(elastic_server: Elastic, namespace: str) -> Iterator[Identified]:
    if not elastic_server.server.elastic:
        pytest.skip("the function accepts Elasticsearch only")
    store = {
        "ELASTIC_URL": elastic_server.server.url,
        "ELASTIC_NAMESPACE": namespace,
        "ELASTIC_API_KEY": api_key(elastic_server),
        **({"ELASTIC_CA_FILE": str(elastic_server.server.ca)} if elastic_server.server.ca else {}),
    }
    with FakeCloud() as cloud, Azurite(secure=True) as storage:
        yield Identified(None, storage, cloud, store, lambda: ElasticStore(elastic_server.client(), namespace=namespace))


def test_five_kills_lose_nothing(world: Identified, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with trusted(world) as trust:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", trust["REQUESTS_CA_BUNDLE"])
        world.make_table()
        figures = killed(world, 5, 1, repository, trust)
    assert figures.right, figures
    assert (figures.kills, figures.records) == (5, 36)
    assert set(world.cloud.resources_asked) == {world.cloud.url, "https://storage.azure.com"}
