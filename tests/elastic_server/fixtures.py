"""The server as a fixture: prepared by our own set-up, used with our own least-privilege key."""

import os
from dataclasses import dataclass, field
from functools import cache
from uuid import uuid4

import pytest

from gatewatch.stores.elastic import Authorization, Client, ElasticStore, Endpoint, Peer, RequestLimits
from gatewatch.stores.elastic.endpoint import endpoint
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.roles import KeyRole, api_key, privileges
from gatewatch.stores.elastic.setup import apply, features
from gatewatch.stores.elastic.templates import Body, index_templates

from .distribution import CannotStart
from .server import Running, running

PATIENT = RequestLimits(read_seconds=60.0, budget_seconds=300.0)
"""A busy machine is no fault of the index. What happens when the index is slow is proved with made-up time."""

RUN = uuid4().hex[:8]
"""Keeps this run's indices apart from those of another run on the same server."""


@dataclass(frozen=True)
class Elastic:
    """A prepared server and a key with every role's rights in every namespace."""

    server: Running
    encoded: str = field(default="", repr=False)

    @property
    def key(self) -> Authorization | None:
        """That key; None where the server has no security."""
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
        """A client with that key, or with another one."""
        return Client(self.endpoint, authorization or self.key, limits=PATIENT, peer=Peer(product=self.product))

    def admin(self) -> Client:
        """A client with an administrator's rights."""
        authorization = Authorization(self.server.credentials) if self.server.elastic else None
        return Client(self.endpoint, authorization, limits=PATIENT, peer=Peer(product=self.product))

    def store(self, place: str) -> ElasticStore:
        """A store whose indices nobody else uses."""
        return ElasticStore(self.client(), namespace=self.place(place), data_streams_only=self.server.elastic)

    @staticmethod
    def place(name: str) -> str:
        """A namespace that nobody else uses; every template of the server's preparation covers it."""
        return f"{name}_{RUN}".lower().replace("-", "_")

    def role_key(self, role: KeyRole, namespace: str = "default") -> Authorization:
        """A key of this role, as set-up makes it."""
        return Authorization.api_key(self.server.key(api_key(Names(namespace), role)["role_descriptors"]))


@cache
def prepared() -> Elastic:
    """The server of this process with templates and key; raises ``CannotStart``."""
    server = running()
    elastic = Elastic(server)
    client = elastic.admin()
    apply(client, Names())
    for name, body in _everywhere(client).items():
        client.json("PUT", f"/_index_template/{name}", body)
    client.close()
    if not server.elastic:
        return elastic
    return Elastic(server, server.key({"everywhere": {"cluster": [], "indices": _rights()}}))


def _everywhere(client: Client) -> dict[str, Body]:
    """The templates of the namespace ``default`` for every other one, below those that its own set-up brings; without the alias."""
    has, found = features(client), {}
    for name, body in index_templates(Names(), lifecycle=has.lifecycle, optional=has.optional).items():
        wide = [pattern.replace("-default", "-*") for pattern in body["index_patterns"]]
        found[f"tests-{name}"] = {**body, "index_patterns": wide, "priority": body["priority"] - 10}
    return found


def _rights() -> list[Body]:
    """Every role's rights in every namespace: a test acts for all of them. What one role may not do, its own key shows."""
    held = [part for role in KeyRole for part in privileges(Names(), role)]
    return [{**part, "names": [name.replace("-default", "-*") for name in part["names"]]} for part in held]


@pytest.fixture(scope="session")
def elastic_server() -> Elastic:
    """A running, prepared server; a visible skip where there is none, except in CI, where that is a failure."""
    try:
        return prepared()
    except CannotStart as reason:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"no Elasticsearch in CI: {reason}")
        pytest.skip(f"no Elasticsearch here: {reason}")
