"""Evidence that a store holds already, as records of another replay: to try a policy on it, or to copy it."""

from collections.abc import Callable, Iterator
from itertools import batched

import msgspec

from ..documents.evidence import TYPED
from ..familiarity import key_of
from ..model import Evidence, RawRecord
from ..ports import StateWrite, Store
from .familiarity import state_keys
from .own_documents import OWN

BATCH = 1_000


def stored_records(source: Store, name: str) -> Callable[[], Iterator[RawRecord]]:
    """What gives all evidence of a store, day by day, with the id and the times under which it is stored. ``name`` is shown as its origin.

    Raises (while it is read):
        StoreUnavailable: the store is away.
    """
    return lambda: (
        RawRecord(data=msgspec.Raw(msgspec.json.encode({OWN: {TYPED: item}})), wanted=True, origin=f"{name}:{day}")
        for day, item in _evidence(source)
    )


def copy_familiarity(source: Store, target: Store) -> None:
    """Take over what the source knows of the people of its evidence: most of what taught it was never stored as evidence.

    Raises:
        StoreUnavailable: a store is away.
    """
    seen: set[object] = set()
    for some in batched(_evidence(source), BATCH):
        keys = sorted({key_of(item.event) for _, item in some} - seen)
        seen.update(keys)
        for document_keys in batched(state_keys(keys), BATCH):
            found = source.read_state((), document_keys).documents
            target.write_state([StateWrite(key, document.body, None) for key, document in found.items()])


def _evidence(source: Store) -> Iterator[tuple[str, Evidence]]:
    return ((day, item) for day in source.days() for page in source.evidence_on(day) for item in page)
