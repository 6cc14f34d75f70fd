"""Replay of files: the same functions over any amount of history. The final state depends neither on file order nor on batch size."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import cast

from msgspec import Struct, field, structs

from ..model import Alert
from ..ports import Ports, State, Store
from ..reading.files import Given
from .changed import Changed
from .delivery import Sent, deliver
from .first_reading import FirstReading
from .gathered import Gathered
from .held import HandedOver, Held
from .intake import RecordResult
from .learner import Learner
from .policy import begin
from .processes import Claims, in_shares, possible
from .rare_collections import rarely_collected
from .recompute import recompute_day
from .spool import IN_MEMORY
from .tally import FileCount, Seen, Tally
from .wanted import EVERYTHING, Wanted
from .writing import ComponentWriter


class Replayed(Struct, frozen=True):
    """What a replay did: how many records got which disposition (by reason), the first refusals, the alerts written, the notifications sent.

    ``files`` has the same per file, ``seen`` the span of time and the doubts of all events. ``standing``: how many of the alerts written
    are neither retracted nor merged into another.
    """

    records: int
    counts: dict[str, int]
    refused: tuple[RecordResult, ...]
    alerts: tuple[Alert, ...]
    sent: tuple[Sent, ...]
    files: dict[str, FileCount] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    standing: int = 0

    @classmethod
    def of(cls, tally: Tally, changed: Changed, sent: Iterable[Sent]) -> "Replayed":
        """What these counts say."""
        return cls(
            tally.records,
            dict(+tally.counts),
            tuple(tally.refused),
            changed.alerts(),
            tuple(sent),
            tally.files,
            tally.in_all(),
            changed.standing,
        )


def replay(  # noqa: PLR0913 - each but the first two has a default
    records: Callable[[], Iterable[Given]],
    ports: Ports,
    progress: Callable[[int], None] = lambda _: None,
    wanted: Wanted = EVERYTHING,
    in_memory: int = IN_MEMORY,
    workers: int = 1,
    *,
    whole: bool = True,
) -> Replayed:
    """Read everything once (twice when records name others that say nothing by themselves), then compute component by component.

    ``records`` is called again for the second reading and must then give the same records. ``progress`` gets the number of records read so
    far. An event without a time of its own is refused: the clock of the replay says nothing about it. More evidence than ``in_memory``
    pieces goes to temporary files. ``workers`` processes share the work where the store is this program's own (``Ports.alone``) and
    was empty; the result is the same. ``whole``: whether the alerts written come back; they are the only thing that grows with alerts.

    Raises:
        StoreUnavailable: the store is away; run it again, nothing is stored twice.
        WorkerFailed: a worker process died; run it again.
    """
    with rarely_collected():
        ports = begin(ports)
        held = Held(ports.tuning, in_memory)
        return _replayed(records, (ports, wanted, held), progress, workers, Changed(whole=whole, named=bool(ports.notifiers)))


def _replayed(
    records: Callable[[], Iterable[Given]],
    into: tuple[Ports, Wanted, Held],
    progress: Callable[[int], None],
    workers: int,
    changed: Changed,
) -> Replayed:
    ports, wanted, held = into
    alone = ports.alone and not ports.store.days()
    workers = workers if alone and possible() else 1
    learner = Learner(ports)
    with closing(held), closing(FirstReading(ports, wanted, learner, held)) as reading:
        with Claims() as claims:
            for gathered in in_shares(
                workers, lambda share: _share(records, (reading, wanted, ports), progress, share, _mine(claims, workers))
            ):
                reading.absorb(gathered)
        touched = learner.finish()
        reading.decide()
        reading.keep_after_all(records)
        reading.close()  # its memory is needed for what follows
        ComponentWriter(ports, reading.tally, changed, alone=alone, workers=workers).write(held)
        for day in touched:
            changed.add(recompute_day(day, ports))
        sent = deliver(changed.keys(), ports) if ports.notifiers else []
        return Replayed.of(reading.tally, changed, sent)


def _share(
    records: Callable[[], Iterable[Given]],
    whole: tuple[FirstReading, Wanted, Ports],
    progress: Callable[[int], None],
    share: int,
    mine: Iterator[int] | None,
) -> Iterator[Gathered]:
    """Read a share of the records: the first one for ``whole`` itself, another one in a process of its own, which asks no store."""
    reading, wanted, ports = whole
    if share == 0:
        reading.read(records(), progress, mine)
        return
    ports = structs.replace(ports, store=cast("Store", _Unread()), alone=True)
    with closing(HandedOver(ports.tuning)) as kept, closing(FirstReading(ports, wanted, Learner(ports), kept)) as own:
        own.read(records(), lambda _: None, mine, again=False)
        yield from own.given()


def _mine(claims: Claims, workers: int) -> Iterator[int] | None:
    """The numbers of the batches that this process reads; None: all of them."""
    return iter(claims.take, None) if workers > 1 else None


class _Unread:
    """Stands for a store that is known to hold no familiarity."""

    def read_state(self, _alerts: object, _documents: object) -> State:
        return State({}, {})
