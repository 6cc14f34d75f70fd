"""Several workers at once, one step at a time: whoever has the turn runs until its next call to the world. Which one is next, a seed says."""

import random
import threading
from collections.abc import Callable, Sequence


class Turns:
    """Passes the turn between workers; outside of ``run`` a call to it does nothing."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._signals: dict[int, threading.Semaphore] = {}
        self._here = threading.local()
        self._failures: list[BaseException] = []

    def __call__(self) -> None:
        """Perhaps somebody else's turn."""
        mine = getattr(self._here, "number", None)
        if mine is None or mine not in self._signals:
            return
        following = self._chance.choice(sorted(self._signals))
        if following != mine:
            signal = self._signals[mine]
            self._signals[following].release()
            signal.acquire()

    def run(self, works: Sequence[Callable[[], None]]) -> None:
        """All of them, to their ends; raises what the first one that failed raised."""
        self._failures = []
        self._signals = {number: threading.Semaphore(0) for number in range(len(works))}
        threads = [threading.Thread(target=self._work, args=(number, work), daemon=True) for number, work in enumerate(works)]
        for thread in threads:
            thread.start()
        self._signals[0].release()
        for thread in threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def _work(self, number: int, work: Callable[[], None]) -> None:
        self._here.number = number
        self._signals[number].acquire()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised by ``run``
            self._failures.append(error)
        finally:
            del self._signals[number]
            if self._signals:
                self._signals[self._chance.choice(sorted(self._signals))].release()
