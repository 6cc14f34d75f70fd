"""What a replay of files teaches: put together while it reads, written once at its end, as if everything had been taught at once."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import batched

from msgspec import Struct, field

from ..errors import Conflict
from ..familiarity import JOINED_WITHIN, asks, joined, key_of, merged, start_of, teaches, touched_since
from ..model import Event
from ..model.familiarity import Familiarity, Run, Start
from ..ports import Ports
from ..providers.catalogue import provider_of
from .familiarity import MAX_ROUNDS, familiar_in, state_keys, write

_UNKNOWN = Familiarity()
_STATE_BATCH = 2_000


class Learner:
    """Teaches record by record. The result does not depend on their order."""

    def __init__(self, ports: Ports) -> None:
        self._store, self._clock, self._near = ports.store, ports.clock, ports.alone
        self._own: dict[str, Own] = {}
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
        own = self._own.get(key)
        return key in self._suspicious or (own is not None and own.starts(event))

    def may_remember(self, key: str) -> bool:
        """Whether records of this familiarity that start no run are never kept: no response called one of its activities malicious.

        A store that is not at hand is asked batch by batch; until then the answer is no. Raises ``StoreUnavailable``.
        """
        if self._near:
            self._meet({key})
        return key in self._met and key not in self._suspicious

    def taught(self) -> Iterator[list[tuple[str, "Own"]]]:
        """What was taught, some at a time, for ``absorb`` in another process."""
        yield from map(list, batched(self._own.items(), _STATE_BATCH))

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
        keys = sorted(self._own)
        for start in range(0, len(keys), _STATE_BATCH):
            touched |= self._write(keys[start : start + _STATE_BATCH])
        self._own = {}
        return sorted(touched.intersection(self._store.days())) if touched else []

    def _write(self, left: list[str]) -> set[str]:
        touched: set[str] = set()
        for _ in range(MAX_ROUNDS):
            if not left:
                return touched
            state = self._store.read_state((), state_keys(left))
            before = familiar_in(state, left)
            after = {key: merged(before.get(key, _UNKNOWN), self._own[key].familiarity(), self._clock()) for key in left}
            moved = {key: new for key, new in after.items() if new != before.get(key)}
            written = write(moved, state, self._store)
            for key in (*written, *(after.keys() - moved.keys())):
                earliest = self._own[key].beginning
                if before.get(key) is not None and earliest is not None:
                    touched |= touched_since(after[key], _day_of(earliest), started=True)
            left = [key for key in moved if key not in written]
        raise Conflict("other writers kept changing the same familiarity")

    def _of(self, key: str) -> "Own":
        own = self._own.get(key)
        if own is None:
            own = self._own[key] = Own()
        return own

    def _meet(self, keys: set[str]) -> None:
        unmet = sorted(keys - self._met)
        if unmet:
            known = familiar_in(self._store.read_state((), state_keys(unmet)), unmet)
            self._suspicious.update(key for key, one in known.items() if one.malicious)
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


def _within(run: Run, start: Start, day: str) -> bool:
    """Whether a use joins this run without changing its start."""
    return run.start <= start and (day <= run.last or (date.fromisoformat(day) - date.fromisoformat(run.last)).days <= JOINED_WITHIN)


def _day_of(start: Start) -> str:
    return start.time.date().isoformat()
