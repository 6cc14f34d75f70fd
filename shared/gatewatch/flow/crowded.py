"""Which of the events of a crowd are kept in a replay: those of its smallest times and ids, whatever arrived first."""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial

from ..model import Event
from .gathered import Aside
from .limits import Crowd, crowd_of
from .spool import Shelves, Spool

TOGETHER = 4_000
"""Events that are set aside, about, of which the crowds are looked at together: memory holds times and ids of these."""


def sorted_out(crowded: Spool[Aside], together: int = TOGETHER) -> Iterator[tuple[Aside, bool]]:
    """What was set aside of crowds, each with whether its crowd keeps it."""
    for some in _of_few_crowds(crowded, together):
        smallest = _smallest(some())
        for aside in some():
            crowd = crowd_of(aside.evidence.event)
            yield aside, crowd is None or _place(aside.evidence.event) in smallest[crowd]


def _of_few_crowds(crowded: Spool[Aside], together: int) -> Iterator[Callable[[], Iterable[Aside]]]:
    """Each crowd is whole in one of these; they are to be read in their order."""
    count = len(crowded) // together + 1
    if count == 1:
        yield lambda: crowded
        return
    with closing(Shelves[Aside](count, max(5, together // 4 // count))) as shelves:
        for aside in crowded:
            shelves.put(hash(crowd_of(aside.evidence.event)) % count, aside)
        for shelf in range(count):
            yield partial(shelves.of, shelf)


def _smallest(crowded: Iterable[Aside]) -> dict[Crowd, list[tuple[str, str]]]:
    """The first events of each crowd, as many as are kept of it."""
    found: dict[Crowd, list[tuple[str, str]]] = defaultdict(list)
    for aside in crowded:
        crowd, place = crowd_of(aside.evidence.event), _place(aside.evidence.event)
        if crowd is not None and place not in found[crowd]:
            insort(found[crowd], place)
            del found[crowd][crowd.limit.at_most :]
    return found


def _place(event: Event) -> tuple[str, str]:
    return str(event.time), event.vendor_id
