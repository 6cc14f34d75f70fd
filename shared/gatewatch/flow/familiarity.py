"""Reads and teaches familiarity: small documents of the store, written by compare-and-swap and only when something moves."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import batched

import msgspec

from ..errors import Conflict
from ..familiarity import key_of, lessons, starts_a_run, taught
from ..model import Event
from ..model.familiarity import Familiarity
from ..ports import Ports, State, StateKey, StateWrite, Store, Written
from .policy import IN_FORCE, start

MAX_ROUNDS = 50
WRITE_BATCH = 500

_DECODER = msgspec.json.Decoder(Familiarity)
_UNKNOWN = Familiarity()


def state_keys(keys: Iterable[str]) -> list[StateKey]:
    """The names of the documents of these familiarity keys."""
    return [_state_key(key) for key in keys]


def familiar_in(state: State, keys: Collection[str]) -> dict[str, Familiarity]:
    """The familiarity of these keys. A key without a document, or with an unreadable one, is absent: unknown is never first."""
    found: dict[str, Familiarity] = {}
    for key, name in zip(keys, state_keys(keys), strict=True):
        document = state.documents.get(name)
        if document is not None and (known := _decoded(document.body)) is not None:
            found[key] = known
    return found


def learn(events: Iterable[Event], ports: Ports) -> tuple[Ports, dict[str, Familiarity]]:
    """Step 0: read the policy and teach what these events say.

    Returns the ports under the policy in force, and the familiarity of every key that the events teach or ask.

    Raises:
        StoreUnavailable: the store is away.
        Conflict: other writers kept winning; teach the same again.
    """
    lesson = lessons(events)
    state = ports.store.read_state((), [*state_keys(sorted(lesson)), *IN_FORCE])
    return start(state, ports).ports, teach(lesson, state, ports.store, ports.clock())


def teach(lesson: Mapping[str, list[Event]], state: State, store: Store, now: datetime) -> dict[str, Familiarity]:
    """Teach the events of each key over what ``state`` says of them; raises as ``learn`` does."""
    done: dict[str, Familiarity] = {}
    left = sorted(lesson)
    for _ in range(MAX_ROUNDS):
        if not left:
            return done
        before = familiar_in(state, left)
        after = {key: taught(before.get(key, _UNKNOWN), lesson[key], now) for key in left}
        moved = {key: new for key, new in after.items() if new != before.get(key)}
        done |= {key: new for key, new in after.items() if key not in moved}
        written = write(moved, state, store)
        done |= {key: moved[key] for key in written}
        left = [key for key in moved if key not in written]
        if left:
            state = store.read_state((), state_keys(left))
    raise Conflict("other writers kept changing the same familiarity")


def write(moved: Mapping[str, Familiarity], state: State, store: Store) -> set[str]:
    """Write these documents over the versions that ``state`` has; the keys that were written."""
    done: set[str] = set()
    for some in batched(sorted(moved), WRITE_BATCH):
        writes = []
        for key, name in zip(some, state_keys(some), strict=True):
            known = state.documents.get(name)
            writes.append(StateWrite(name, msgspec.json.encode(moved[key]), known.version if known is not None else None))
        results = store.write_state(writes)
        done |= {key for key, result in zip(some, results, strict=True) if result is not Written.CONFLICT}
    return done


def starting(events: list[Event], ports: Ports) -> Iterator[bool]:
    """For each of these events whether it starts a run of what the store knows; raises ``StoreUnavailable``."""
    keys = sorted({key_of(event) for event in events})
    known = familiar_in(ports.store.read_state((), state_keys(keys)), keys) if keys else {}
    return (starts_a_run(known.get(key_of(event), _UNKNOWN), event) for event in events)


@lru_cache(maxsize=4_096)
def _state_key(key: str) -> StateKey:
    return StateKey("familiarity", f"familiar:{key}")


@lru_cache(maxsize=1_024)
def _decoded(body: bytes) -> Familiarity | None:
    """The document, decoded once for the reads of a step. Documents are frozen and their dictionaries are never changed."""
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError:
        return None
