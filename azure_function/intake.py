"""From pages of records to the pipeline: what was seen is withheld, what breaks is buried, what cannot wait is said at once."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import structs

from gatewatch.errors import Conflict, StoreError, StoreUnavailable
from gatewatch.flow.announce import announce_unstored
from gatewatch.flow.pipeline import Outcome, process
from gatewatch.model import RawRecord
from gatewatch.ports import Ports

from .checkpoint import Checkpoint, record_key
from .streams import Stream
from .withhold import sift

LOG = logging.getLogger(__name__)


class DeadLetters(Protocol):
    """Where records go that nobody can take."""

    def put(self, raw: RawRecord, reason: str, detail: str) -> bool:
        """Keep it with its reason, once however often it is read; False when it lay there before. Raises when it cannot be kept."""
        ...


class Intake:
    """Hands pages over while the store is there; ``away`` says why it is not. Raises what the store raises otherwise."""

    def __init__(self, stream: Stream, checkpoint: Checkpoint, letters: DeadLetters, ports: Ports, settled: datetime | None) -> None:
        self._stream, self._checkpoint, self._letters, self._ports, self._settled = stream, checkpoint, letters, ports, settled
        self._told = checkpoint.announced()
        self._entered: list[str] = []
        self.counts: Counter[str] = Counter()
        self.away: StoreUnavailable | None = None

    def take(self, page: Sequence[RawRecord]) -> None:
        """Into the store; while that is away, at least say aloud what cannot wait."""
        records = [self._with_memory(raw) for raw in page]
        self.counts["read"] += len(records)
        if self.away is None:
            try:
                sifted = sift(records, self._ports.store, self._ports.tuning, self._settled)
                self.counts["withheld"] += sifted.withheld
                self._hand_over(sifted.records)
            except StoreUnavailable as error:
                self.away = error
            else:
                self._entered += [self._key(raw) for raw in records if raw.announced]
                return
        self._announce(records)

    def finish(self) -> None:
        """A slice is through: the alerts' own ledgers know by now what was announced."""
        if self.away is None and self._entered:
            self._checkpoint.forget(self._entered)
            self._entered = []

    def _announce(self, records: Sequence[RawRecord]) -> None:
        told = announce_unstored(records, self._ports)
        found = {self._key(records[index]): channels for index, channels in told.items()}
        if found:
            self._checkpoint.remember(found)
            self._told |= found
            self.counts["announced"] += len(found)

    def _with_memory(self, raw: RawRecord) -> RawRecord:
        channels = self._told.get(self._key(raw)) if self._told else None
        return structs.replace(raw, announced=channels) if channels else raw

    def _key(self, raw: RawRecord) -> str:
        return record_key(self._stream.resource, raw.data)

    def _hand_over(self, records: Sequence[RawRecord]) -> None:
        """Records that break the pipeline go to the dead letters. A store that refuses everything is at fault itself: that is raised."""
        broken = self._process(records)
        refusals = [error for _, error in broken if isinstance(error, StoreError)]
        if refusals and len(broken) == len(records):
            raise refusals[0]
        for raw, error in broken:
            self._bury(raw, "not_processable", type(error).__name__)

    def _process(self, records: Sequence[RawRecord]) -> list[tuple[RawRecord, Exception]]:
        """Through the pipeline; a batch that fails is halved until the record that breaks it stands alone."""
        if not records:
            return []
        try:
            self._account(process(records, self._ports), records)
        except (StoreUnavailable, Conflict):
            raise
        except Exception as error:
            LOG.exception("%s: a batch of %d failed", self._stream.name, len(records))
            if len(records) == 1:
                return [(records[0], error)]
            middle = len(records) // 2
            return self._process(records[:middle]) + self._process(records[middle:])
        return []

    def _account(self, outcome: Outcome, records: Sequence[RawRecord]) -> None:
        for item in outcome.refused():
            self._bury(records[item.index], item.reason, item.detail)
        self.counts.update(outcome.counts())
        self.counts["alerts_written"] += len(outcome.alerts)
        self.counts["told"] += sum(not sent.error for sent in outcome.sent)

    def _bury(self, raw: RawRecord, reason: str, detail: str) -> None:
        self.counts["dead_letters"] += self._letters.put(raw, reason, detail)
