"""The list of days that must be recomputed although no record arrives. It is stored, so that a crash forgets nothing."""

from collections.abc import Callable, Iterable

import msgspec

from ..errors import Conflict
from ..ports import StateKey, StateWrite, Store, Written

JOBS = StateKey("familiarity", "jobs")
MAX_ROUNDS = 50


def add_days(days: Iterable[str], store: Store, listed: StateKey = JOBS) -> None:
    """Ask for these UTC days (ISO dates); raises ``StoreUnavailable`` and ``Conflict``."""
    wanted = set(days)
    if wanted:
        _swap(store, listed, lambda asked: {**asked, **{day: asked.get(day, 0) + 1 for day in wanted}})


def waiting(store: Store, listed: StateKey = JOBS) -> dict[str, int]:
    """The days that are asked for, with how often."""
    document = store.read_state((), (listed,)).documents.get(listed)
    return msgspec.json.decode(document.body, type=dict[str, int]) if document is not None else {}


def remove_day(day: str, times: int, store: Store, listed: StateKey = JOBS) -> None:
    """Take a day off the list, unless it was asked for again meanwhile; raises ``StoreUnavailable`` and ``Conflict``."""
    _swap(store, listed, lambda asked: {name: count for name, count in asked.items() if (name, count) != (day, times)})


def _swap(store: Store, listed: StateKey, change: Callable[[dict[str, int]], dict[str, int]]) -> None:
    for _ in range(MAX_ROUNDS):
        document = store.read_state((), (listed,)).documents.get(listed)
        asked = msgspec.json.decode(document.body, type=dict[str, int]) if document is not None else {}
        after = change(asked)
        if after == asked:
            return
        write = StateWrite(listed, msgspec.json.encode(after), document.version if document is not None else None)
        if store.write_state([write]) == [Written.DONE]:
            return
    raise Conflict("other writers kept changing the list of days to recompute")
