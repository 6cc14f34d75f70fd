"""Which parts of a tuning any stored record ever matched: what never did may be misspelt, or no longer needed."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from ..evidence import stored_time
from ..model import Event
from ..model.text import fold
from ..ports import Store
from ..providers.phrases import identifiers
from ..scoring.suppression import matching_entries
from ..tuning import Tuning
from ..tuning.networks import in_network

_LISTS = ("break_glass", "privileged_principals", "sync_accounts")


class PartUsage(Struct, frozen=True, kw_only=True):
    """A part of a tuning, how many stored records it matches, whatever rules they match, and the time of the latest."""

    name: str
    records: int
    last: datetime | None


def usage(tuning: Tuning, store: Store) -> list[PartUsage]:
    """Every allowlist entry, listed principal and known network, in the order of the file. Reads all evidence, page by page.

    Raises:
        StoreUnavailable: the store is away.
    """
    found: dict[str, tuple[int, datetime | None]] = dict.fromkeys(_names(tuning), (0, None))
    listed = {fold(name): f"{part}: {name}" for part in _LISTS for name in getattr(tuning, part)}
    for day in store.days():
        for page in store.evidence_on(day):
            for item in page:
                for name in set(_matched(item.event, tuning, listed)):
                    count, last = found[name]
                    found[name] = (count + 1, max(last or stored_time(item), stored_time(item)))
    return [PartUsage(name=name, records=count, last=last) for name, (count, last) in found.items()]


def _names(tuning: Tuning) -> Iterator[str]:
    yield from (f"allowlist {entry.id}" for entry in tuning.allowlist)
    yield from (f"{part}: {name}" for part in _LISTS for name in getattr(tuning, part))
    yield from (f"known_networks: {network}" for network in tuning.known_networks)


def _matched(event: Event, tuning: Tuning, listed: dict[str, str]) -> Iterator[str]:
    yield from (f"allowlist {entry.id}" for entry in matching_entries(event, tuning))
    yield from (listed[name] for name in map(fold, identifiers(event)) if name in listed)
    yield from (f"known_networks: {network}" for network in tuning.known_networks if in_network(event.place.ip, network))
