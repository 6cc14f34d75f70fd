"""What the doctor of the Azure half looks at: ports, so that tests and `wiring.py` bring their own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from gatewatch.doctor.channels import Reach
from gatewatch.doctor.policy import policy_in_force
from gatewatch.polling.cursor import Cursor
from gatewatch.ports import Clock, Store
from gatewatch.settings import Configuration
from gatewatch.stores.elastic.client import Client
from gatewatch.stores.elastic.names import Names
from gatewatch.tuning import Tuning

from ..settings import Settings


class Reply(Struct, frozen=True, kw_only=True):
    """One answer of Graph. ``code`` is Graph's error code, ``came`` the local moment half way between request and answer."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    code: str
    came: datetime

    def records(self) -> list[dict[str, Any]]:
        """The records of a page."""
        value = self.body.get("value")
        return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


class Directory(Protocol):
    """Microsoft Graph, asked as it is: an error status is an answer."""

    @property
    def replies(self) -> Sequence[Reply]:
        """Every answer of this examination."""
        ...

    def claims(self) -> Mapping[str, Any]:
        """What the token for Graph says of its holder. Raises ``TokenRefused`` and ``CannotLook``."""
        ...

    def ask(self, path: str, parameters: Mapping[str, str] | None = None, *, api: str | None = None) -> Reply:
        """One question; ``api`` is v1.0 where it is left out. Raises ``TokenRefused`` and ``CannotLook``."""
        ...


class PollerState(Protocol):
    """Where the streams of the tenant stand. Both raise ``CannotLook``."""

    def cursors(self) -> Sequence[Cursor]:
        """Every stream's cursor."""
        ...

    def dead_letters(self) -> int:
        """About how many messages wait in the dead-letter queue."""
        ...


class AzureWorld(Struct, frozen=True, kw_only=True):
    """Everything that is looked at. ``index`` is None where the store is no Elasticsearch."""

    settings: Settings
    configuration: Configuration
    tuning: Tuning  # of the settings: what hosts use while the policy cannot be read
    clock: Clock
    directory: Directory
    state: PollerState
    store: Store
    index: tuple[Client, Names] | None
    connect: Reach


def tuning_of(world: AzureWorld) -> Tuning:
    """The tuning that the hosts use: the policy's, or their own while that cannot be read. Raises ``StoreError``."""
    policy = policy_in_force(world.store)
    return policy.tuning if policy is not None else world.tuning
