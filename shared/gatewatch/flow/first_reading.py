"""Reads raw records once: what nothing keeps teaches and is counted, the rest is set aside as evidence or until everything was taught."""

from collections.abc import Callable, Iterable, Iterator
from itertools import batched, count
from typing import cast

from ..evidence import ignore_reason, wants
from ..model import Event, Evidence, Ignored, RawRecord, Refused
from ..model.familiarity import Start
from ..ports import Ports
from ..providers.catalogue import provider_of
from ..reading.files import Given, Lines
from .batches import in_batches
from .crowded import sorted_out
from .decoding import Decoded
from .familiarity import starting
from .gathered import Aside, Gathered
from .held import HandedOver, Held
from .intake import Disposition, Opened, RecordResult, evidence_of, open_chunk
from .learner import Learner
from .limits import BEYOND, crowd_of
from .numbered import HashPairs
from .places import Places
from .probing import Left, Prober
from .spool import Hashes, Spool
from .tally import Tally, file_of
from .unreadable import without_unreadable
from .wanted import Wanted, of_files

READ_BATCH = 1_000
_ASK_BATCH = 1_000
_GIVE_BATCH = 500
_AGAIN_BATCH = 250
_ASIDE_IN_MEMORY = 4_000  # each has a whole event: 20,000 of them would be a third of the memory of a long replay
_HASHES = ("_crowded_ids", "_left_out", "_sought")


class FirstReading:
    """Reads, teaches, counts and sets aside. What is kept depends on all records together, never on their order or their batches."""

    def __init__(self, ports: Ports, wanted: Wanted, learner: Learner, held: Held | HandedOver) -> None:
        """``held`` takes what is kept."""
        self.tally = Tally()
        self._ports, self._wanted, self._learner, self._held = ports, wanted, learner, held
        self._prober = Prober(ports.tuning, ports.geo, wanted, learner.may_remember)
        self._maybe: Spool[Aside] = Spool(_ASIDE_IN_MEMORY)
        self._crowded: Spool[Aside] = Spool(_ASIDE_IN_MEMORY)
        self._crowded_ids = Hashes()
        self._left_out = Hashes()  # events that may be kept after all, by the number of their record
        self._sought = Hashes()  # vendor ids of which every record is kept
        self._places = Places()

    def read(
        self, records: Iterable[Given], progress: Callable[[int], None], mine: Iterator[int] | None = None, *, again: bool = True
    ) -> None:
        """Read every record once, or those batches whose numbers ``mine`` gives (in order, from 0); raises ``StoreUnavailable``.

        ``again``: whether it is this process that reads again, if any does.
        """
        mine = count() if mine is None else mine
        own = next(mine)
        for place, batch in enumerate(in_batches(records, READ_BATCH)):
            if again:
                self._places.note(batch)
            if place == own:
                self._read(batch)
                own = next(mine)
            else:
                for name in dict.fromkeys(item.place.name if isinstance(item, Lines) else file_of(item.origin) for _, item in batch):
                    self.tally.named(name)
            progress(self.tally.records)

    def _read(self, batch: list[tuple[int, Given]]) -> None:
        slow: list[tuple[int, Decoded]] = []
        for number, record in batch:
            if isinstance(record, Lines):
                slow += self._look_at(record, number)
            elif isinstance(record, Refused):
                self.tally.records += 1
                self.tally.refuse(RecordResult(number, Disposition.REFUSED, record.reason, record.detail, record.origin))
            elif isinstance(answer := self._prober.ask(record), Left):
                self._leave(number, record.origin, answer)
            else:
                slow.append((number, answer))
        if slow:
            self._take(slow)

    def _look_at(self, lines: Lines, first: int) -> list[tuple[int, Decoded]]:
        """Leave out what nothing keeps of these lines, of which the first record has this number; what is decoded comes back."""
        look, tenant = self._prober.look, lines.place.tenant
        left: list[Left] = []
        changing: list[tuple[str, int]] = []  # vendor id and number
        slow: list[tuple[int, Decoded]] = []
        for index, text in enumerate(lines.texts):
            answer = look(text, tenant, lines, index)
            if not isinstance(answer, Left):
                slow.append((first + index, answer))
                continue
            left.append(answer)
            if answer.kind.changes:
                changing.append((answer.vendor_id, first + index))
            if answer.news:
                self._learner.lesson(*answer.news, Start(answer.time, answer.vendor_id))
        if left:
            dated = [one for one in left if one.kind.dated]
            doubts = (doubt for one in dated for doubt in one.kind.doubts)
            self.tally.leave_all(lines.place.name, [one.kind.counted for one in left], [one.time for one in dated], doubts)
            self._left_out.add_all(changing)
        return slow

    def given(self) -> Iterator[Gathered]:
        """Everything that this reading has, some at a time, for ``absorb`` in another process."""
        for kept in batched(self._held, _GIVE_BATCH) if isinstance(self._held, HandedOver) else ():
            yield Gathered(kept=kept)
        for some in batched(self._maybe, _GIVE_BATCH):
            yield Gathered(maybe=some)
        for some in batched(self._crowded, _GIVE_BATCH):
            yield Gathered(crowded=some)
        for taught in self._learner.taught():
            yield Gathered(taught=tuple(taught))
        for name in _HASHES:
            for parts in getattr(self, name).given():
                yield Gathered(hashes=(name, parts))
        yield Gathered(tally=self.tally)

    def absorb(self, found: Gathered) -> None:
        """Take what another process gathered from its share."""
        for one in found.kept:
            cast("Held", self._held).put(one)
        for aside in found.maybe:
            self._maybe.add(aside)
        for aside in found.crowded:
            self._crowded.add(aside)
        self._learner.absorb(found.taught)
        if found.hashes is not None:
            name, parts = found.hashes
            getattr(self, name).take(parts)
        if found.tally is not None:
            self.tally.absorb(found.tally)

    def decide(self) -> None:
        """After everything was taught and written: what starts a run is kept, and of crowds only so many; raises ``StoreUnavailable``."""
        self._prober.forget_kinds()
        for some in batched(self._maybe, _ASK_BATCH):
            for aside, starts in zip(some, starting([aside.evidence.event for aside in some], self._ports), strict=True):
                if starts:
                    self._keep(aside.evidence, aside.origin)
                else:
                    self._leave_event(aside.number, aside.evidence.event, aside.origin, aside.reason)
        named = HashPairs(self._crowded_ids.shared_with(self._sought))
        for aside, is_kept in sorted_out(self._crowded):
            if is_kept or (hash(aside.evidence.event.vendor_id), aside.number) in named:
                self._keep(aside.evidence, aside.origin)
            else:
                self.tally.leave_out(aside.origin, BEYOND)

    def left_out(self) -> HashPairs:
        """Hash of vendor id and number (from 1) of records that were left out although another record names them, or another version is kept."""
        return HashPairs(self._left_out.shared_with(self._sought))

    def keep_after_all(self, records: Callable[[], Iterable[Given]]) -> None:
        """Read again and keep what ``left_out`` says: from its place in its file, or all records anew; raises ``StoreUnavailable``."""
        missing = self.left_out()
        for batch in batched(self._places.again(missing.numbers(), records), _AGAIN_BATCH):
            opened = self._open([self._prober.read(raw) for _, raw in batch])
            events = [
                (raw, event, located or event)
                for index, raw, event, located in opened.found
                if isinstance(event, Event) and (hash(event.vendor_id), batch[index][0]) in missing
            ]
            starts = starting([located for _, _, located in events], self._ports)
            for (raw, event, located), is_start in zip(events, starts, strict=True):
                reason = ignore_reason(located, self._ports.tuning)
                if reason is not None and not is_start:
                    self.tally.keep_after_all(raw.origin, reason)
                    self._held.add(self._evidence(raw, event, located))

    def close(self) -> None:
        """Forget everything but the counts, and remove the temporary files."""
        for each in (self._prober, self._maybe, self._crowded, self._crowded_ids, self._left_out, self._sought):
            each.close()

    def _leave(self, number: int, origin: str, answer: Left) -> None:
        kind = answer.kind
        self.tally.records += 1
        self.tally.leave(origin, kind.counted, kind.doubts, answer.time if kind.dated else None)
        if kind.changes:
            self._left_out.add(answer.vendor_id, number)
        if answer.news:
            self._learner.lesson(*answer.news, Start(answer.time, answer.vendor_id))

    def _open(self, records: list[RawRecord] | list[Decoded]) -> Opened:
        opened = of_files(open_chunk(records, self._ports.geo), self._wanted)
        return without_unreadable(opened, self._ports.tuning, self._ports.clock())

    def _take(self, slow: list[tuple[int, Decoded]]) -> None:
        opened = self._open([record for _, record in slow])
        self.tally.see(opened)
        self.tally.records += len(opened.found)
        self._learner.learn(opened.events)
        for index, raw, found, located in opened.found:
            if isinstance(found, Refused):
                origin = found.origin or raw.origin
                self.tally.refuse(RecordResult(slow[index][0], Disposition.REFUSED, found.reason, found.detail, origin))
            elif isinstance(found, Ignored):
                self.tally.leave_out(found.origin or raw.origin, found.reason)
            else:
                self._sort_out(slow[index][0], raw, found, located or found)

    def _sort_out(self, number: int, raw: RawRecord, event: Event, located: Event) -> None:
        reason = ignore_reason(located, self._ports.tuning)
        if reason is not None and not raw.wanted:
            if self._learner.may_keep(located):
                self._maybe.add(Aside(number, self._evidence(raw, event, located), raw.origin, reason))
            else:
                self._leave_event(number, located, raw.origin, reason)
        elif not raw.wanted and crowd_of(located) is not None:
            self._crowded.add(Aside(number, self._evidence(raw, event, located), raw.origin))
            self._crowded_ids.add(located.vendor_id, number)
        else:
            self._keep(self._evidence(raw, event, located), raw.origin)

    def _evidence(self, raw: RawRecord, event: Event, located: Event) -> Evidence:
        return evidence_of(raw, event, located, self._ports.clock())

    def _keep(self, evidence: Evidence, origin: str) -> None:
        event = evidence.event
        self.tally.keep(origin)
        self._held.add(evidence)
        named = wants(event)
        if named is not None:
            self._sought.add(named)
        if provider_of(event).versioning.changing(event) is not None:
            self._sought.add(event.vendor_id)

    def _leave_event(self, number: int, event: Event, origin: str, reason: str) -> None:
        self.tally.leave_out(origin, reason)
        if provider_of(event).versioning.changing(event) is not None:
            self._left_out.add(event.vendor_id, number)
