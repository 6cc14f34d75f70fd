"""The store that lives in memory: for tests, checks and replays. Safe for several threads, with the semantics of the real ones."""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from ..alerts.query import matches_query
from ..evidence import id_link, stored_time, tokens, wants
from ..model import Alert, Evidence, GroupKey, Prepared, Response
from ..ports import (
    AlertQuery,
    AlertWrite,
    Appended,
    AppendResult,
    EvidenceContext,
    Span,
    State,
    StateDocument,
    StateKey,
    StateWrite,
    Stored,
    Written,
)
from .indexed import NEWEST, bounded, day_of, with_addresses, with_bodies, within
from .memory_responses import MemoryResponses


class MemoryStore:
    """Everything in dictionaries, under one lock."""

    def __init__(self, newest: int = NEWEST) -> None:
        self._lock = threading.RLock()
        self._newest = newest
        self._evidence: dict[str, Evidence] = {}
        self._by_token: dict[str, list[Evidence]] = defaultdict(list)
        self._times: dict[str, tuple[datetime, datetime]] = {}  # the first and the last time of each token
        self._alerts: dict[GroupKey, tuple[Alert, int]] = {}
        self._state: dict[StateKey, tuple[bytes, int]] = {}
        self._responses = MemoryResponses()

    def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
        """Create each document unless its id exists."""
        with self._lock:
            return [self._append_one(item) for item in evidence]

    def append_prepared(self, prepared: Sequence[Prepared]) -> list[AppendResult]:
        """The same for prepared evidence."""
        return with_bodies(prepared, self.append)

    def _append_one(self, item: Evidence) -> AppendResult:
        if item.id in self._evidence:
            return AppendResult(Appended.DUPLICATE)
        self._evidence[item.id] = item
        moment = stored_time(item)
        for token in tokens(item.event):
            self._by_token[token].append(item)
            first, last = self._times.get(token, (moment, moment))
            self._times[token] = (min(first, moment), max(last, moment))
        return AppendResult(Appended.CREATED)

    def context(
        self, subjects: Collection[str], spans: Sequence[Span], links: Collection[str], addresses: Collection[str] = ()
    ) -> EvidenceContext:
        """All evidence of these subjects and addresses in the spans, and all evidence with one of these links."""
        with self._lock:
            piles = {token: pile for token in links if (pile := self._by_token.get(token))}
            found = bounded(piles | self._within(subjects, spans), self._newest)
            return with_addresses(found, bounded(self._within(addresses, spans), self._newest))

    def _within(self, wanted: Iterable[str], spans: Sequence[Span]) -> dict[str, Sequence[Evidence]]:
        return {token: self._pile(token, spans) for token in wanted if token in self._by_token}

    def _pile(self, token: str, spans: Sequence[Span]) -> Sequence[Evidence]:
        pile, (first, last) = self._by_token[token], self._times[token]
        if any(since <= first and last <= until for since, until in spans):
            return pile
        return [item for item in pile if within(item, spans)]

    def days(self) -> list[str]:
        """The days with evidence."""
        with self._lock:
            return sorted({day_of(item) for item in self._evidence.values()})

    def evidence_on(self, day: str) -> Iterator[list[Evidence]]:
        """The evidence of a day, in one page."""
        with self._lock:
            found = [item for item in self._evidence.values() if day_of(item) == day]
        yield sorted(found, key=lambda item: item.id)

    def groups_on(self, day: str) -> list[GroupKey]:
        """The groups of this day that have an alert."""
        with self._lock:
            return sorted(key for key in self._alerts if key.day == day)

    def read_state(self, alerts: Collection[GroupKey], documents: Collection[StateKey]) -> State:
        """Alerts and small documents, read at one moment."""
        with self._lock:
            known = ((key, self._state.get(key)) for key in documents)
            found = {key: StateDocument(stored[0], str(stored[1])) for key, stored in known if stored is not None}
            return State(self.read_alerts(alerts), found)

    def write_state(self, writes: Sequence[StateWrite]) -> list[Written]:
        """Create or compare-and-swap each."""
        with self._lock:
            return [self._write_document(write) for write in writes]

    def _write_document(self, write: StateWrite) -> Written:
        _, version = self._state.get(write.key, (b"", 0))
        if (str(version) if version else None) != write.version:
            return Written.CONFLICT
        self._state[write.key] = (write.body, version + 1)
        return Written.DONE

    def read_alerts(self, keys: Collection[GroupKey]) -> dict[GroupKey, Stored]:
        """The alerts of these groups that exist."""
        with self._lock:
            return {key: Stored(*self._versioned(key)) for key in keys if key in self._alerts}

    def _versioned(self, key: GroupKey) -> tuple[Alert, str]:
        alert, version = self._alerts[key]
        return alert, str(version)

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        """Create or compare-and-swap each."""
        with self._lock:
            return [self._write_one(write) for write in writes]

    def _write_one(self, write: AlertWrite) -> Written:
        key = write.alert.key
        known = self._alerts.get(key)
        if (None if known is None else str(known[1])) != write.version:
            return Written.CONFLICT
        self._alerts[key] = (write.alert, 1 if known is None else known[1] + 1)
        return Written.DONE

    def pending(self, limit: int) -> list[GroupKey]:
        """Groups with a pending notification, longest waiting first."""
        with self._lock:
            waiting = sorted((alert.updated, alert.id, key) for key, (alert, _) in self._alerts.items() if alert.pending)
        return [key for _, _, key in waiting[:limit]]

    def unresolved(self, since: datetime, limit: int) -> list[str]:
        """Vendor ids that recent evidence names and that are not in the evidence."""
        with self._lock:
            recent = [item for item in self._evidence.values() if item.ingested >= since]
            named = {vendor_id for item in recent if (vendor_id := wants(item.event))}
            return sorted(vendor_id for vendor_id in named if not self._has(vendor_id))[:limit]

    def _has(self, vendor_id: str) -> bool:
        return any(item.event.vendor_id == vendor_id for item in self._with({id_link(vendor_id)}))

    def search(self, query: AlertQuery) -> list[Alert]:
        """Alerts for people to list, newest activity first."""
        with self._lock:
            found = [alert for alert, _ in self._alerts.values() if matches_query(alert, query)]
        return sorted(found, key=lambda a: (a.snapshot.last_seen, a.id), reverse=True)[: query.limit]

    def evidence_of(self, vendor_ids: Collection[str]) -> list[Evidence]:
        """Every stored version of these vendor ids."""
        with self._lock:
            found = self._with({id_link(vendor_id) for vendor_id in vendor_ids})
            return sorted((e for e in found if e.event.vendor_id in vendor_ids), key=lambda e: e.id)

    def append_responses(self, responses: Sequence[Response]) -> list[AppendResult]:
        """Create each response unless its id exists."""
        return self._responses.append(responses)

    def responses_of(self, alert_ids: Collection[str]) -> list[Response]:
        """Every response to these alerts."""
        return self._responses.of(alert_ids)

    def responses_since(self, moment: datetime) -> list[Response]:
        """Every response stored since."""
        return self._responses.since(moment)

    def close(self) -> None:
        """Nothing to release."""

    def _with(self, wanted: Iterable[str]) -> list[Evidence]:
        return list({item.id: item for token in wanted for item in self._by_token.get(token, ())}.values())
