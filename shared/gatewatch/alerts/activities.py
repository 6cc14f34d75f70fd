"""Evidence to activities: the newest version of each record counts, and each provider joins the records that belong together."""

from collections import defaultdict
from collections.abc import Iterable

from ..model import Activity, Evidence
from ..providers.catalogue import PROVIDERS, provider_of
from ..providers.versions import Versions
from ..tuning import Tuning
from .versions import reduce


def activities(evidence: Iterable[Evidence], tuning: Tuning) -> list[Activity]:
    """Everything that happened, ordered by time and id. Independent of the order of the evidence."""
    by_id: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        by_id[item.event.vendor_id].append(item)
    records: dict[str, list[Versions]] = defaultdict(list)
    for items in by_id.values():
        records[provider_of(items[0].event).name].append(reduce(items, tuning))
    found = [activity for provider in PROVIDERS for activity in provider.activities(records[provider.name])]
    return sorted(found, key=lambda activity: (activity.time, activity.id))
