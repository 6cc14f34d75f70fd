"""If a record cannot be stored, its urgent findings are sent once, flagged as not stored; the notification log gets them when the alert is stored."""

import logging
from collections.abc import Collection, Container, Iterable, Mapping, Sequence

from msgspec import Struct

from ..alerts.compute import compute
from ..alerts.group import Computed
from ..alerts.news import entries_of, news
from ..alerts.pending import why
from ..alerts.reading import Reading
from ..alerts.state import AnnouncementsByAlert, informed, is_logged, renew
from ..errors import NotifyError, StoreError
from ..evidence import evidence_id
from ..model import Announcement, GroupKey, RawRecord, Severity, Snapshot
from ..ports import AlertWrite, Notice, Ports, Stored, Written
from .announced import STORED, Announcements, announcement_of, mark, named_by
from .decoding import Decoded
from .delivery import deliver
from .intake import Accepted, open_chunk, take_in
from .policy import alert_inputs, current, remembered

LOG = logging.getLogger(__name__)


class Announced(Struct, frozen=True):
    """What one call did: the notifications sent, those that a channel did not take, and whether the store answered when it was asked."""

    sent: int = 0
    failed: int = 0
    answered: bool = True

    def __add__(self, other: "Announced") -> "Announced":
        return Announced(self.sent + other.sent, self.failed + other.failed, self.answered and other.answered)


def announce_unstored(records: Sequence[RawRecord | Decoded], ports: Ports, known: Announcements, *, ask: bool = True) -> Announced:
    """Notify of urgent findings in records that could not be stored, on each channel once; ``known`` gets what was sent. Never raises.

    Findings whose alert is stored are delivered as every alert is. The store says it where it answers; ``ask`` False asks it not. Else the
    marks say it.
    """
    try:
        return _announce(records, ports, known, ask=ask)
    except Exception as error:  # noqa: BLE001 - a record that breaks this must not keep others from being announced
        LOG.error("a finding could not be announced: %s", type(error).__name__)  # noqa: TRY400 - a traceback could quote the record
        if len(records) <= 1:
            return Announced()
        middle = len(records) // 2
        first = announce_unstored(records[:middle], ports, known, ask=ask)
        return first + announce_unstored(records[middle:], ports, known, ask=ask and first.answered)


def _announce(records: Sequence[RawRecord | Decoded], ports: Ports, known: Announcements, *, ask: bool) -> Announced:
    ports = remembered(ports)
    accepted = take_in(open_chunk(records, ports.geo), ports.tuning, ports.clock()).accepted
    known.add(*(announcement for item in accepted for announcement in item.announced))
    found = [one for one in _urgent(accepted, ports) if _is_news(one, ports, known)]
    if found:
        marks = known.marks()
        found = [one for one in found if not _is_marked(one, accepted, marks)]
    stored = _stored([one.snapshot.key for one in found], ports) if found and ask else {}
    if stored is None:
        return sum((_send(one, ports, known) for one in found), Announced(answered=False))
    left = [one for one in found if _is_stored(one, stored.get(one.snapshot.key))]
    delivered = _deliver([one.snapshot.key for one in left], ports, known) if left else Announced()
    return sum((_send(one, ports, known) for one in found if one not in left), delivered)


def _deliver(keys: Sequence[GroupKey], ports: Ports, known: Announcements) -> Announced:
    """The pending notifications of stored alerts, by lease and mark; what was sent when the store left is known all the same."""
    announced = known.by_alert()
    try:
        ports = current(ports)
        log_announced([one for key in keys for one in announced.get(key, ())], ports)
        sent = deliver(keys, ports)
    except StoreError:
        return Announced(answered=False)
    failed = sum(bool(one.error) for one in sent)
    return Announced(len(sent) - failed, failed)


def marks_of(records: Sequence[RawRecord | Decoded], ports: Ports) -> frozenset[str]:
    """The marks of the urgent findings in records that the store has taken: their record versions, and their events by alert and severity."""
    ports = remembered(ports)
    accepted = take_in(open_chunk(records, ports.geo), ports.tuning, ports.clock()).accepted
    found = _urgent(accepted, ports)
    versions = {version for one in found for version in _versions(one, accepted)}
    return frozenset(versions | {event_mark for one in found for event_mark in _event_marks(one, one.snapshot.severity)})


def announcements(accepted: Iterable[Accepted], _ports: Ports) -> AnnouncementsByAlert:
    """What the notification log must get about records that were announced before they could be stored."""
    found = Announcements(one for item in accepted for one in item.announced if one.channel != STORED)
    return found.by_alert()


def log_announced(known: Iterable[Announcement], ports: Ports) -> set[Announcement]:
    """Write what was announced into the logs of alerts that are stored by now; returns what those logs have.

    A sweep does this before it sends what is pending. Events that an alert does not count yet are left to the pipeline, which may reopen it.

    Raises:
        StoreError: the store is away, or refuses the alert.
    """
    given = list(known)
    stored = ports.store.read_alerts({one.key for one in given}) if given else {}
    entries: dict[GroupKey, list[Announcement]] = {}
    for one in given:
        if one.channel != STORED and one.key in stored and set(one.event_ids) <= set(stored[one.key].alert.snapshot.event_ids):
            entries.setdefault(one.key, []).append(one)
    inputs = alert_inputs(current(ports) if entries else ports, announcements=entries)
    alerts = {key: informed(found.alert, inputs) for key, found in stored.items()}
    changed = [key for key, alert in alerts.items() if alert is not stored[key].alert]
    results = ports.store.write_alerts([AlertWrite(alerts[key], stored[key].version) for key in changed]) if changed else []
    lost = {key for key, result in zip(changed, results, strict=True) if result is not Written.DONE}
    return {one for one in given if one.key in alerts.keys() - lost and (one.channel == STORED or is_logged(alerts[one.key], one))}


def _send(found: Computed, ports: Ports, known: Announcements) -> Announced:
    known.add(*known.of_others(found.snapshot.key))
    before = [one for one in known.by_alert().get(found.snapshot.key, ()) if one.channel != STORED]
    alert = renew(found, None, alert_inputs(ports, announcements={found.snapshot.key: before}))
    written = known.is_written(alert.key, alert.severity, alert.snapshot.event_ids)
    sent = failed = 0
    for channel, notifier in sorted(ports.notifiers.items()):
        if _knows(found, channel, known):
            continue
        reason = why(alert, channel, ports.tuning) or "new"
        since = "address" if reason == "new" and entries_of(alert, channel) else reason  # what this channel has not been notified of
        events = news(alert, channel, since)
        notice = Notice(alert=alert, why=reason, index_unavailable=not written, news=events.shown, more=events.more)
        try:
            notifier.send(notice)
        except Exception as error:  # noqa: BLE001 - a channel that fails must not keep the others; the record comes again
            failed += 1
            if not isinstance(error, NotifyError):
                LOG.error("channel %s failed: %s", channel, type(error).__name__)  # noqa: TRY400 - a traceback could quote the record
        else:
            sent += 1
            known.add(announcement_of(alert, reason, channel, ports.clock()))
    return Announced(sent, failed)


def _is_news(found: Computed, ports: Ports, known: Announcements) -> bool:
    return any(not _knows(found, channel, known) for channel in ports.notifiers)


def _knows(found: Computed, channel: str, known: Announcements) -> bool:
    snapshot = found.snapshot
    return known.is_notified(snapshot.key, channel, snapshot.severity, snapshot.event_ids)


def _stored(keys: Collection[GroupKey], ports: Ports) -> Mapping[GroupKey, Stored] | None:
    """The alerts, None where the store does not answer."""
    try:
        return ports.store.read_alerts(keys)
    except StoreError:
        return None


def _is_stored(found: Computed, stored: Stored | None) -> bool:
    """Whether the alert counts these events and is as severe: then it is stored, and its own notifications are pending or sent."""
    if stored is None:
        return False
    snapshot = stored.alert.snapshot
    return snapshot.severity >= found.snapshot.severity and set(found.snapshot.event_ids) <= set(snapshot.event_ids)


def _is_marked(found: Computed, accepted: Sequence[Accepted], marks: Container[str]) -> bool:
    """Whether the store has taken these versions of its records, or its events at this severity or a higher one."""
    same = [_event_marks(found, severity) for severity in Severity if severity >= found.snapshot.severity]
    return any(wanted and all(one in marks for one in wanted) for wanted in (_versions(found, accepted), *same))


def _versions(found: Computed, accepted: Iterable[Accepted]) -> set[str]:
    """The ids of the record versions behind it, whenever they were fetched."""
    parts = found.members | set(found.snapshot.event_ids)
    return {evidence_id(item.evidence.event, None) for item in accepted if not parts.isdisjoint(named_by(item.evidence.event))}


def _event_marks(found: Computed, severity: Severity) -> set[str]:
    return {mark(found.snapshot.key, severity, event_id) for event_id in found.snapshot.event_ids}


def _urgent(items: Sequence[Accepted], ports: Ports) -> list[Computed]:
    """What cannot wait, computed from these records alone: without familiarity."""
    evidence = tuple(item.evidence for item in items)
    groups = compute(Reading(evidence=evidence, of_addresses=evidence), ports.tuning, ports.clock())
    return [found for _, found in sorted(groups.items()) if _is_urgent(found.snapshot, ports.urgent_from)]


def _is_urgent(snapshot: Snapshot, urgent_from: Severity) -> bool:
    return snapshot.open and not snapshot.suppressed and snapshot.severity >= urgent_from
