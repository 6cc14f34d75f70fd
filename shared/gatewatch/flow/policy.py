"""The policy and the engine in force: read with every batch, seeded by the first host, moved forward by a newer release."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct, structs

from ..alerts.state import AlertInputs
from ..errors import ConfigError, Conflict
from ..ports import Ports, State, StateKey, StateWrite, Store, Written
from ..providers.engine import Engine
from ..tuning.policy import Policy, decode, encode, number_of, without_exceptions

POLICY = StateKey("policy", "policy")
ENGINE = StateKey("familiarity", "engine")
AT_ONCE = 200
"""Versions of the history that are read together."""

IN_FORCE = (POLICY, ENGINE)
"""What every realtime read of a step asks for besides its own documents."""

SEED_AUTHOR = "seed"
_ENGINE = msgspec.json.Decoder(Engine)


class InForce(Struct, frozen=True):
    """What one read said: the ports under the policy in force, and the engine in force (None: no engine yet)."""

    ports: Ports
    engine: Engine | None

    @property
    def outdated(self) -> bool:
        """Whether a newer engine is in force: then this host stores evidence and sends what is pending, and computes no alert."""
        return self.engine is not None and self.ports.engine < self.engine


def seed(ports: Ports) -> Policy:
    """The policy that the settings of this host describe."""
    return Policy(tuning=ports.tuning, channels=ports.channels, urgent_from=ports.urgent_from)


def version_key(version: int) -> StateKey:
    """The document of one version in the history of the policy."""
    return StateKey("policy", f"version:{version}")


def under(ports: Ports, policy: Policy) -> Ports:
    """The same ports under this policy."""
    if ports.policy_version == policy.version and policy.version:
        return ports
    return structs.replace(
        ports, tuning=policy.tuning, channels=policy.channels, urgent_from=policy.urgent_from, policy_version=policy.version
    )


def in_force(state: State, ports: Ports) -> InForce:
    """What a state read together with ``IN_FORCE`` says. A broken policy, or one of a newer schema, leaves the last good one in use."""
    document, engine = state.documents.get(POLICY), state.documents.get(ENGINE)
    if document is not None:
        policy = ports.memory.decoded(document.version, document.body)
        if policy is not None:
            ports = under(ports, policy)
    return InForce(ports, _engine(engine.body) if engine is not None else None)


def start(state: State, ports: Ports) -> InForce:
    """What is in force at the start of a step. A newer engine is put in force, and a host with channels seeds an installation without a policy.

    Programs that only visit the store (a replay, a responder's command) leave no seed: their channels are not those of the installation.

    Raises:
        StoreUnavailable: the store is away.
    """
    writes: list[StateWrite] = []
    if POLICY not in state.documents and ports.seeds and ports.channels:
        first = structs.replace(seed(ports), version=1, author=SEED_AUTHOR, at=ports.clock())
        writes += [StateWrite(POLICY, encode(first), None), StateWrite(version_key(1), encode(first), None)]
    found = in_force(state, ports)
    if found.engine is None or (found.engine < ports.engine and _may_move(state, ports)):
        known = state.documents.get(ENGINE)
        writes.append(StateWrite(ENGINE, msgspec.json.encode(ports.engine), known.version if known is not None else None))
    if not writes:
        return found
    ports.store.write_state(writes)  # whoever was faster is right: what counts is what the next read says
    return in_force(ports.store.read_state((), IN_FORCE), ports)


def alert_inputs(ports: Ports, **more: Any) -> AlertInputs:  # noqa: ANN401 - fields of AlertInputs, each of its own type
    """What alerts are computed with under the policy of these ports; ``more`` are further fields of ``AlertInputs``."""
    return AlertInputs(
        **{
            "now": ports.clock(),
            "tuning": ports.tuning,
            "channels": ports.channels,
            "policy_version": ports.policy_version,
            "engine": f"{ports.engine.number}:{ports.engine.digest}",
            **more,
        }
    )


def current(ports: Ports) -> Ports:
    """The ports under the policy in force. For callers that are no step: they send, list or respond, and change nothing in force."""
    return in_force(ports.store.read_state((), IN_FORCE), ports).ports


def begin(ports: Ports) -> Ports:
    """The ports under the policy in force, at the start of a replay; as ``start``."""
    return start(ports.store.read_state((), IN_FORCE), ports).ports


def remembered(ports: Ports) -> Ports:
    """The ports while the store is away: the last policy that this process read, else its seed without anything that silences."""
    last = ports.memory.last
    return under(ports, last) if last is not None else under(ports, without_exceptions(seed(ports)))


def newest_version(store: Store, in_force: bytes | None) -> int:
    """The number of the newest version; 0 without a policy.

    A policy that cannot be read may not say its number, or say a wrong one: then the history counts as well. No number is given twice.
    """
    if in_force is None:
        return 0
    readable = decode(in_force)
    return readable.version if readable is not None else max(number_of(in_force), *numbers(store), 0)


def numbers(store: Store) -> list[int]:
    """The versions in the history, oldest first, whether this release can read them or not."""
    found: list[int] = []
    while len(found) % AT_ONCE == 0:
        keys = {version_key(number): number for number in range(len(found) + 1, len(found) + AT_ONCE + 1)}
        there = [keys[key] for key in store.read_state((), list(keys)).documents]
        if not there:
            break
        found += sorted(there)
    return found


def write_policy(policy: Policy, base: int, ports: Ports, first: Callable[[], None] = lambda: None, *, unreadable: bool = False) -> Policy:
    """Store a new version over version ``base``, after ``first``; returns it as stored.

    ``unreadable``: also over a version that this release cannot read.

    Raises:
        ConfigError: the policy in force is broken, or of a newer schema.
        Conflict: ``base`` is not the version in force.
        StoreUnavailable: the store is away, or this key may not write the policy.
    """
    state = ports.store.read_state((), (POLICY,))
    known = state.documents.get(POLICY)
    version = newest_version(ports.store, known.body if known is not None else None)
    if known is not None and decode(known.body) is None and not unreadable:
        raise ConfigError(f"version {version} of the policy is broken, or of a newer release")
    if version != base:
        raise Conflict(f"the policy in force has version {version}, not {base}; read it again and apply to version {version}")
    first()
    new = structs.replace(policy, version=version + 1, at=ports.clock())
    writes: Sequence[StateWrite] = (
        StateWrite(POLICY, encode(new), known.version if known is not None else None),
        StateWrite(version_key(new.version), encode(new), None),
    )
    if ports.store.write_state(writes)[0] is not Written.DONE:
        raise Conflict("somebody else changed the policy at the same time; read it again")
    return new


def _may_move(state: State, ports: Ports) -> bool:
    document = state.documents.get(POLICY)
    policy = ports.memory.decoded(document.version, document.body) if document is not None else None
    return policy is None or policy.newer_engines


def _engine(body: bytes) -> Engine | None:
    try:
        return _ENGINE.decode(body)
    except msgspec.ValidationError:
        return None
