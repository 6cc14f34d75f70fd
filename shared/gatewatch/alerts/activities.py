"""Evidence to activities: the newest version of each record counts, and each provider joins the records that belong together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct, structs

from ..evidence import ignore_reason, same_copy, wants
from ..familiarity import Recognised, key_of, recognised
from ..model import Activity, Evidence
from ..model.familiarity import Familiarity
from ..providers.catalogue import PROVIDERS, provider_of
from ..providers.versions import Versions
from ..tuning import Tuning
from .versions import reduce

_NOTHING = Recognised()


class OnlyVersion(Struct, frozen=True, gc=False):
    """What the only version of a record says, and what that follows from."""

    item: Evidence
    tuning: Tuning
    key: str
    known: Familiarity | None
    versions: Versions
    kept: bool


type Records = dict[str, OnlyVersion]
"""Records by the id of their only version."""


class Activities:
    """Makes activities under one policy and one state of familiarity. Each record is reduced once, in however many sets it is."""

    def __init__(self, tuning: Tuning, familiar: Mapping[str, Familiarity] | None = None, records: Records | None = None) -> None:
        """With ``familiar`` None everything is seen and nothing is first. ``records`` of earlier computations are used where they hold still."""
        self._tuning, self._familiar = tuning, familiar
        self._records: Records = {} if records is None else records

    def of(self, evidence: Iterable[Evidence]) -> list[Activity]:
        """Everything that rules may see, ordered by time and id. Independent of the order of the evidence.

        Rules see what is kept by its own content and the policy, what another record names, and what is first by familiarity. What was
        stored only because it once started a run is not seen.
        """
        by_id: dict[str, list[Evidence]] = defaultdict(list)
        for item in evidence:
            by_id[item.event.vendor_id].append(item)
        named = {vendor_id for items in by_id.values() for item in items if (vendor_id := wants(item.event))}
        records: dict[str, list[Versions]] = defaultdict(list)
        for vendor_id, items in by_id.items():
            versions, kept = self._only(items[0]) if len(items) == 1 else self._of_several(items)
            if kept or self._familiar is None or versions.firsts or vendor_id in named:
                records[provider_of(versions.newest).name].append(versions)
        found = [activity for provider in PROVIDERS for activity in provider.activities(records[provider.name])]
        return sorted(found, key=lambda activity: (activity.time, activity.id))

    def _only(self, item: Evidence) -> tuple[Versions, bool]:
        found = self._records.get(item.id)
        if found is None or found.tuning is not self._tuning or not same_copy(found.item, item) or self._moved(found):
            key = key_of(item.event)
            known = self._usual(key)
            versions, kept = _recognised(reduce((item,), self._tuning), known), ignore_reason(item.event, self._tuning) is None
            found = self._records[item.id] = OnlyVersion(item, self._tuning, key, known, versions, kept)
        return found.versions, found.kept

    def _of_several(self, items: list[Evidence]) -> tuple[Versions, bool]:
        """What these versions say, and whether one of them is kept by its own content."""
        record = reduce(items, self._tuning)
        kept = any(ignore_reason(item.event, self._tuning) is None for item in items)
        return _recognised(record, self._usual(key_of(record.newest))), kept

    def _moved(self, record: OnlyVersion) -> bool:
        """Whether something else is usual now."""
        known = self._usual(record.key)
        return known is not record.known and known != record.known

    def _usual(self, key: str) -> Familiarity | None:
        return self._familiar.get(key) if self._familiar is not None else None


def _recognised(record: Versions, known: Familiarity | None) -> Versions:
    """The same with what is first, strange and usual of it; without familiarity nothing is."""
    first, odd, plain = recognised(known, record.newest) if known is not None else _NOTHING
    return structs.replace(record, firsts=first, strange=odd, usual=plain) if first or odd or plain else record


def activities(evidence: Iterable[Evidence], tuning: Tuning, familiar: Mapping[str, Familiarity] | None = None) -> list[Activity]:
    """The activities of one set of evidence: see ``Activities``."""
    return Activities(tuning, familiar).of(evidence)
