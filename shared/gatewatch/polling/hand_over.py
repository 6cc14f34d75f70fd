"""From pages of records to the pipeline: what is unchanged is skipped, what breaks becomes a dead letter, what cannot wait is sent at once."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from ..errors import Conflict, NewerDocument, StoreError, StoreUnavailable
from ..flow.announce import announce_unstored, log_announced, marks_of
from ..flow.announced import Announcements, remembering, settle
from ..flow.decoding import Decoded, decoded
from ..flow.intake import Disposition
from ..flow.pipeline import BatchResult, process
from ..flow.policy import current, remembered
from ..model import Announcement, RawRecord, Severity
from .ports import Damaged, Dependencies
from .skip_unchanged import skip_unchanged
from .streams import Stream

LOG = logging.getLogger(__name__)
UNDECODABLE = "undecodable_record"
REPAIRED = "repaired_record"
"""A record of which something was replaced before it was processed; a person should check it, because an attacker may have damaged it."""

PAGE = 1_000
"""Records of a page of Graph: they go through the pipeline at once, so who is in both of its halves is read and computed once."""

LEFT_TO_NEWER = "left_to_newer_release"
"""Counts records that are stored and whose alert a later release of Gatewatch computes."""


class HandOver:
    """Hands pages over while the store is there; ``away`` says why it is not. Raises what the store raises otherwise."""

    def __init__(self, stream: Stream, needs: Dependencies, settled: datetime | None) -> None:
        self._stream, self._needs, self._settled = stream, needs, settled
        self._probe = needs.probes.of(stream.name)
        self._kept = set(needs.checkpoint.announced())
        self._known = Announcements(self._kept, self._marks, needs.checkpoint.announced)
        self._marked: set[str] | None = None  # read when it is needed first
        self._store_answers = True
        self._looked = not self._kept  # whether the logs were asked for what an earlier run announced
        self._ports = remembering(needs.ports, self._known)
        self._entered: set[Announcement] = set()
        self.counts: Counter[str] = Counter()
        self.away: StoreUnavailable | None = None

    def take(self, page: Sequence[RawRecord | Damaged]) -> None:
        """A page into the store, or while that is away, what cannot wait to people. Damaged records also become dead letters."""
        damaged = [item for item in page if isinstance(item, Damaged)]
        records = [item.raw if isinstance(item, Damaged) else item for item in page if not isinstance(item, Damaged) or item.repaired]
        self.counts.update(read=len(page), damaged=len(damaged))
        if records:
            self._hand_over(records)
        for item in damaged:
            try:
                self._dead_letter(item.raw, REPAIRED if item.repaired else UNDECODABLE, item.damage)
            except StoreUnavailable as error:
                self.away = self.away or error  # the slice is read again; what is urgent behind it is announced meanwhile

    def _hand_over(self, page: Sequence[RawRecord]) -> None:
        if self.away is None:
            try:
                self._into_store(page)
            except StoreUnavailable as error:
                self.away = error
            except StoreError:
                self._announce(self._urgent_of(page))
                raise
            else:
                return
        self._announce(self._urgent_of(page))

    def _into_store(self, page: Sequence[RawRecord]) -> None:
        if not self._looked:
            self._log_announced()
            self._looked = True
        taught = False
        try:
            ports = current(self._ports)
            found = self._probe.sort(page, ports, self._known)
            records = [self._with_announcements(record) for record in found.records]
            remaining = skip_unchanged(records, found.stored, ports.tuning, self._settled)
            taught = self._process_all(remaining.records)
            self._probe.settle(ports.store)
        finally:
            if not taught:
                self._probe.forget()
        self.counts.update(found.left)
        self.counts["unchanged"] += remaining.skipped
        self._entered |= {one for record in records for one in record.raw.announced}

    def _urgent_of(self, page: Sequence[RawRecord]) -> list[Decoded]:
        """The records of a page that may hold something urgent, decoded."""
        return [self._with_announcements(record) for record in self._probe.without_store(page, remembered(self._ports))]

    def finish(self) -> None:
        """A slice is through: what the alerts' own notification logs hold by now is forgotten."""
        if self.away is None and self._entered:
            self._entered = set()
            try:
                self._log_announced()
            except StoreError:
                return  # the next run looks again

    def _log_announced(self) -> None:
        """What was announced by an earlier run goes into the logs of the alerts, and is forgotten."""
        logged = log_announced(self._kept, self._ports)
        settle(logged, self._needs.checkpoint)
        self._marked = None
        self._kept -= logged

    def _announce(self, records: Sequence[Decoded]) -> None:
        """What cannot wait, to people; then what they know is remembered, also what the pipeline sent and could not mark."""
        self._marked = None  # another run may have stored and sent it since
        try:
            outcome = announce_unstored(records, self._ports, self._known, ask=self._store_answers)
        finally:
            self._remember()
        self._store_answers &= outcome.answered
        self.counts.update({name: number for name, number in (("announced", outcome.sent), ("not_notified", outcome.failed)) if number})

    def _remember(self) -> None:
        added = self._known.all() - self._kept
        if added:
            self._needs.checkpoint.remember(added)
            self._kept |= added

    def _marks(self) -> set[str]:
        if self._marked is None:
            self._marked = set(self._needs.checkpoint.marks())
        return self._marked

    def _add_marks(self, records: Sequence[Decoded]) -> None:
        marks = marks_of(records, self._ports)
        if marks:
            self._needs.checkpoint.add_marks(marks)
            self._marked = None if self._marked is None else self._marked | marks

    def _with_announcements(self, record: Decoded) -> Decoded:
        announced = tuple(one for one in self._known.about(record) if one in self._kept) if self._kept else ()
        return structs.replace(record, raw=structs.replace(record.raw, announced=announced)) if announced else record

    def _process_all(self, records: Sequence[Decoded]) -> bool:
        """Whether all went through. Records that break the pipeline become dead letters; a store that refuses everything is raised."""
        broken = self._process(records)
        refusals = [error for _, error in broken if isinstance(error, StoreError) and not isinstance(error, NewerDocument)]
        if refusals and len(broken) == len(records):
            raise refusals[0]
        if broken:
            self._announce([record for record, _ in broken])
        for record, error in broken:
            if isinstance(error, NewerDocument):
                self.counts[LEFT_TO_NEWER] += 1  # its evidence is stored, and its days are listed for the later release
            else:
                self._dead_letter(record.raw, "not_processable", type(error).__name__)
        return not broken

    def _process(self, records: Sequence[Decoded]) -> list[tuple[Decoded, Exception]]:
        """Through the pipeline; a batch that fails is halved until the record that breaks it stands alone."""
        if not records:
            return []
        try:
            self._account(process(records, self._ports, PAGE), records)
        except (StoreUnavailable, Conflict):
            raise
        except Exception as error:
            LOG.exception("%s: a batch of %d failed", self._stream.name, len(records))
            if len(records) == 1:
                return [(records[0], error)]
            middle = len(records) // 2
            return self._process(records[:middle]) + self._process(records[middle:])
        return []

    def _account(self, outcome: BatchResult, records: Sequence[Decoded]) -> None:
        refused = outcome.refused()
        if refused:
            self._announce([records[item.index] for item in refused])
        self.counts.update(outcome.counts())
        self.counts["alerts_written"] += len(outcome.alerts)
        self.counts.update("not_notified" if sent.error else "notified" for sent in outcome.sent)
        if _may_be_urgent(outcome, remembered(self._needs.ports).urgent_from):
            self._add_marks(records)
        for item in refused:
            self._dead_letter(records[item.index].raw, item.reason, item.detail)

    def _dead_letter(self, raw: RawRecord, reason: str, detail: str) -> None:
        announced = self._known.about(decoded(raw))
        self.counts["dead_letters"] += self._needs.dead_letters.put(structs.replace(raw, announced=announced), reason, detail)


def _may_be_urgent(outcome: BatchResult, urgent_from: Severity) -> bool:
    """Whether the records may hold a finding that would be announced if the store went away; a duplicate's alert may be written already."""
    duplicates = any(item.disposition is Disposition.DUPLICATE for item in outcome.items)
    return duplicates or any(alert.severity >= urgent_from for alert in outcome.alerts)
