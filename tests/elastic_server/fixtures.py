"""The server as a fixture: prepared by our own set-up, used with our own least-privilege key."""

import os
from dataclasses import dataclass, field
from functools import cache
from uuid import uuid4

import pytest

from gatewatch.stores.elastic import Authorization, Client, ElasticStore, Endpoint
from gatewatch.stores.elastic.endpoint import endpoint
from gatewatch.stores.elastic.setup import apply
from gatewatch.stores.elastic.templates import analyst_key, function_key

from .distribution import CannotStart
from .server import Running, running

RUN = uuid4().hex[:8]
"""Keeps this run's indices apart from those of another run on the same server."""


@dataclass(frozen=True)
class Elastic:
    """A prepared server and the functions' key for it."""

    server: Running
    encoded: str = field(default="", repr=False)
    both: str = field(default="", repr=False)  # a key with the functions' rights and an analyst's: for tests that stand in for both

    @property
    def key(self) -> Authorization | None:
        """The functions' key; None where the server has no security."""
        return Authorization.api_key(self.encoded) if self.encoded else None

    @property
    def endpoint(self) -> Endpoint:
        """Where it is."""
        return endpoint(self.server.url, ca_file=str(self.server.ca) if self.server.ca else None)

    @property
    def product(self) -> str | None:
        """What its answers must say it is."""
        return "Elasticsearch" if self.server.elastic else None

    def client(self, authorization: Authorization | None = None) -> Client:
        """A client with the functions' key, or with another one."""
        return Client(self.endpoint, authorization or self.key, product=self.product)

    def admin(self) -> Client:
        """A client with an administrator's rights."""
        return Client(self.endpoint, Authorization(self.server.credentials) if self.server.elastic else None, product=self.product)

    def store(self, place: str, *, responds: bool = False) -> ElasticStore:
        """A store whose indices nobody else uses; it may append responses as well when it ``responds``."""
        name = f"{place}-{RUN}".lower()
        streams = self.server.elastic
        client = self.client(Authorization.api_key(self.both) if responds and self.both else None)
        return ElasticStore(client, namespace=name, alerts=f"gatewatch-alerts-{name}", data_streams_only=streams)


@cache
def prepared() -> Elastic:
    """The server of this process with templates and key; raises ``CannotStart``."""
    server = running()
    elastic = Elastic(server)
    client = elastic.admin()
    apply(client)
    client.close()
    if not server.elastic:
        return elastic
    functions, analyst = function_key()["role_descriptors"], analyst_key()["role_descriptors"]
    return Elastic(server, server.key(functions), server.key(functions | analyst))


@pytest.fixture(scope="session")
def elastic_server() -> Elastic:
    """A running, prepared server; a visible skip where there is none, except in CI, where that is a failure."""
    try:
        return prepared()
    except CannotStart as reason:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"no Elasticsearch in CI: {reason}")
        pytest.skip(f"no Elasticsearch here: {reason}")
