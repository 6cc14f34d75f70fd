"""What people were notified of before the log of an alert could take it: remembered within a run, and by each host until the log has it."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ..evidence import digest
from ..model import Alert, Announcement, Event, GroupKey, Severity
from ..ports import Notice, Notifier, Ports
from .decoding import Decoded

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
    """What this process knows of announcements, by alert. ``marks`` gives what is known to be stored, when it is asked for."""

    def __init__(self, known: Iterable[Announcement] = (), marks: Callable[[], Container[str]] = frozenset) -> None:
        self._by_alert: dict[GroupKey, list[Announcement]] = {}
        self._by_record: dict[str, dict[Announcement, None]] = {}
        self.marks = marks
        self.add(*known)

    def add(self, *announcements: Announcement) -> None:
        """Remember these, each once."""
        for one in announcements:
            if self.is_notified(one.key, one.channel, one.severity, one.event_ids):
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

    def is_notified(self, key: GroupKey, channel: str, severity: Severity, event_ids: Collection[str]) -> bool:
        """Whether this channel was notified of all these events of this alert, at this severity or a higher one."""
        same = [one for one in self._by_alert.get(key, ()) if one.channel == channel and one.severity >= severity]
        return bool(same) and {event_id for one in same for event_id in one.event_ids} >= set(event_ids)

    def by_alert(self) -> Mapping[GroupKey, tuple[Announcement, ...]]:
        """All of them."""
        return {key: tuple(found) for key, found in self._by_alert.items()}

    def about(self, record: Decoded) -> tuple[Announcement, ...]:
        """Those that this record is a part of."""
        ids = {found.vendor_id for found in record.found if isinstance(found, Event)} if self._by_record else ()
        return tuple({one: None for name in sorted(ids) for one in self._by_record.get(name, ())})


def _records(announcement: Announcement) -> set[str]:
    return {*announcement.members, *announcement.event_ids}


def announcement_of(notice: Notice, channel: str, at: datetime) -> Announcement:
    """What is remembered of a notification that a channel accepted."""
    alert = notice.alert
    return Announcement(
        key=alert.key,
        at=at,
        channel=channel,
        severity=alert.severity,
        why=notice.why,
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


class _Remembering:
    """A channel; whatever it accepts is remembered for the case that the log of the alert cannot take it."""

    def __init__(self, inner: Notifier, ports: Ports, known: Announcements) -> None:
        self.name = inner.name
        self._inner, self._clock, self._known = inner, ports.clock, known

    def send(self, notice: Notice) -> None:
        """As the channel does."""
        self._inner.send(notice)
        self._known.add(announcement_of(notice, self.name, self._clock()))


def remembering(ports: Ports, known: Announcements) -> Ports:
    """The same ports; what their channels accept is added to ``known``."""
    return replace(ports, notifiers={name: _Remembering(notifier, ports, known) for name, notifier in ports.notifiers.items()})
