"""What a task of Spark does with its part of the records: the first reading of a replay, whose results are rows instead of spools."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from io import BytesIO
from itertools import batched

import msgspec
from msgspec import Struct

from ...alerts.joining import joining_tokens
from ...evidence import encode, ignore_reason, links, wants
from ...familiarity import key_of
from ...flow.components import address_of
from ...flow.first_reading import FirstReading
from ...flow.gathered import Aside
from ...flow.held import Held
from ...flow.intake import Disposition, RecordResult
from ...flow.learner import Learner
from ...flow.limits import crowd_of
from ...flow.probing import Left
from ...flow.tally import REFUSED_KEPT, Tally
from ...flow.wanted import Wanted
from ...geo import open_geo
from ...model import Event, Evidence, RawRecord, Refused
from ...ports import Ports
from ...providers.catalogue import dialect_of_columns, provider_of
from ...reading import files
from ...reading.envelopes import envelope_of_columns
from ...stores.memory import MemoryStore
from ...tuning import Tuning
from .rows import COUNTS, CROWDED, KEPT, LEFT, LESSON, MAYBE, SparkRow

_BATCH = 5_000


class Task(Struct, frozen=True, kw_only=True):
    """What every task has to know."""

    tuning: Tuning
    now: datetime
    wanted: Wanted
    tenant: str | None = None
    geo: str | None = None  # MMDB files, as every machine sees them

    def ports(self) -> Ports:
        """The ports of a task: a store of its own that stays empty, and the replay's clock."""
        geo = open_geo(self.geo) if self.geo else None
        return Ports(store=MemoryStore(), clock=lambda: self.now, tuning=self.tuning, geo=geo, alone=True)


class FileCounts(Struct):
    """What a task counted in one file: as ``flow.tally.FileCount``, in types that JSON brings back."""

    dispositions: dict[str, int]
    doubts: dict[str, int]
    earliest: datetime | None
    latest: datetime | None


class Counts(Struct):
    """What a task counted."""

    records: int = 0
    counts: dict[str, int] = {}
    refused: list[tuple[str, str, str]] = []  # reason, detail, origin
    files: dict[str, FileCounts] = {}

    @classmethod
    def of(cls, tally: Tally) -> "Counts":
        """The counts of a tally."""
        return cls(
            records=tally.records,
            counts=dict(tally.counts),
            refused=[(item.reason, item.detail, item.origin) for item in tally.refused],
            files={
                name: FileCounts(dict(one.dispositions), dict(one.seen.doubts), one.seen.earliest, one.seen.latest)
                for name, one in tally.files.items()
            },
        )

    def add_to(self, tally: Tally) -> None:
        """Add these counts to a tally, with as many refusals word for word as it keeps."""
        tally.records += self.records
        tally.counts.update(self.counts)
        room = REFUSED_KEPT - len(tally.refused)
        tally.refused += [RecordResult(0, Disposition.REFUSED, reason, detail, origin) for reason, detail, origin in self.refused[:room]]
        for name, one in self.files.items():
            counted = tally.file(f"{name}:1")
            counted.dispositions.update(one.dispositions)
            counted.seen.doubts.update(one.doubts)
            times = [time for time in (counted.seen.earliest, counted.seen.latest, one.earliest, one.latest) if time is not None]
            counted.seen.earliest, counted.seen.latest = min(times, default=None), max(times, default=None)


def first_reading(task: Task, given: Iterable[SparkRow]) -> Iterator[SparkRow]:
    """Read the contents of ``given`` (``file`` and ``body``): rows of what is kept, may be kept, was left out, was taught and counted."""
    reading = _Part(task)
    for batch in batched(records(task, given), _BATCH):
        reading.read(batch, lambda _done: None)
        yield from reading.drain()
    yield from reading.finish()


def second_reading(task: Task, named: Collection[str], given: Iterable[SparkRow]) -> Iterator[SparkRow]:
    """Read again: the events that were left out and have one of these vendor ids, as rows that may start a run."""
    reading = _Part(task)
    for batch in batched(records(task, given), _BATCH):
        yield from reading.again([record for record in batch if isinstance(record, RawRecord)], named)


def records(task: Task, given: Iterable[SparkRow]) -> Iterator[RawRecord | Refused]:
    """The records in these contents, read by the front as if each was a file. Contents of one file that follow each other are one."""
    carrier = files.Carrier(tenant=task.tenant, known_columns=_known)
    for name, content in _joined(given):
        source = files.FileSource(name, lambda content=content: nullcontext(BytesIO(content)))  # type: ignore[misc]
        yield from files.read_sources([source], carrier=carrier, journal=files.Journal())


_JOINED_BYTES = 8 * 2**20


def _joined(given: Iterable[SparkRow]) -> Iterator[tuple[str, bytes]]:
    """Lines of a large file come one by one; some of them together are read faster, and say as much."""
    name, waiting, size = "", list[bytes](), 0
    for row in given:
        if waiting and (row.file != name or row.kind != LINE or size > _JOINED_BYTES):
            yield name, b"\n".join(waiting)
            waiting, size = [], 0
        name = row.file
        waiting.append(row.body)
        size += len(row.body)
    if waiting:
        yield name, b"\n".join(waiting)


LINE = "line"
"""The kind of a row that is one line of a file; any other is a whole file."""


class _Part(FirstReading):
    """A first reading that hands its findings out."""

    def __init__(self, task: Task) -> None:
        ports = task.ports()
        self._task = task
        self._taught = Learner(ports)
        super().__init__(ports, task.wanted, self._taught, Held(ports.tuning))
        self._out: list[SparkRow] = []

    def drain(self) -> Iterator[SparkRow]:
        """What was kept and left out since the last time."""
        found, self._out = self._out, []
        yield from found

    def finish(self) -> Iterator[SparkRow]:
        """What is known only at the end of the part."""
        yield from self.drain()
        for aside in self._maybe:
            if self._taught.may_keep(aside.evidence.event):
                yield self._aside(MAYBE, aside, unit=key_of(aside.evidence.event))
            else:
                self._leave_event(aside.number, aside.evidence.event, aside.origin, aside.reason)
        for aside in self._crowded:
            event = aside.evidence.event
            yield self._aside(CROWDED, aside, unit=repr(crowd_of(event)), order=f"{event.time}|{event.vendor_id}")
        yield from self.drain()
        for some in self._taught.taught():
            for key, own in some:
                yield SparkRow(kind=LESSON, unit=key, body=msgspec.json.encode(own.familiarity()))
        yield SparkRow(kind=COUNTS, body=msgspec.json.encode(Counts.of(self.tally)))
        self.close()

    def again(self, raw: list[RawRecord], named: Collection[str]) -> Iterator[SparkRow]:
        """The events with these vendor ids that are ignored by themselves."""
        asked = [(record, self._prober.question(record.data)) if type(record.data) is msgspec.Raw else (record, None) for record in raw]
        some = [record for record, question in asked if question is None or question.vendor_id in named]
        for _, record, event, located in self._open(some).found:
            if not isinstance(event, Event) or event.vendor_id not in named:
                continue
            reason = ignore_reason(located or event, self._task.tuning)
            if reason is not None:
                aside = Aside(0, self._evidence(record, event, located or event), record.origin, reason)
                yield self._aside(MAYBE, aside, unit=key_of(located or event))

    def _keep(self, evidence: Evidence, origin: str) -> None:
        self.tally.keep(origin)
        self._out.append(evidence_row(KEPT, evidence, self._task.tuning))

    def _leave(self, number: int, origin: str, answer: Left) -> None:
        super()._leave(number, origin, answer)
        if answer.kind.changes:
            self._out.append(SparkRow(kind=LEFT, vendor=answer.vendor_id))

    def _leave_event(self, number: int, event: Event, origin: str, reason: str) -> None:
        super()._leave_event(number, event, origin, reason)
        if provider_of(event).versioning.changing(event) is not None:
            self._out.append(SparkRow(kind=LEFT, vendor=event.vendor_id))

    def _aside(self, kind: str, aside: Aside, *, unit: str, order: str = "") -> SparkRow:
        row = evidence_row(kind, aside.evidence, self._task.tuning)
        row.unit, row.order, row.file, row.reason = unit, order, aside.origin, aside.reason
        return row


def evidence_row(kind: str, evidence: Evidence, tuning: Tuning) -> SparkRow:
    """The row of one piece of evidence, with everything by which it is brought together with others."""
    event = evidence.event
    return SparkRow(
        kind=kind,
        id=evidence.id,
        vendor=event.vendor_id,
        wants=wants(event) or "",
        familiar=key_of(event),
        address=address_of(event) or "",
        changes=provider_of(event).versioning.changing(event) is not None,
        tokens=list(joining_tokens(event, tuning)),
        links=list(links(event)),
        body=encode(evidence),
    )


def _known(header: tuple[str, ...]) -> bool:
    return dialect_of_columns(header) is not None or envelope_of_columns(header) is not None
