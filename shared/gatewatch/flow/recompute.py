"""Steps 2 to 5 of the design: read alerts, read the evidence, compute, write by compare-and-swap, until nothing changes.

There is no merge logic to get wrong: whoever loses a race reads again and computes again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ..alerts.compute import changes
from ..alerts.group import alert_id
from ..alerts.kept import KeptWork
from ..alerts.reach import Reach
from ..alerts.reading import Reading
from ..alerts.scope import Scope, scope_of
from ..alerts.state import AlertInputs, AnnouncementsByAlert
from ..errors import Conflict, NewerDocument, StoreError
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
        versions = [known.alert.policy_version for known in self.alerts.values() if known is not None]
        return max(versions, default=0) > self.ports.policy_version


def recompute(
    seeds: Iterable[Evidence],
    ports: Ports,
    announcements: AnnouncementsByAlert | None = None,
    taught: Sequence[Event] = (),
) -> list[Alert]:
    """Bring every alert that this evidence and these lessons can touch in line with all evidence; returns the alerts written.

    Every round uses the policy in force. A host with an engine older than the one in force writes no alert: it leaves the days to a
    host of the newer one.

    Raises:
        StoreUnavailable: the store went away; nothing is half true, run it again.
        Conflict: other writers kept winning; run it again.
        StoreError: the store refuses an alert document.
        NewerDocument: a later release wrote one of the alerts; its days are listed for that release.
    """
    seeds = list(seeds)
    return _brought_in_line(seeds, ports, announcements or {}, taught, Scope())[0] if seeds or taught else []


def _brought_in_line(
    seeds: Sequence[Evidence], ports: Ports, announcements: AnnouncementsByAlert, taught: Sequence[Event], grown: Scope
) -> tuple[list[Alert], Scope]:
    """The alerts written, and what was in scope at the end."""
    written: dict[GroupKey, Alert] = {}
    for _ in range(MAX_ROUNDS):
        found = _read(seeds, taught, grown, ports)
        ports, grown = found.ports, found.reach
        if found.outdated:
            add_days(found.reach.days, ports.store)
            return list(written.values()), grown
        if found.newer_policy:
            continue
        writes = changes(_reading(seeds, found), found.alerts, _inputs(found, announcements), _kept(ports))
        if not writes:
            return list(written.values()), grown
        results = ports.store.write_alerts(writes)
        if Written.REFUSED in results:
            refused = [w.alert.id for w, result in zip(writes, results, strict=True) if result is Written.REFUSED]
            message = f"the store refuses alert {refused[0]}"
            raise StoreError(message)
        written |= {w.alert.key: w.alert for w, result in zip(writes, results, strict=True) if result is Written.DONE}
        if Written.CONFLICT not in results and _same(found, ports):
            return list(written.values()), grown
    message = "other writers kept changing the same alerts"
    raise Conflict(message)


def recompute_day(day: str, ports: Ports) -> list[Alert]:
    """Bring the alerts of a UTC day in line with all evidence of it; raises as ``recompute`` does."""
    written: list[Alert] = []
    left = set(ports.store.groups_on(day))
    for page in ports.store.evidence_on(day):
        alerts, reach = _brought_in_line(page, ports, {}, (), Scope())
        written += alerts
        left -= reach.keys
    if left:  # no evidence of the day belongs to them any more: a new policy says whose it is
        written += _brought_in_line((), ports, {}, (), scope_of(left, ports.tuning))[0]
    return written


def _kept(ports: Ports) -> KeptWork:
    """What these ports keep from one step to the next."""
    found: KeptWork | None = ports.kept.get("alerts")
    if found is None:
        found = ports.kept["alerts"] = KeptWork()
    return found


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
    found: InForce | None = None
    reach = Reach(seeds, taught, ports.tuning, oldest, grown)
    while True:
        asked = reach.scope()
        missing, unread = asked.keys - alerts.keys(), sorted(asked.familiar - read)
        if missing or unread or found is None:
            try:
                state = ports.store.read_state(missing, [*state_keys(unread), *IN_FORCE])
            except NewerDocument:
                add_days(asked.days, ports.store)
                raise
            if found is None:
                found = in_force(state, ports)
                reach = reach if found.ports.tuning == ports.tuning else Reach(seeds, taught, found.ports.tuning, oldest, asked)
                ports = found.ports
            alerts |= {**dict.fromkeys(missing), **state.alerts}
            familiar |= familiar_in(state, unread)
            read |= set(unread)
            reach.know(familiar)
        if reach.scope() is not asked:
            continue
        if found.outdated or not asked.days:
            return _Found(ports, found.outdated, now, asked, {}, EvidenceContext(()), familiar)
        context = _context(asked, ports)
        reach.meet(_merged(seeds, context), context.of_addresses)
        if reach.scope() is asked:
            return _Found(ports, found.outdated, now, asked, alerts, context, familiar)


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
