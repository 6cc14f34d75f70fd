"""What people were notified of before the log of an alert could take it: remembered within a run, and by each host until the log has it."""

import logging
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, cast

from msgspec import structs

from ..alerts.news import CLOSED, news
from ..alerts.pending import why
from ..evidence import digest, wants
from ..model import Alert, AlertStatus, Announcement, Event, GroupKey, Severity
from ..ports import AlertWrite, Notice, Notifier, PlainNotice, PlainNotifier, Ports, Store, Written
from .decoding import Decoded
from .policy import remembered

LOG = logging.getLogger(__name__)
STORED = ""
"""The channel of an announcement that says: this alert was written with these events. Nobody was notified by it."""

MOST_ALERTS = 1_000
"""Alerts that one process remembers; the oldest is dropped first. What a host keeps is not bounded by it."""


class AnnouncementStore(Protocol):
    """Where a host keeps announcements between runs, and the marks of the urgent findings that are stored.

    An announcement comes back equal to what was remembered, until it is forgotten; remembering it again changes nothing.
    """

    def announced(self) -> tuple[Announcement, ...]:
        """Every announcement that is remembered."""
        ...

    def remember(self, announcements: Iterable[Announcement]) -> None:
        """Add these."""
        ...

    def forget(self, announcements: Iterable[Announcement]) -> None:
        """Drop these: the alert's own notification log has them now."""
        ...

    def marks(self) -> frozenset[str]:
        """The marks of urgent findings that are stored; see ``gatewatch.flow.announce.marks_of``."""
        ...

    def add_marks(self, marks: Collection[str]) -> None:
        """Add marks."""
        ...


class Announcements:
    """What this process knows of announcements, by alert. ``marks`` gives what is known to be stored, when it is asked for.

    ``others`` gives what other processes have announced by now: a process that could not reach the store may have been first.
    """

    def __init__(
        self,
        known: Iterable[Announcement] = (),
        marks: Callable[[], Container[str]] = frozenset,
        others: Callable[[], Iterable[Announcement]] = tuple,
    ) -> None:
        self._by_alert: dict[GroupKey, list[Announcement]] = {}
        self._by_record: dict[str, dict[Announcement, None]] = {}
        self.marks, self.others = marks, others
        self.unlogged: set[Announcement] = set()  # what a run left behind that could not be finished
        self.add(*known)

    def add(self, *announcements: Announcement) -> None:
        """Remember these, each once."""
        for one in announcements:
            if one.why == CLOSED and one in self._by_alert.get(one.key, ()):
                continue
            if one.why != CLOSED and self.is_notified(one.key, one.channel, one.severity, one.event_ids):
                continue
            self._by_alert.setdefault(one.key, []).append(one)
            for name in _records(one):
                self._by_record.setdefault(name, {})[one] = None
            if len(self._by_alert) > MOST_ALERTS:
                self._drop(next(iter(self._by_alert)))

    def _drop(self, key: GroupKey) -> None:
        for one in self._by_alert.pop(key):
            for name in _records(one):
                self._by_record[name].pop(one, None)
                if not self._by_record[name]:
                    del self._by_record[name]

    def of_others(self, key: GroupKey) -> list[Announcement]:
        """What others have announced of this alert by now; nothing where that cannot be read, because a message twice is better than none."""
        try:
            return [one for one in self.others() if one.key == key]
        except Exception as error:  # noqa: BLE001 - whatever a host's memory raises
            LOG.warning("what others have announced cannot be read: %s", type(error).__name__)
            return []

    def is_notified(self, key: GroupKey, channel: str, severity: Severity, event_ids: Collection[str]) -> bool:
        """Whether this channel was notified of all these events of this alert, at this severity or a higher one."""
        found = self._by_alert.get(key, ())
        same = [one for one in found if one.channel == channel and one.severity >= severity and one.why != CLOSED]
        return bool(same) and {event_id for one in same for event_id in one.event_ids} >= set(event_ids)

    def all(self) -> set[Announcement]:
        """All of them."""
        return {one for found in self._by_alert.values() for one in found}

    def by_alert(self) -> Mapping[GroupKey, tuple[Announcement, ...]]:
        """All of them, by alert."""
        return {key: tuple(found) for key, found in self._by_alert.items()}

    def is_written(self, key: GroupKey, severity: Severity, event_ids: Collection[str]) -> bool:
        """Whether the alert was written with all these events, at this severity or a higher one."""
        return self.is_notified(key, STORED, severity, event_ids)

    def about(self, record: Decoded) -> tuple[Announcement, ...]:
        """Those that this record is a part of."""
        ids = {name for found in record.found if isinstance(found, Event) for name in named_by(found)} if self._by_record else ()
        return tuple({one: None for name in sorted(ids) for one in self._by_record.get(name, ())})

    def names(self, vendor_id: str) -> bool:
        """Whether this record is a part of one of them."""
        return bool(self._by_record.get(vendor_id))


def named_by(event: Event) -> set[str]:
    """The records that an event is a part of: its own, and the one that it names."""
    return {event.vendor_id, wants(event) or event.vendor_id}


def _records(announcement: Announcement) -> set[str]:
    return {*announcement.members, *announcement.event_ids}


def announcement_of(alert: Alert, why: str, channel: str, at: datetime) -> Announcement:
    """What is remembered of a notification that a channel accepted, or of an alert that was written."""
    return Announcement(
        key=alert.key,
        at=at,
        channel=channel,
        severity=alert.severity,
        why=why,
        event_ids=alert.snapshot.event_ids,
        addresses=alert.snapshot.addresses,
        members=_members(alert),
    )


def _members(alert: Alert) -> tuple[str, ...]:
    """The records behind the alert that are no events of their own."""
    snapshot = alert.snapshot
    return tuple(sorted({member for row in snapshot.events for member in row.members} - set(snapshot.event_ids)))


def mark(key: GroupKey, severity: Severity, event_id: str) -> str:
    """The mark of one event of a stored urgent finding."""
    return digest((key, severity, event_id))


def settle(logged: Collection[Announcement], store: AnnouncementStore) -> None:
    """Forget what the logs of the alerts have; that these events are stored stays known."""
    if logged:
        store.add_marks({mark(one.key, one.severity, event_id) for one in logged for event_id in one.event_ids})
        store.forget(logged)


class _Remembering:
    """A channel; whatever it accepts is remembered for the case that the log of the alert cannot take it."""

    def __init__(self, inner: Notifier, ports: Ports, known: Announcements) -> None:
        self.name = inner.name
        self._inner, self._ports, self._known = inner, ports, known

    def send(self, notice: Notice) -> None:
        """As the channel does. What is remembered is what the log would get, for every alert of the notification.

        What another process has announced meanwhile is not sent again.
        """
        if self._is_announced(notice):
            return
        self._inner.send(notice)
        if notice.index_unavailable:
            return  # whoever announces remembers it
        now, tuning = self._ports.clock(), remembered(self._ports).tuning
        reasons = [(notice.alert, notice.why), *((alert, why(alert, self.name, tuning) or "new") for alert in notice.together)]
        for alert, reason in reasons:
            found = news(alert, self.name, reason)
            one = announcement_of(alert, reason, self.name, now)
            self._known.add(structs.replace(one, event_ids=found.event_ids, addresses=found.addresses, severity=found.severity))

    def _is_announced(self, notice: Notice) -> bool:
        """Whether another process told this channel of this urgent alert while the store was away for it."""
        alert = notice.alert
        if notice.index_unavailable or notice.together or alert.severity < remembered(self._ports).urgent_from:
            return False
        found = Announcements(self._known.of_others(alert.key))
        events = {event.id for event in notice.news} or alert.snapshot.event_ids
        return found.is_notified(alert.key, self.name, alert.severity, events)


class _RememberingPlain(_Remembering):
    """The same, for a channel that also takes messages which are about no alert."""

    def __init__(self, inner: Notifier, ports: Ports, known: Announcements, plain: PlainNotifier) -> None:
        super().__init__(inner, ports, known)
        self._plain = plain

    def send_plain(self, notice: PlainNotice) -> None:
        """As the channel does."""
        self._plain.send_plain(notice)


def _remembering(inner: Notifier, ports: Ports, known: Announcements) -> Notifier:
    return _RememberingPlain(inner, ports, known, inner) if isinstance(inner, PlainNotifier) else _Remembering(inner, ports, known)


class _RememberingStore:
    """The store; which urgent alerts it has written is remembered for the case that it goes away before anybody is notified."""

    def __init__(self, ports: Ports, known: Announcements) -> None:
        self._store, self._ports, self._known = ports.store, ports, known

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - every other method is the store's own
        return getattr(self._store, name)

    def write_alerts(self, writes: Sequence[AlertWrite]) -> list[Written]:
        """See ``gatewatch.ports.Store``."""
        results = self._store.write_alerts(writes)
        urgent_from = remembered(self._ports).urgent_from
        for write, result in zip(writes, results, strict=True):
            if result is Written.DONE and write.alert.severity >= urgent_from and write.alert.status is AlertStatus.OPEN:
                self._known.add(announcement_of(write.alert, "new", STORED, self._ports.clock()))
        return results


def remembering(ports: Ports, known: Announcements) -> Ports:
    """The same ports; what their channels accept, and the urgent alerts that the store writes, are added to ``known``."""
    store = cast("Store", _RememberingStore(ports, known))
    return structs.replace(
        ports, store=store, notifiers={name: _remembering(notifier, ports, known) for name, notifier in ports.notifiers.items()}
    )
