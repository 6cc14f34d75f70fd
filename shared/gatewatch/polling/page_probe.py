"""Which records of a page can matter, asked before anything is decoded; what is learnt of a kind of record is kept between the runs of a process.

A record is left out when a probe says that nothing keeps it and that an equal record taught the same (``gatewatch.flow.probing``). What a
process learnt holds under one policy, while every page got through the pipeline, and for half an hour: within their overlap streams are read
again, by then with a new prober, so a verdict or a forgotten person counts although an equal record was left out before.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from ..evidence import wants
from ..flow.announced import Announcements
from ..flow.decoding import Decoded, decoded
from ..flow.familiarity import familiar_in, state_keys
from ..flow.probing import Left, Prober
from ..model import Event, Evidence, RawRecord
from ..ports import Geo, Ports, Store
from ..tuning import Tuning

KEPT_FOR = timedelta(minutes=30)
"""Shorter than every overlap (``OVERLAP_MINUTES`` is at least 60)."""

_KEYS_AT_MOST = 200_000


class SortedPage(Struct, frozen=True):
    """A page, sorted: the records that have to be processed, what is stored of any of its records, and the others counted by reason."""

    records: tuple[Decoded, ...]
    stored: tuple[Evidence, ...]
    left: Counter[str]


class PageProbe:
    """Sorts the pages of one stream. Not safe for several threads: the stream's lease keeps others out."""

    def __init__(self) -> None:
        self._prober: Prober | None = None
        self._tuning: Tuning | None = None
        self._geo: Geo | None = None
        self._since = datetime.min.replace(tzinfo=UTC)
        self._met: set[str] = set()  # keys of familiarity in which nothing is malicious
        self._unmet: set[str] = set()

    def sort(self, page: Sequence[RawRecord], ports: Ports, known: Announcements) -> SortedPage:
        """Sort a page under the policy of these ports. Raises ``StoreUnavailable``."""
        prober = self._prober_under(ports)
        answers = [(raw, prober.ask(raw)) for raw in page]
        slow = [answer for _, answer in answers if isinstance(answer, Decoded)]
        left = [(raw, answer) for raw, answer in answers if isinstance(answer, Left)]
        named = _named(slow)
        ids = named.union(answer.vendor_id for _, answer in left if answer.kind.changes)
        stored = tuple(ports.store.evidence_of(ids)) if ids else ()
        needed = named.union(item.event.vendor_id for item in stored)
        counted: Counter[str] = Counter()
        for raw, answer in left:
            if answer.news or answer.vendor_id in needed or known.names(answer.vendor_id):
                slow.append(decoded(raw))
            else:
                counted[answer.kind.counted] += 1
        return SortedPage(tuple(slow), stored, counted)

    def without_store(self, page: Iterable[RawRecord], ports: Ports) -> list[Decoded]:
        """The records that may hold something urgent, while the store is away. What they would teach is not taught, so nothing is learnt."""
        prober = self._prober_under(ports)
        found = [answer for raw in page if isinstance(answer := prober.ask(raw), Decoded)]
        self.forget()
        return found

    def settle(self, store: Store) -> None:
        """The page is through the pipeline: ask which of the keys that were met first may be remembered. Raises ``StoreUnavailable``."""
        if not self._unmet:
            return
        keys = sorted(self._unmet)
        self._unmet = set()
        known = familiar_in(store.read_state((), state_keys(keys)), keys)
        if len(self._met) > _KEYS_AT_MOST:
            self._met = set()
        self._met.update(key for key, one in known.items() if not one.malicious)

    def forget(self) -> None:
        """Something was not taught as the prober believes: begin anew."""
        self._prober = None
        self._met, self._unmet = set(), set()

    def _prober_under(self, ports: Ports) -> Prober:
        now = ports.clock()
        same = self._geo is ports.geo and (self._tuning is ports.tuning or self._tuning == ports.tuning)
        if self._prober is None or not same or not self._since <= now < self._since + KEPT_FOR:
            self.forget()
            self._prober = Prober(ports.tuning, ports.geo, may_remember=self._may_remember)
            self._geo, self._since = ports.geo, now
        self._tuning = ports.tuning
        return self._prober

    def _may_remember(self, key: str) -> bool:
        if key in self._met:
            return True
        self._unmet.add(key)
        return False


class PageProbes:
    """The page probes of one tenant, by stream."""

    def __init__(self) -> None:
        self._probes: dict[str, PageProbe] = {}

    def of(self, stream: str) -> PageProbe:
        """The one of a stream."""
        return self._probes.setdefault(stream, PageProbe())


def _named(records: Collection[Decoded]) -> set[str]:
    """The vendor ids of these records, and of the records that they name."""
    events = (found for record in records for found in record.found if isinstance(found, Event))
    return {name for event in events for name in (event.vendor_id, wants(event)) if name}
