"""A person interrupts a replay, whenever: the same command then gives what an uninterrupted one gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gatewatch.flow.replay import replay
from gatewatch.ports import AlertQuery, Store
from gatewatch.stores import open_store
from tests.builders.aws import raw_login, raw_root
from tests.builders.common import nonsense
from tests.builders.entra import raw_detection, raw_sign_in
from tests.laws.stage import plain
from tests.support.channels import bundle

RECORDS = [
    *(raw_login(n, n % 200, f"user{n}") for n in range(1, 30)),
    raw_root(1, 90),
    raw_sign_in("s-1", 10, level="none"),
    raw_sign_in("s-2", 20),
    *(nonsense(n) for n in range(5)),
    raw_detection(1, "s-1", 20, "high"),
]


class Interrupted:
    """A store at whose n-th call the person presses Ctrl-C: before it does anything, or after it did everything."""

    def __init__(self, store: Store, call: int, *, after: bool) -> None:
        self._store, self._left, self._after = store, call, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return self._counted(found) if callable(found) else found

    def _counted(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise KeyboardInterrupt
            answer = method(*args, **options)
            if self._left == 0:
                raise KeyboardInterrupt
            return answer

        return call


def state(store: Store) -> tuple[list[Any], list[str]]:
    found = sorted((plain(alert) for alert in store.search(AlertQuery(limit=1_000))), key=lambda alert: alert.id)
    return found, sorted(item.id for day in store.days() for page in store.evidence_on(day) for item in page)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_the_same_command_completes_what_was_interrupted(tmp_path: Path, *, after: bool) -> None:
    whole = open_store(f"sqlite:{tmp_path / 'whole'}")
    replay(lambda: RECORDS, bundle(whole))
    expected = state(whole)
    whole.close()
    for call in range(1, 60):
        store = open_store(f"sqlite:{tmp_path / str(call)}")
        try:
            replay(lambda: RECORDS, bundle(Interrupted(store, call, after=after)))  # type: ignore[arg-type]
        except KeyboardInterrupt:
            replay(lambda: RECORDS, bundle(store))
            assert state(store) == expected
            store.close()
        else:
            store.close()
            assert call > 4
            break
