"""Steps 2 to 5 of the design: read alerts, read the evidence, compute, write by compare-and-swap, until nothing changes.

There is no merge logic to get wrong: whoever loses a race reads again and computes again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ..alerts.compute import changes
from ..alerts.group import alert_id
from ..alerts.reading import Reading
from ..alerts.scope import Known, Scope, scope
from ..alerts.state import AlertInputs, AnnouncementsByAlert
from ..errors import Conflict, StoreError
from ..evidence import distinct
from ..model import Alert, Event, Evidence, GroupKey, Response
from ..model.familiarity import Familiarity
from ..model.tokens import ADDRESS, principal_token
from ..ports import EvidenceContext, Ports, Stored, Written
from ..providers.catalogue import CORRELATION
from ..providers.people import person_of, spellings
from ..tuning import Tuning
from .days import add_days
from .familiarity import familiar_in, state_keys
from .policy import IN_FORCE, InForce, alert_inputs, in_force

MAX_ROUNDS = 50
"""Attempts before a recompute gives up with ``Conflict``; the caller's batch is then delivered again."""


class _Found(Struct, frozen=True):
    """What one round read, under the policy in force."""

    ports: Ports
    outdated: bool
    now: datetime
    reach: Scope
    alerts: Mapping[GroupKey, Stored | None]
    context: EvidenceContext
    familiar: Mapping[str, Familiarity]

    @property
    def newer_policy(self) -> bool:
        """Whether an alert was computed under a policy that this round does not know yet: read again."""
        return any(known is not None and known.alert.policy_version > self.ports.policy_version for known in self.alerts.values())


def recompute(
    seeds: Iterable[Evidence],
    ports: Ports,
    announcements: AnnouncementsByAlert | None = None,
    taught: Sequence[Event] = (),
    groups: Collection[GroupKey] = (),
) -> list[Alert]:
    """Bring every alert that this evidence and these lessons can touch in line with all evidence; returns the alerts written.

    ``groups`` are brought in line as well, whatever the evidence says. Every round uses the policy in force. A host with an engine
    older than the one in force writes no alert: it leaves the days to a host of the newer one.

    Raises:
        StoreUnavailable: the store went away; nothing is half true, run it again.
        Conflict: other writers kept winning; run it again.
        StoreError: the store refuses an alert document.
    """
    seeds = list(seeds)
    written: dict[GroupKey, Alert] = {}
    grown = Scope(keys=frozenset(groups))
    if not seeds and not taught and not groups:
        return []
    for _ in range(MAX_ROUNDS):
        found = _read(seeds, taught, grown, ports)
        ports, grown = found.ports, found.reach
        if found.outdated:
            add_days(found.reach.days, ports.store)
            return list(written.values())
        if found.newer_policy:
            continue
        writes = changes(_reading(seeds, found), found.alerts, _inputs(found, announcements or {}))
        if not writes:
            return list(written.values())
        results = ports.store.write_alerts(writes)
        if Written.REFUSED in results:
            refused = [w.alert.id for w, result in zip(writes, results, strict=True) if result is Written.REFUSED]
            message = f"the store refuses alert {refused[0]}"
            raise StoreError(message)
        written |= {w.alert.key: w.alert for w, result in zip(writes, results, strict=True) if result is Written.DONE}
        if Written.CONFLICT not in results and _same(found, ports):
            return list(written.values())
    message = "other writers kept changing the same alerts"
    raise Conflict(message)


def recompute_day(day: str, ports: Ports) -> list[Alert]:
    """Bring the alerts of a UTC day in line with all evidence of it; raises as ``recompute`` does."""
    written = [alert for page in ports.store.evidence_on(day) for alert in recompute(page, ports)]
    return written + recompute((), ports, groups=ports.store.groups_on(day))


def _inputs(found: _Found, announcements: AnnouncementsByAlert) -> AlertInputs:
    ports = found.ports
    return alert_inputs(
        ports,
        now=found.now,
        announcements=announcements,
        truncated=_truncated(found.context, found.alerts, ports.tuning),
        responses=_responses(found.alerts, ports),
    )


def _read(seeds: Sequence[Evidence], taught: Sequence[Event], grown: Scope, ports: Ports) -> _Found:
    """Alerts and familiarity first, then the evidence that decides them; again while the evidence reveals something new.

    What earlier rounds touched (``grown``) stays touched.
    """
    now = ports.clock()
    oldest = now - ports.retention
    alerts: dict[GroupKey, Stored | None] = {}
    familiar: dict[str, Familiarity] = {}
    read: set[str] = set()
    context = EvidenceContext(())
    found: InForce | None = None
    reach = scope(seeds, taught, Known(), ports.tuning, oldest).with_(grown)
    while True:
        missing, unread = reach.keys - alerts.keys(), sorted(reach.familiar - read)
        if missing or unread or found is None:
            state = ports.store.read_state(missing, [*state_keys(unread), *IN_FORCE])
            if found is None:
                found = in_force(state, ports)
                ports = found.ports
            alerts |= {key: state.alerts.get(key) for key in missing}
            familiar |= familiar_in(state, unread)
            read |= set(unread)
        wider = scope(seeds, taught, Known(familiar=familiar), ports.tuning, oldest).with_(reach)
        if wider != reach:
            reach = wider
            continue
        if found.outdated or not reach.days:
            return _Found(ports, found.outdated, now, reach, {}, context, familiar)
        context = _context(reach, ports)
        known = Known(evidence=_merged(seeds, context), of_addresses=context.of_addresses, familiar=familiar)
        wider = scope(seeds, taught, known, ports.tuning, oldest).with_(reach)
        if wider == reach:
            return _Found(ports, found.outdated, now, reach, alerts, context, familiar)
        reach = wider


def _responses(stored: Mapping[GroupKey, Stored | None], ports: Ports) -> dict[GroupKey, list[Response]]:
    """The responses to the alerts that exist. Nobody responds to another one."""
    ids = {alert_id(key): key for key, before in stored.items() if before is not None}
    found: dict[GroupKey, list[Response]] = defaultdict(list)
    for response in ports.store.responses_of(ids) if ids else ():
        found[ids[response.alert_id]].append(response)
    return found


def _context(reach: Scope, ports: Ports) -> EvidenceContext:
    return ports.store.context(reach.subjects, reach.spans(), reach.links, reach.addresses)


def _reading(seeds: Sequence[Evidence], found: _Found) -> Reading:
    evidence = _merged(seeds, found.context)
    of_addresses = distinct((*found.context.of_addresses, *evidence))
    return Reading(evidence=tuple(evidence), of_addresses=tuple(of_addresses.values()), familiar=found.familiar)


def _merged(seeds: Iterable[Evidence], context: EvidenceContext) -> list[Evidence]:
    """The context and, whatever its bounds, the batch's own events; a stored copy speaks before a delivered one."""
    found = distinct(context.evidence)
    return [*found.values(), *(item for item in distinct(seeds).values() if item.id not in found)]


def _same(found: _Found, ports: Ports) -> bool:
    """Whether evidence, familiarity, policy and engine are still what the alerts were computed from."""
    if _ids(_context(found.reach, ports)) != _ids(found.context):
        return False
    keys = sorted(found.reach.familiar)
    state = ports.store.read_state((), [*state_keys(keys), *IN_FORCE])
    again = in_force(state, ports)
    return familiar_in(state, keys) == found.familiar and again.ports.policy_version == ports.policy_version and not again.outdated


def _ids(context: EvidenceContext) -> frozenset[str]:
    return frozenset(item.id for item in (*context.evidence, *context.of_addresses))


def _truncated(context: EvidenceContext, keys: Iterable[GroupKey], tuning: Tuning) -> frozenset[GroupKey]:
    """The groups that a cut subject or address feeds."""
    if not context.truncated:
        return frozenset()
    met = {person for item in context.evidence if (person := person_of(item.event, tuning))}
    people = {person for person in met if spellings(person, tuning) & context.truncated}
    principals = {principal_token(item.event) for item in context.evidence if person_of(item.event, tuning) in people} | context.truncated

    def cut(key: GroupKey) -> bool:
        if key.family == CORRELATION.name:
            return key.principal in people
        if key.principal.startswith(ADDRESS):
            return f"address:{key.account}|{key.principal.removeprefix(ADDRESS)}" in context.truncated
        return f"principal:{key.account}|{key.principal}" in principals

    return frozenset(filter(cut, keys))
