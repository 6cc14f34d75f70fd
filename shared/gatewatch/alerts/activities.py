"""Evidence to activities: the newest version of each record counts, and each provider joins the records that belong together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import structs

from ..evidence import ignore_reason, wants
from ..familiarity import firsts, key_of, strange, usual
from ..model import Activity, Evidence
from ..model.familiarity import Familiarity
from ..providers.catalogue import PROVIDERS, provider_of
from ..providers.versions import Versions
from ..tuning import Tuning
from .versions import reduce

_UNKNOWN = Familiarity()


class Activities:
    """Makes activities under one policy and one state of familiarity. Each record is reduced once, in however many sets it is."""

    def __init__(self, tuning: Tuning, familiar: Mapping[str, Familiarity] | None = None) -> None:
        """With ``familiar`` None everything is seen and nothing is first."""
        self._tuning, self._familiar = tuning, familiar
        self._records: dict[tuple[str, ...], Versions] = {}  # by the ids of the versions
        self._kept: dict[str, bool] = {}  # by the id of the version

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
            record = self._record(items)
            if self._familiar is None or record.firsts or vendor_id in named or any(map(self._is_kept, items)):
                records[provider_of(record.newest).name].append(record)
        found = [activity for provider in PROVIDERS for activity in provider.activities(records[provider.name])]
        return sorted(found, key=lambda activity: (activity.time, activity.id))

    def _record(self, versions: list[Evidence]) -> Versions:
        ids = tuple(sorted([item.id for item in versions]))
        found = self._records.get(ids)
        if found is None:
            found = self._records[ids] = self._with_familiarity(reduce(versions, self._tuning))
        return found

    def _with_familiarity(self, record: Versions) -> Versions:
        known = (self._familiar or {}).get(key_of(record.newest), _UNKNOWN)
        first, odd, plain = firsts(known, record.newest), strange(known, record.newest), usual(known, record.newest)
        return structs.replace(record, firsts=first, strange=odd, usual=plain) if first or odd or plain else record

    def _is_kept(self, version: Evidence) -> bool:
        found = self._kept.get(version.id)
        if found is None:
            found = self._kept[version.id] = ignore_reason(version.event, self._tuning) is None
        return found


def activities(evidence: Iterable[Evidence], tuning: Tuning, familiar: Mapping[str, Familiarity] | None = None) -> list[Activity]:
    """The activities of one set of evidence: see ``Activities``."""
    return Activities(tuning, familiar).of(evidence)
