"""From pages of records to the pipeline: what is unchanged is skipped, what breaks becomes a dead letter, what cannot wait is sent at once."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

from ..errors import Conflict, StoreError, StoreUnavailable
from ..flow.announce import announce_unstored
from ..flow.decoding import Decoded, decoded
from ..flow.pipeline import BatchResult, process
from ..model import RawRecord
from .cursor import record_key
from .ports import Damaged, Dependencies
from .skip_unchanged import skip_unchanged
from .streams import Stream

LOG = logging.getLogger(__name__)
UNDECODABLE = "undecodable_record"
REPAIRED = "repaired_record"
"""A record of which something was replaced before it was processed; a person should check it, because an attacker may have damaged it."""


class HandOver:
    """Hands pages over while the store is there; ``away`` says why it is not. Raises what the store raises otherwise."""

    def __init__(self, stream: Stream, needs: Dependencies, settled: datetime | None) -> None:
        self._stream, self._needs, self._settled = stream, needs, settled
        self._announced = needs.checkpoint.announced()
        self._entered: list[str] = []
        self.counts: Counter[str] = Counter()
        self.away: StoreUnavailable | None = None

    def take(self, page: Sequence[RawRecord | Damaged]) -> None:
        """A page into the store, or while that is away, what cannot wait to people. Damaged records also become dead letters."""
        damaged = [item for item in page if isinstance(item, Damaged)]
        records = [item.raw if isinstance(item, Damaged) else item for item in page if not isinstance(item, Damaged) or item.repaired]
        self.counts.update(read=len(page), damaged=len(damaged))
        self._hand_over(records)
        for item in damaged:
            self._dead_letter(item.raw, REPAIRED if item.repaired else UNDECODABLE, item.damage)

    def _hand_over(self, page: Sequence[RawRecord]) -> None:
        records = [decoded(self._with_memory(raw)) for raw in page]
        if self.away is None:
            try:
                remaining = skip_unchanged(records, self._needs.ports.store, self._needs.ports.tuning, self._settled)
                self.counts["unchanged"] += remaining.skipped
                self._process_all(remaining.records)
            except StoreUnavailable as error:
                self.away = error
            else:
                self._entered += [self._key(record) for record in records if record.raw.announced]
                return
        self._announce(records)

    def finish(self) -> None:
        """A slice is through: the alerts' own notification logs hold by now what was announced."""
        if self.away is None and self._entered:
            self._needs.checkpoint.forget(self._entered)
            self._entered = []

    def _announce(self, records: Sequence[Decoded]) -> None:
        sent = announce_unstored(records, self._needs.ports)
        found = {self._key(records[index]): channels for index, channels in sent.items()}
        if found:
            self._needs.checkpoint.remember(found)
            self._announced |= found
            self.counts["announced"] += len(found)

    def _with_memory(self, raw: RawRecord) -> RawRecord:
        channels = self._announced.get(record_key(self._stream.resource, raw.data)) if self._announced else None
        return structs.replace(raw, announced=channels) if channels else raw

    def _key(self, record: Decoded) -> str:
        return record_key(self._stream.resource, record.raw.data)

    def _process_all(self, records: Sequence[Decoded]) -> None:
        """Records that break the pipeline become dead letters. A store that refuses everything is at fault itself: that is raised."""
        broken = self._process(records)
        refusals = [error for _, error in broken if isinstance(error, StoreError)]
        if refusals and len(broken) == len(records):
            raise refusals[0]
        for record, error in broken:
            self._dead_letter(record.raw, "not_processable", type(error).__name__)

    def _process(self, records: Sequence[Decoded]) -> list[tuple[Decoded, Exception]]:
        """Through the pipeline; a batch that fails is halved until the record that breaks it stands alone."""
        if not records:
            return []
        try:
            self._account(process(records, self._needs.ports), records)
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
        for item in outcome.refused():
            self._dead_letter(records[item.index].raw, item.reason, item.detail)
        self.counts.update(outcome.counts())
        self.counts["alerts_written"] += len(outcome.alerts)
        self.counts.update("not_notified" if sent.error else "notified" for sent in outcome.sent)

    def _dead_letter(self, raw: RawRecord, reason: str, detail: str) -> None:
        self.counts["dead_letters"] += self._needs.dead_letters.put(raw, reason, detail)
