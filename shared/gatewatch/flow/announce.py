"""If the store is down, critical findings are sent once, flagged as not stored; the notification log gets them when the alert is stored."""

from collections.abc import Iterable, Mapping, Sequence

from ..alerts.compute import compute
from ..alerts.group import Computed
from ..alerts.reading import Reading
from ..alerts.state import AlertInputs, Announcement, renew
from ..errors import NotifyError
from ..model import GroupKey, RawRecord, Severity, Snapshot
from ..ports import Notice, Ports
from .decoding import Decoded
from .intake import Accepted, open_chunk, take_in

URGENT = Severity.CRITICAL
"""The severity from which a finding does not wait for the index."""


def announce_unstored(records: Sequence[RawRecord | Decoded], ports: Ports) -> dict[int, tuple[str, ...]]:
    """Notify of urgent findings in records that could not be stored; records that were announced before are skipped.

    Returns the notified channels, by index of the record: the caller keeps them with the record (``RawRecord.announced``).
    """
    accepted = take_in(open_chunk(records, ports.geo), ports.tuning, ports.clock()).accepted
    fresh = [item for item in accepted if not item.announced]
    notified: dict[int, tuple[str, ...]] = {}
    for found in _urgent(fresh, ports):
        channels = _send(found, ports)
        if channels:
            notified |= {item.index: channels for item in fresh if item.evidence.event.vendor_id in found.members}
    return notified


def _send(found: Computed, ports: Ports) -> tuple[str, ...]:
    inputs = AlertInputs(now=ports.clock(), tuning=ports.tuning, channels=ports.channels)
    notice = Notice(alert=renew(found, None, inputs), why="new", index_unavailable=True)
    notified = []
    for channel, notifier in sorted(ports.notifiers.items()):
        try:
            notifier.send(notice)
        except NotifyError:
            continue  # the channel is unavailable too: it stays pending on the stored alert
        notified.append(channel)
    return tuple(notified)


def announcements(accepted: Iterable[Accepted], ports: Ports) -> Mapping[GroupKey, Announcement]:
    """What the notification log must get about records that were announced before they could be stored."""
    before = [item for item in accepted if item.announced]
    learned: dict[GroupKey, Announcement] = {}
    for found in _urgent(before, ports):
        snapshot = found.snapshot
        channels = {c for item in before if item.evidence.event.vendor_id in found.members for c in item.announced}
        learned[snapshot.key] = Announcement(
            channels=tuple(sorted(channels)),
            at=ports.clock(),
            severity=snapshot.severity,
            event_ids=snapshot.event_ids,
            addresses=snapshot.addresses,
        )
    return learned


def _urgent(items: Sequence[Accepted], ports: Ports) -> list[Computed]:
    """What cannot wait, computed as it was while the index was away: without familiarity."""
    evidence = tuple(item.evidence for item in items)
    groups = compute(Reading(evidence=evidence, of_addresses=evidence), ports.tuning, ports.clock())
    return [found for _, found in sorted(groups.items()) if _is_urgent(found.snapshot)]


def _is_urgent(snapshot: Snapshot) -> bool:
    return snapshot.open and not snapshot.suppressed and snapshot.severity >= URGENT
