"""Both halves as deployed. One artifact and one cloud serve every test of a worker: stages, accounts and namespaces keep them apart."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from scripts.local_cloud.functions_runtime import FunctionsRuntime
from scripts.local_cloud.lambda_runtime import Artifact, CannotBuildError, Cloud, Stage, build
from tests.elastic_server.fixtures import Elastic, elastic_server
from tests.support.tcp_gate import Gate

__all__ = ["elastic_server"]


@pytest.fixture(scope="session")
def artifact() -> Artifact:
    """The Lambda artifact; a visible skip where it cannot be built."""
    try:
        return build()
    except CannotBuildError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """moto's cloud."""
    with Cloud() as running:
        yield running


@pytest.fixture
def stage(cloud: Cloud) -> Stage:
    """Queues, topic and rules of this test."""
    return cloud.stage()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where this test's SQLite store lies."""
    return tmp_path / "gatewatch.sqlite"


@pytest.fixture
def account() -> str:
    """Nobody else's alerts on a shared server."""
    return str(uuid4().int)[:12]


@pytest.fixture
def namespace() -> str:
    """Nobody else's indices on a shared server."""
    return f"e2e{uuid4().hex[:8]}"


@pytest.fixture
def gate(elastic_server: Elastic) -> Iterator[Gate]:
    """A door in front of the index."""
    if not elastic_server.server.elastic:
        pytest.skip("the function accepts Elasticsearch only")
    with Gate(urlsplit(elastic_server.server.url).port or 443) as door:
        yield door


@pytest.fixture(scope="module")
def runtime(repository: Path) -> Iterator[FunctionsRuntime]:
    """Microsoft's runtime with the function app. It keeps its app in module state and settings in the environment: one a file."""
    with FunctionsRuntime(repository, {}) as running:
        yield running
