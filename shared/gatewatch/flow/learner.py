"""What a replay of files teaches: kept in memory while it reads, written once at its end."""

from collections.abc import Iterable

from ..errors import Conflict
from ..familiarity import key_of, lessons, merged, start_of, starts_a_run, taught, teaches, touched_since
from ..model import Event
from ..model.familiarity import Familiarity
from ..ports import Ports
from .familiarity import MAX_ROUNDS, familiar_in, state_keys, write

_UNKNOWN = Familiarity()


class Learner:
    """Teaches batch after batch. A key is read from the store when it is first met."""

    def __init__(self, ports: Ports) -> None:
        self._store, self._clock = ports.store, ports.clock
        self._familiar: dict[str, Familiarity] = {}  # what the store knew and the files taught
        self._own: dict[str, Familiarity] = {}  # what the files alone taught
        self._earliest: dict[str, str] = {}

    def learn(self, events: Iterable[Event]) -> None:
        """Teach one batch; raises ``StoreUnavailable``."""
        found, now = lessons(events), self._clock()
        unmet = sorted(found.keys() - self._familiar.keys())
        known = familiar_in(self._store.read_state((), state_keys(unmet)), unmet) if unmet else {}
        self._familiar |= {key: known.get(key, _UNKNOWN) for key in unmet}
        for key, lesson in found.items():
            self._familiar[key] = taught(self._familiar[key], lesson, now)
            self._own[key] = taught(self._own.get(key, _UNKNOWN), lesson, now)
            days = [start_of(event).time.date().isoformat() for event in lesson if teaches(event)]
            if days:
                self._earliest[key] = min(*days, self._earliest.get(key, days[0]))

    def starts_a_run(self, event: Event) -> bool:
        """Whether the event starts a run after everything that was taught so far."""
        known = self._familiar.get(key_of(event))
        return known is not None and starts_a_run(known, event)

    def finish(self) -> list[str]:
        """Write what was learnt; returns the UTC days of stored evidence that it touches.

        Raises:
            StoreUnavailable: the store is away; run the replay again.
            Conflict: other writers kept winning.
        """
        touched: set[str] = set()
        left = sorted(self._own)
        for _ in range(MAX_ROUNDS):
            if not left:
                return sorted(touched.intersection(self._store.days())) if touched else []
            state = self._store.read_state((), state_keys(left))
            before = familiar_in(state, left)
            after = {key: merged(before.get(key, _UNKNOWN), self._own[key], self._clock()) for key in left}
            moved = {key: new for key, new in after.items() if new != before.get(key)}
            written = write(moved, state, self._store)
            for key in (*written, *(after.keys() - moved.keys())):
                if before.get(key) is not None and key in self._earliest:
                    touched |= touched_since(after[key], self._earliest[key], started=True)
            left = [key for key in moved if key not in written]
        raise Conflict("other writers kept changing the same familiarity")
