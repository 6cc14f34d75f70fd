"""What a replay of files teaches: put together while it reads, written once at its end, as if everything had been taught at once."""

import pickle
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import batched, islice

import msgspec
from msgspec import Struct, field

from ..errors import Conflict
from ..familiarity import JOINED_WITHIN, asks, joined, key_of, merged, start_of, teaches, touched_since
from ..model import Event
from ..model.familiarity import Familiarity, Run, Start
from ..ports import Ports
from ..providers.catalogue import provider_of
from .byte_file import NamedBytes
from .familiarity import MAX_ROUNDS, familiar_in, state_keys, write

AT_HAND = 2_048
"""What is learnt of so many people and programs is in memory, 2 to 3 KB each; of others it lies in a temporary file."""

_UNKNOWN = Familiarity()
_STATE_BATCH = 500
_MET_AT_MOST = 8_192


class Learner:
    """Teaches record by record. The result does not depend on their order."""

    def __init__(self, ports: Ports, at_hand: int = AT_HAND) -> None:
        """``at_hand``: of how many people and programs memory holds what was learnt."""
        self._store, self._clock, self._near = ports.store, ports.clock, ports.alone
        self._own: dict[str, Own] = {}
        self._at_hand, self._away = at_hand, NamedBytes()
        self._met: set[str] = set()
        self._suspicious: set[str] = set()

    def learn(self, events: Iterable[Event]) -> None:
        """Teach these events; raises ``StoreUnavailable``."""
        found = [(key_of(event), event) for event in events if teaches(event) or asks(event)]
        self._meet({key for key, _ in found})
        for key, event in found:
            own = self._of(key)
            start = start_of(event)
            if asks(event):
                own.asked.add(_day_of(start))
            if teaches(event):
                own.teach(((name, str(value)) for name, value in provider_of(event).features(event)), start)

    def lesson(self, key: str, features: Iterable[tuple[str, str]], start: Start) -> None:
        """Teach what a record taught that was not decoded."""
        self._of(key).teach(features, start)

    def may_keep(self, event: Event) -> bool:
        """Whether the event may turn out to start a run: no other record that was taught so far says that it does not."""
        if not teaches(event):
            return False
        key = key_of(event)
        return key in self._suspicious or self._of(key).starts(event)

    def may_remember(self, key: str) -> bool:
        """Whether records of this familiarity that start no run are never kept: no response called one of its activities malicious.

        A store that is not at hand is asked batch by batch; until then the answer is no. Raises ``StoreUnavailable``.
        """
        if self._near:
            self._meet({key})
        return key in self._met and key not in self._suspicious

    def taught(self) -> Iterator[list[tuple[str, "Own"]]]:
        """What was taught, some at a time, for ``absorb`` in another process."""
        yield from (list(some.items()) for some in self._everything())

    def absorb(self, taught: Iterable[tuple[str, "Own"]]) -> None:
        """Teach what another process taught."""
        for key, theirs in taught:
            self._of(key).absorb(theirs)

    def finish(self) -> list[str]:
        """Write what was learnt; returns the UTC days of stored evidence that it touches.

        Raises:
            StoreUnavailable: the store is away; run the replay again.
            Conflict: other writers kept winning.
        """
        touched: set[str] = set()
        for some in self._everything():
            touched |= self._write(some)
        self._away.close()
        self._own, self._away = {}, NamedBytes()
        return sorted(touched.intersection(self._store.days())) if touched else []

    def _everything(self) -> Iterator[dict[str, "Own"]]:
        """What was learnt of everybody, some at a time."""
        if len(self._away):
            self._put_away(len(self._own))
        everybody = ((key, _unpacked(found)) for key, found in self._away) if len(self._away) else sorted(self._own.items(), key=_key)
        yield from map(dict, batched(everybody, _STATE_BATCH))

    def _write(self, some: dict[str, "Own"]) -> set[str]:
        touched: set[str] = set()
        left = sorted(some)
        for _ in range(MAX_ROUNDS):
            if not left:
                return touched
            state = self._store.read_state((), state_keys(left))
            before = familiar_in(state, left)
            after = {key: merged(before.get(key, _UNKNOWN), some[key].familiarity(), self._clock()) for key in left}
            moved = {key: new for key, new in after.items() if new != before.get(key)}
            written = write(moved, state, self._store)
            for key in (*written, *(after.keys() - moved.keys())):
                earliest = some[key].beginning
                if before.get(key) is not None and earliest is not None:
                    touched |= touched_since(after[key], _day_of(earliest), started=True)
            left = [key for key in moved if key not in written]
        raise Conflict("other writers kept changing the same familiarity")

    def _of(self, key: str) -> "Own":
        own = self._own.get(key)
        if own is None:
            found = self._away.get(key)
            own = self._own[key] = Own() if found is None else _unpacked(found)
            if len(self._own) > self._at_hand:
                self._put_away(len(self._own) // 2)
        return own

    def _put_away(self, count: int) -> None:
        """Move so many to the file, those first that have been at hand for the longest time."""
        for key in list(islice(self._own, count)):
            self._away.put(key, _packed(self._own.pop(key)))

    def _meet(self, keys: set[str]) -> None:
        unmet = sorted(keys - self._met)
        if unmet:
            known = familiar_in(self._store.read_state((), state_keys(unmet)), unmet)
            self._suspicious.update(key for key, one in known.items() if one.malicious)
            if len(self._met) + len(unmet) > _MET_AT_MOST:
                self._met = set()  # they are asked again
            self._met.update(unmet)


class Own(Struct):
    """What the files say of one familiarity. Nothing is displaced or forgotten here: that is for the whole of it."""

    runs: dict[tuple[str, str], tuple[Run, ...]] = field(default_factory=dict)
    beginning: Start | None = None
    asked: set[str] = field(default_factory=set)

    def absorb(self, other: "Own") -> None:
        """Add what another process taught of the same familiarity."""
        if other.beginning is not None and (self.beginning is None or other.beginning < self.beginning):
            self.beginning = other.beginning
        self.asked |= other.asked
        for feature, runs in other.runs.items():
            self.runs[feature] = joined((*self.runs.get(feature, ()), *runs))

    def teach(self, features: Iterable[tuple[str, str]], start: Start) -> None:
        """Teach that these features were in use then."""
        if self.beginning is None or start < self.beginning:
            self.beginning = start
        day = _day_of(start)
        for feature in features:
            runs = self.runs.get(feature, ())
            if not runs or not _within(runs[-1], start, day):
                self.runs[feature] = joined((*runs, Run(start, day)))
            elif day > runs[-1].last:
                self.runs[feature] = (*runs[:-1], Run(runs[-1].start, day))

    def starts(self, event: Event) -> bool:
        """Whether the event starts a run of what was taught so far."""
        start = start_of(event)
        features = ((name, str(value)) for name, value in provider_of(event).features(event))
        return any(run.start == start for feature in features for run in self.runs.get(feature, ()))

    def familiarity(self) -> Familiarity:
        """Everything as one document."""
        runs: dict[str, dict[str, tuple[Run, ...]]] = {}
        for (name, value), found in self.runs.items():
            runs.setdefault(name, {})[value] = found
        return Familiarity(runs=runs, beginning=self.beginning, asked_days=tuple(sorted(self.asked)))


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Own)
_PICKLED = b"\x80"


def _packed(own: Own) -> bytes:
    try:
        return _ENCODER.encode(own)
    except UnicodeEncodeError:  # half a surrogate pair
        return pickle.dumps(own, 2)


def _unpacked(found: bytes) -> Own:
    if not found.startswith(_PICKLED):
        return _DECODER.decode(found)
    own: Own = pickle.loads(found)  # noqa: S301 - what this process wrote into a file that has no name
    return own


def _key(one: tuple[str, Own]) -> str:
    return one[0]


def _within(run: Run, start: Start, day: str) -> bool:
    """Whether a use joins this run without changing its start."""
    return run.start <= start and (day <= run.last or (date.fromisoformat(day) - date.fromisoformat(run.last)).days <= JOINED_WITHIN)


def _day_of(start: Start) -> str:
    return start.time.date().isoformat()
