"""Evidence to activities: the newest version of each record counts, and each provider joins the records that belong together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from ..evidence import ignore_reason, wants
from ..familiarity import firsts, key_of, strange
from ..model import Activity, Evidence
from ..model.familiarity import Familiarity
from ..providers.catalogue import PROVIDERS, provider_of
from ..providers.versions import Versions
from ..tuning import Tuning
from .versions import reduce

_UNKNOWN = Familiarity()


def activities(evidence: Iterable[Evidence], tuning: Tuning, familiar: Mapping[str, Familiarity] | None = None) -> list[Activity]:
    """Everything that rules may see, ordered by time and id. Independent of the order of the evidence.

    Rules see what is kept by its own content and the policy, what another record names, and what is first by familiarity. What was
    stored only because it once started a run is not seen. With ``familiar`` None everything is seen and nothing is first.
    """
    by_id: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        by_id[item.event.vendor_id].append(item)
    named = {vendor_id for items in by_id.values() for item in items if (vendor_id := wants(item.event))}
    records: dict[str, list[Versions]] = defaultdict(list)
    for vendor_id, items in by_id.items():
        record = _with_familiarity(reduce(items, tuning), familiar or {})
        if familiar is None or record.firsts or vendor_id in named or _is_kept(items, tuning):
            records[provider_of(record.newest).name].append(record)
    found = [activity for provider in PROVIDERS for activity in provider.activities(records[provider.name])]
    return sorted(found, key=lambda activity: (activity.time, activity.id))


def _is_kept(versions: Sequence[Evidence], tuning: Tuning) -> bool:
    return any(ignore_reason(item.event, tuning) is None for item in versions)


def _with_familiarity(record: Versions, familiar: Mapping[str, Familiarity]) -> Versions:
    known = familiar.get(key_of(record.newest), _UNKNOWN)
    return structs.replace(record, firsts=firsts(known, record.newest), strange=strange(known, record.newest))
