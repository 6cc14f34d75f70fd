"""The port of a store."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from ..model import Alert, Evidence, GroupKey, Prepared, Response
from .records import (
    AlertQuery,
    AlertWrite,
    AppendResult,
    EvidenceContext,
    Span,
    State,
    StateKey,
    StateWrite,
    Stored,
    Written,
)


class Store(Protocol):
    """Stores evidence, reads the context of subjects, and reads and writes alerts by compare-and-swap.

    Every method raises ``StoreUnavailable`` when the store cannot be reached. Tokens come from ``gatewatch.evidence``:
    ``subjects`` are ``principal:...`` and ``person:...``; ``links`` are ``id:...`` and those that
    providers add; ``addresses`` are ``address:...``. What an event mentions (``access_key:...``) is read as a subject is.
    A read that follows ``append`` or ``write_alerts`` sees what they wrote.
    """

    def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
        """Create each document whose id does not exist yet. One result for each item, in order."""
        ...

    def append_prepared(self, prepared: Sequence[Prepared]) -> list[AppendResult]:
        """The same for evidence that was prepared in another process; what has no body is refused."""
        ...

    def context(
        self, subjects: Collection[str], spans: Sequence[Span], links: Collection[str], addresses: Collection[str] = ()
    ) -> EvidenceContext:
        """Read all evidence of these subjects with a time in one of these spans, and all evidence with one of these links at any time.

        Beside it, the evidence of these source addresses (``address:...``) in the spans.
        """
        ...

    def days(self) -> list[str]:
        """The UTC days (ISO dates, in order) for which there is evidence."""
        ...

    def evidence_on(self, day: str) -> Iterator[list[Evidence]]:
        """All evidence with a time on this UTC day, in pages."""
        ...

    def read_alerts(self, keys: Collection[GroupKey]) -> dict[GroupKey, Stored]:
        """The existing alerts of these groups, in their newest state (a realtime read)."""
        ...

    def groups_on(self, day: str) -> list[GroupKey]:
        """The groups of this UTC day (ISO date) that have an alert, in whatever state."""
        ...

    def read_state(self, alerts: Collection[GroupKey], documents: Collection[StateKey]) -> State:
        """Alerts and small documents in their newest state, in one realtime read."""
        ...

    def write_state(self, writes: Sequence[StateWrite]) -> list[Written]:
        """Create or compare-and-swap each small document. One result for each item, in order."""
        ...

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        """Create or compare-and-swap each alert. One result for each item, in order."""
        ...

    def pending(self, limit: int) -> list[GroupKey]:
        """At most ``limit`` groups whose alert has a pending notification, oldest first."""
        ...

    def unresolved(self, since: datetime, limit: int) -> list[str]:
        """At most ``limit`` vendor ids that events ingested since then name and that are not stored as evidence."""
        ...

    def search(self, query: AlertQuery) -> list[Alert]:
        """The alerts that match the query, to show to people."""
        ...

    def evidence_of(self, vendor_ids: Collection[str]) -> list[Evidence]:
        """Every stored version of these vendor ids."""
        ...

    def append_responses(self, responses: Sequence[Response]) -> list[AppendResult]:
        """Create each response whose id does not exist yet. The store writes the author: the one given is not used.

        One result for each item, in order. A read that follows sees what was created.
        """
        ...

    def responses_of(self, alert_ids: Collection[str]) -> list[Response]:
        """Every response to these alerts, by time."""
        ...

    def responses_since(self, moment: datetime) -> list[Response]:
        """Every response that was stored at this moment or later, whatever time it gives itself; by its own time."""
        ...

    def close(self) -> None:
        """Release connections and files."""
        ...
