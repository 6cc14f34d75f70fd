"""Steps 2 to 5 of the design: read alerts, read the neighbourhood, compute, write by compare-and-swap, until nothing changes.

There is no merge logic to get wrong: whoever loses a race reads again and computes again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ..alerts.compute import changes
from ..alerts.scope import Scope, scope
from ..alerts.state import AlertInputs, Announcement
from ..errors import Conflict, StoreError
from ..evidence import distinct
from ..model import Alert, Evidence, GroupKey
from ..model.tokens import principal_token
from ..ports import EvidenceContext, Ports, Stored, Written
from ..providers.catalogue import CORRELATION
from ..providers.people import person_of, spellings
from ..tuning import Tuning

MAX_ROUNDS = 50
"""Attempts before a recompute gives up with ``Conflict``; the caller's batch is then delivered again."""


def recompute(seeds: Iterable[Evidence], ports: Ports, announcements: Mapping[GroupKey, Announcement] | None = None) -> list[Alert]:
    """Bring every alert that this evidence can touch in line with all evidence; returns the alerts written.

    Raises:
        StoreUnavailable: the store went away; nothing is half true, run it again.
        Conflict: other writers kept winning; run it again.
        StoreError: the store refuses an alert document.
    """
    seeds = list(seeds)
    written: dict[GroupKey, Alert] = {}
    if not seeds:
        return []
    for _ in range(MAX_ROUNDS):
        now = ports.clock()
        reach, stored, context = _read(seeds, ports, now)
        inputs = AlertInputs(
            now=now,
            tuning=ports.tuning,
            channels=ports.channels,
            announcements=announcements or {},
            truncated=_truncated(context, stored, ports.tuning),
        )
        writes = changes(_merged(seeds, context), stored, inputs)
        if not writes:
            return list(written.values())
        results = ports.store.write_alerts(writes)
        if Written.REFUSED in results:
            refused = [w.alert.id for w, result in zip(writes, results, strict=True) if result is Written.REFUSED]
            message = f"the store refuses alert {refused[0]}"
            raise StoreError(message)
        written |= {w.alert.key: w.alert for w, result in zip(writes, results, strict=True) if result is Written.DONE}
        if Written.CONFLICT not in results and _ids(_context(reach, ports)) == _ids(context):
            return list(written.values())
    message = "other writers kept changing the same alerts"
    raise Conflict(message)


def _read(seeds: list[Evidence], ports: Ports, now: datetime) -> tuple[Scope, dict[GroupKey, Stored | None], EvidenceContext]:
    """Alerts first, then the evidence that decides them; again while the evidence reveals something new."""
    oldest = now - ports.retention
    reach = scope(seeds, (), ports.tuning, oldest)
    stored: dict[GroupKey, Stored | None] = {}
    while reach.days:
        missing = reach.keys - stored.keys()
        if missing:
            found = ports.store.read_alerts(missing)
            stored |= {key: found.get(key) for key in missing}
        context = _context(reach, ports)
        wider = scope(seeds, _merged(seeds, context), ports.tuning, oldest)
        if wider == reach:
            return reach, stored, context
        reach = wider
    return reach, {}, EvidenceContext(())


def _context(reach: Scope, ports: Ports) -> EvidenceContext:
    return ports.store.context(reach.subjects, reach.since(), reach.until(), reach.links)


def _merged(seeds: Iterable[Evidence], context: EvidenceContext) -> list[Evidence]:
    """The neighbourhood and, whatever its bounds, the batch's own events; a stored copy speaks before a delivered one."""
    found = distinct(context.evidence)
    return [*found.values(), *(item for item in distinct(seeds).values() if item.id not in found)]


def _ids(context: EvidenceContext) -> frozenset[str]:
    return frozenset(item.id for item in context.evidence)


def _truncated(context: EvidenceContext, keys: Iterable[GroupKey], tuning: Tuning) -> frozenset[GroupKey]:
    """The groups that a cut subject feeds."""
    if not context.truncated:
        return frozenset()
    met = {person for item in context.evidence if (person := person_of(item.event, tuning))}
    people = {person for person in met if spellings(person, tuning) & context.truncated}
    principals = {principal_token(item.event) for item in context.evidence if person_of(item.event, tuning) in people} | context.truncated
    return frozenset(
        key
        for key in keys
        if (key.principal in people if key.family == CORRELATION.name else f"principal:{key.account}|{key.principal}" in principals)
    )
