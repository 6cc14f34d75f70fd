"""Everything outside the library that the pipeline uses, in one record."""

import logging
import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from ..model import Severity
from ..providers.engine import Engine, this_engine
from ..tuning import Tuning
from ..tuning.policy import Policy, decode
from .channels import Notifier
from .store import Store
from .surroundings import Clock, Geo, Lookup

LOG = logging.getLogger(__name__)


class PolicyMemory:
    """The last policy that this process read. A policy that cannot be read leaves the last good one in use, and the log says so."""

    def __init__(self) -> None:
        self.last: Policy | None = None
        self._version = ""

    def decoded(self, version: str, body: bytes) -> Policy | None:
        """The policy of a document, decoded once a version of the document; the last good one where it is broken or of a newer schema."""
        if version != self._version:
            self._version = version
            policy = decode(body)
            if policy is None:
                used = f"version {self.last.version}" if self.last is not None else "this host's own settings"
                LOG.error(
                    "the stored policy is broken or of a newer release: %s in use; gatewatch tuning history shows the good ones", used
                )
            self.last = policy or self.last
        return self.last


class Ports(Struct, frozen=True, kw_only=True):
    """Everything outside the library that the pipeline uses. Only ``wiring.py`` and tests build it.

    Tuning, channels and ``urgent_from`` are the seed of an installation that has no policy yet; a step replaces them by the policy in force.
    """

    store: Store
    clock: Clock
    tuning: Tuning = field(default_factory=Tuning)
    channels: tuple[str, ...] = ()  # every channel that must be notified, by this host or the other cloud's
    urgent_from: Severity = Severity.CRITICAL  # the severity from which a finding does not wait for the store
    policy_version: int = 0  # 0: no policy was read, the seed is used
    seeds: bool = True  # whether this program is a host, whose settings seed the policy of an installation that has none
    engine: Engine = field(default_factory=this_engine)
    memory: PolicyMemory = field(default_factory=PolicyMemory)
    kept: dict[str, Any] = field(default_factory=dict)  # what a step keeps for the next one; it saves work and decides nothing
    notifiers: Mapping[str, Notifier] = field(default_factory=dict)  # the channels of this host
    geo: Geo | None = None
    lookup: Lookup | None = None
    worker: str = "worker"  # the owner's name in notification leases
    lease: timedelta = timedelta(minutes=2)
    remaining: Callable[[], float] = lambda: math.inf  # seconds that this run may still use
    retention: timedelta = timedelta(days=365)  # a day older than the retention of evidence is never recomputed
    alone: bool = False  # whether the store is at hand and it has no other writer: in memory, or a file of this program's own
