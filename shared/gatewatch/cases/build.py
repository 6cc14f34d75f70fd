"""A case from a store: the person behind a name or an alert, and all that is stored of them around it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from ..alerts.activities import activities
from ..alerts.event_text import event_text
from ..alerts.who import who
from ..evidence import mentions
from ..flow.person import usual
from ..flow.policy import current
from ..flow.responses import search_alerts
from ..model import Activity, Alert, AlertStatus, Evidence
from ..model.text import fold
from ..model.tokens import done_to_token, person_token, subjects
from ..ports import AlertQuery, Ports
from ..providers.catalogue import provider_of
from ..providers.people import spellings
from .case import Identity, Moment, PersonCase, Steps
from .holders import CaseSubjects, case_subjects
from .namesakes import namesakes
from .window import CaseWindow, complete_since

WHOLE = CaseWindow()
_ALERTS = 1_000


def build(name: str, ports: Ports, alert: Alert | None = None, window: CaseWindow = WHOLE) -> PersonCase | None:
    """The case of an alert, or of whomever the name means; None when nothing is stored of them in this window.

    Raises:
        StoreUnavailable: the store is away.
    """
    ports = current(ports)
    tokens = {*spellings(fold(name), ports.tuning), person_token(fold(name))}
    if alert is not None:
        tokens |= _tokens_of(alert, ports)
    span = window.span(tokens, ports, alert)
    if span is None:
        return None
    who_else = case_subjects(tokens, span, ports)
    assumed = namesakes(who_else.tokens)
    done_to = {done_to_token(token) for token in who_else.tokens}
    context = ports.store.context({*who_else.tokens, *assumed, *who_else.keys, *done_to}, [span], ())
    evidence = [*context.evidence, *_related(alert, ports)]
    found = [one for one in activities(evidence, ports.tuning, None) if span[0] <= one.time <= span[1]]
    own = [one for one in found if done_to.isdisjoint(mentions(one.event)) or not who_else.tokens.isdisjoint(subjects(one.event))]
    if not own:
        return None
    alerts = _alerts(own, span, ports)
    return PersonCase(
        names=tuple(sorted(_people(own, who_else) or {name if alert is None else who(alert)})),
        since=span[0],
        until=span[1],
        identities=_identities(found, own, assumed, who_else),
        usual={key: known for one in _subjects(own) for key, known in usual(one, ports).items() if known.beginning is not None},
        moments=_moments(found, alerts),
        alerts=tuple(alerts),
        sessions=_sessions(found),
        shared_keys=tuple(sorted(who_else.shared)),
        responses=tuple(sorted((one for alert in alerts for one in alert.responses), key=lambda one: one.at)),
        truncated=bool(context.truncated),
        complete_since=complete_since(context),
    )


def _sessions(found: Sequence[Activity]) -> tuple[Steps, ...]:
    """Each session once, by its first activity: a key in use is one session, and so is each sign-in."""
    sessions: dict[tuple[tuple[str, ...], str | None, datetime | None], Steps] = {}
    for one in found:
        session = provider_of(one.event).opens(one.event)
        if session is not None:
            begun = session.start if session.principal is not None else None
            sessions.setdefault((session.exact, session.principal, begun), Steps(event_id=one.id, session=session))
    return tuple(sessions.values())


def _tokens_of(alert: Alert, ports: Ports) -> set[str]:
    ids = {event_id for row in alert.snapshot.events for event_id in row.event_ids}
    named = {person_token(alert.snapshot.person)} if alert.snapshot.person else set()
    return named | {token for item in ports.store.evidence_of(ids) for token in subjects(item.event)}


def _related(alert: Alert | None, ports: Ports) -> list[Evidence]:
    """What the alert counts or lists beside its rows: a spray has many victims, of whom it shows a few. Of them nothing else is read."""
    if alert is None:
        return []
    return ports.store.evidence_of({*alert.snapshot.event_ids, *alert.snapshot.related_ids})


def _people(found: Iterable[Activity], who_else: CaseSubjects) -> set[str]:
    """The person, by every name: not those whom only an access key ties to them."""
    return {one.event.person for one in found if one.event.person and not who_else.key_of(one.event)}


def _subjects(found: Iterable[Activity]) -> set[str]:
    return {one.event.person or one.event.principal for one in found}


def _alerts(found: Sequence[Activity], span: tuple[datetime, datetime], ports: Ports) -> list[Alert]:
    """The alerts that count one of these activities, highest first."""
    ids = {event_id for one in found for event_id in (one.id, *one.members)}
    query = AlertQuery(since=span[0], statuses=(AlertStatus.OPEN.value, AlertStatus.CLOSED.value), limit=_ALERTS)
    met = search_alerts(ports.store, query, ports.clock())
    mine = [alert for alert in met if any(not ids.isdisjoint(row.event_ids) for row in alert.snapshot.events)]
    return sorted(mine, key=lambda alert: (-alert.score, alert.snapshot.first_seen, alert.id))


def _identities(
    found: Sequence[Activity], own: Sequence[Activity], assumed: Collection[str], who_else: CaseSubjects
) -> tuple[Identity, ...]:
    met: dict[tuple[str, str, str], list[Activity]] = defaultdict(list)
    assumed_tokens, own_ids = set(assumed), {one.id for one in own}
    for one in found:
        met[provider_of(one.event).name, one.event.principal, one.event.account or ""].append(one)
    return tuple(
        Identity(
            provider=provider,
            principal=principal,
            name=provider_of(seen[0].event).text.name(seen[0].event),
            account=account,
            first=min(one.time for one in seen),
            last=max(one.time for one in seen),
            assumed=any(not assumed_tokens.isdisjoint(subjects(one.event)) for one in seen),
            acted_on=all(one.id not in own_ids for one in seen),
            by_key=next(iter(keys)) if all(keys := [who_else.key_of(one.event) for one in seen]) else "",
        )
        for (provider, principal, account), seen in sorted(met.items())
    )


def _moments(found: Sequence[Activity], alerts: Sequence[Alert]) -> tuple[Moment, ...]:
    counted: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for alert in alerts:
        for row in alert.snapshot.events:
            for event_id in row.event_ids:
                counted[event_id].append((row.rule, row.severity.value))
    return tuple(Moment(provider=provider_of(one.event).name, text=event_text(one), alerts=_counted(one, counted)) for one in found)


def _counted(one: Activity, counted: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(pair for event_id in (one.id, *one.members) for pair in counted.get(event_id, ())))
