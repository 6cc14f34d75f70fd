"""How a fault is planted, and all of them by name."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from .organisation import Organisation

type Plant = Callable[[Organisation], AbstractContextManager[None]]
FAULTS: dict[str, tuple[Plant, set[str]]] = {}
"""Name of the fault to how it is planted and which findings it must give, and no other."""


def fault(*findings: str) -> Callable[[Callable[[Organisation], Iterator[None]]], None]:
    def known(plant: Callable[[Organisation], Iterator[None]]) -> None:
        @contextmanager
        def planted(found: Organisation) -> Iterator[None]:
            steps = plant(found)
            next(steps)
            try:
                yield
            finally:
                next(steps, None)  # mended, also when the test fails

        FAULTS[plant.__name__] = (planted, set(findings))

    return known
