"""A change of the policy that loosens is notified on every channel, once: the policy is what switches detection off.

What each channel was notified of is a small document of the installation. A worker takes a lease on a channel by compare-and-swap, sends,
and marks, as with alerts: doubled only by a crash between acceptance and mark.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec
from msgspec import Struct, structs

from ..errors import NotifyError, NotifyUnavailable
from ..ports import PlainNotice, PlainNotifier, Ports, StateDocument, StateKey, StateWrite, Written
from ..tuning.changes import PolicyChange, changes
from ..tuning.policy import Policy, decode
from .policy import POLICY, version_key

LOG = logging.getLogger(__name__)

NOTICES = StateKey("familiarity", "policy_notices")
MOST_VERSIONS = 50
"""Versions that a channel is notified of at once; older ones stand in the history."""

MOST_LINES = 20
MAX_ROUNDS = 5


class ChannelNotices(Struct, frozen=True, omit_defaults=True):
    """Up to which version of the policy a channel was notified, and who is at it now."""

    version: int = 0
    owner: str = ""
    until: datetime | None = None


type _Notices = dict[str, ChannelNotices]


def notify_of_policy(ports: Ports) -> list[str]:
    """Notify the channels of this host of policy versions that loosen; the channels that took a message, one for each message.

    ``ports`` are those under the policy in force.

    Raises:
        StoreUnavailable: the store is away; the next sweep goes on.
    """
    takers = {name: notifier for name, notifier in ports.notifiers.items() if isinstance(notifier, PlainNotifier)}
    if not takers or not ports.policy_version:
        return []
    notices, document = _read(ports)
    now = ports.clock()
    behind = [name for name in sorted(takers) if _is_behind(notices.get(name, ChannelNotices()), ports, now)]
    if not behind:
        return []
    leased = {name: structs.replace(notices.get(name, ChannelNotices()), owner=ports.worker, until=now + ports.lease) for name in behind}
    if not _write({**notices, **leased}, document, ports):
        return []  # another worker was faster
    first = min(leased[name].version for name in behind)
    found = list(_loosening(_versions(first, ports)))
    sent: list[str] = []
    reached: dict[str, int] = {}
    for name in behind:
        reached[name] = _send(takers[name], name, (one for one in found if one[1].version > leased[name].version), ports, sent)
    _mark(reached, ports)
    return sent


def _is_behind(known: ChannelNotices, ports: Ports, now: datetime) -> bool:
    return known.version < ports.policy_version and (known.until is None or known.until <= now)


type _Loosened = tuple[Policy, Policy, tuple[PolicyChange, ...]]
"""The version before, the version, and its changes that loosen."""


def _versions(after: int, ports: Ports) -> list[Policy]:
    """The stored versions from this one on, oldest first.

    The newest is the document that is in force: a host may create documents of the history, and never that one.
    """
    newest = ports.policy_version
    keys = [version_key(number) for number in range(max(after, newest - MOST_VERSIONS, 1), newest + 1)]
    documents = ports.store.read_state((), [*keys, POLICY]).documents
    found = (decode(documents[key].body) for key in [*keys[:-1], POLICY] if key in documents)
    return [policy for policy in found if policy is not None and policy.version <= newest]


def _loosening(versions: Sequence[Policy]) -> Iterator[_Loosened]:
    for before, policy in pairwise(versions):
        found = tuple(change for change in changes(before, policy) if change.loosens)
        if found:
            yield before, policy, found


def _send(notifier: PlainNotifier, name: str, found: Iterable[_Loosened], ports: Ports, sent: list[str]) -> int:
    """The version up to which the channel was notified. A channel is notified of a change that takes it away, and of none before its time."""
    for before, policy, loosened in found:
        if name in {*before.channels, *policy.channels}:
            try:
                notifier.send_plain(plain_notice(policy, loosened))
            except NotifyUnavailable as error:
                LOG.warning("policy version %d waits for channel %s: %s", policy.version, name, error)
                return policy.version - 1
            except NotifyError as error:
                LOG.warning("channel %s refuses the notice of policy version %d: %s", name, policy.version, error)
            else:
                sent.append(name)
    return ports.policy_version


def plain_notice(policy: Policy, loosened: Sequence[PolicyChange]) -> PlainNotice:
    """What people read: who changed what, when and why. The texts are raw: channels make them visible."""
    at = f"{policy.at:%Y-%m-%d %H:%M:%S} UTC" if policy.at else "an unknown time"
    more = len(loosened) - MOST_LINES
    return PlainNotice(
        id=f"policy-{policy.version}",
        at=policy.at,
        subject=f"Gatewatch policy version {policy.version} loosens detection, by {policy.author or 'unknown'}",
        lines=(
            f"By {policy.author or 'unknown'} at {at}. Reason: {policy.reason or 'none given'}",
            *(str(change) for change in loosened[:MOST_LINES]),
            *((f"and {more} more",) if more > 0 else ()),
            f"If nobody asked for this: gatewatch tuning diff stored:{policy.version - 1} stored:{policy.version}, then apply the earlier one.",
        ),
    )


def _read(ports: Ports) -> tuple[_Notices, StateDocument | None]:
    document = ports.store.read_state((), (NOTICES,)).documents.get(NOTICES)
    if document is None:
        return {}, None
    try:
        return msgspec.json.decode(document.body, type=dict[str, ChannelNotices]), document
    except msgspec.ValidationError:
        return {}, document  # written anew: rather notified twice than never


def _write(notices: Mapping[str, ChannelNotices], document: StateDocument | None, ports: Ports) -> bool:
    write = StateWrite(NOTICES, msgspec.json.encode(notices), document.version if document is not None else None)
    return ports.store.write_state([write]) == [Written.DONE]


def _mark(reached: Mapping[str, int], ports: Ports) -> None:
    """Write how far each channel got; a mark that keeps losing is left to the end of the lease."""
    for _ in range(MAX_ROUNDS):
        notices, document = _read(ports)
        marked = {name: ChannelNotices(max(version, notices.get(name, ChannelNotices()).version)) for name, version in reached.items()}
        if _write({**notices, **marked}, document, ports):
            return
