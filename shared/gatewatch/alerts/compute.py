"""A neighbourhood of evidence to the alerts that should be stored. Pure: the heart of the law that order of arrival does not matter."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from datetime import datetime

from ..model import Alert, Event, GroupKey
from ..model.tokens import ADDRESS
from ..ports import AlertWrite, Stored
from ..providers.catalogue import CORRELATION
from ..providers.people import person_of
from ..tuning import Tuning
from .activities import Activities
from .crowds import at_addresses
from .evaluate import evaluate
from .group import Computed, alert_id, compute_group, group, shared
from .kept import KeptWork
from .reading import Reading
from .state import AlertInputs, renew, retire


def compute(reading: Reading, tuning: Tuning, now: datetime, kept: KeptWork | None = None) -> dict[GroupKey, Computed]:
    """What the evidence says, group by group. What is ``kept`` of earlier computations spares their work."""
    activities = Activities(tuning, reading.familiar, kept.records if kept is not None else None)
    happened = CORRELATION.complete(activities.of(reading.evidence), tuning, now)
    crowds = kept.crowds.matches(reading, tuning) if kept is not None else nullcontext(at_addresses(reading, activities, tuning))
    with crowds as of_addresses:
        groups = group([*evaluate(happened, tuning), *of_addresses])
        others = shared(groups)
        found = {key: compute_group(rows, _person(key, rows[0].activity.event, tuning), others[key]) for key, rows in groups.items()}
    if kept is not None:
        kept.forget()
    return found


def changes(
    reading: Reading, stored: Mapping[GroupKey, Stored | None], inputs: AlertInputs, kept: KeptWork | None = None
) -> list[AlertWrite]:
    """The writes that bring the stored alerts in line with the evidence. Only groups in ``stored`` (read, whole day known) are touched."""
    found = {key: value for key, value in compute(reading, inputs.tuning, inputs.now, kept).items() if key in stored}
    known = {key: before for key, before in stored.items() if before is not None}
    emptied = {key: before.alert for key, before in known.items() if key not in found and key not in inputs.truncated}
    merges = _merges(found, emptied) if emptied else {}
    replaces: dict[GroupKey, list[str]] = defaultdict(list)
    for source, target in merges.items():
        replaces[target].append(alert_id(source))
    writes: list[AlertWrite] = []
    for key in sorted({*found, *known}):
        before = known.get(key)
        old = before.alert if before is not None else None
        alert = _next(key, found.get(key), old, inputs, merges, replaces[key])
        if alert is not None and alert is not old:
            writes.append(AlertWrite(alert, before.version if before is not None else None))
    return writes


def _next(
    key: GroupKey,
    found: Computed | None,
    old: Alert | None,
    inputs: AlertInputs,
    merges: Mapping[GroupKey, GroupKey],
    replaces: Collection[str],
) -> Alert | None:
    if found is not None:
        return renew(found, old, inputs, replaces)
    if old is None or key in inputs.truncated:
        return old
    target = merges.get(key)
    return retire(old, alert_id(target) if target is not None else None, inputs)


def _merges(found: Mapping[GroupKey, Computed], emptied: Mapping[GroupKey, Alert]) -> dict[GroupKey, GroupKey]:
    """Where the events of the ``emptied`` groups, which fire no more, went, if another group of their family has them now."""
    homes: dict[tuple[str, str], GroupKey] = {}
    for key, value in sorted(found.items()):
        for member in value.members:
            homes.setdefault((key.family, member), key)
    merges: dict[GroupKey, GroupKey] = {}
    for key, before in emptied.items():
        known = before.snapshot
        members = {m for row in known.events for m in row.members} | set(known.event_ids)
        targets = sorted({homes[key.family, m] for m in members if (key.family, m) in homes})
        if targets:
            merges[key] = targets[0]
    return merges


def _person(key: GroupKey, event: Event, tuning: Tuning) -> str | None:
    if key.principal.startswith(ADDRESS):
        return None
    return key.principal if key.family == CORRELATION.name else person_of(event, tuning)
