"""Recomputes days although no record arrives: under a new policy, by a newer engine, after an older release stored records.

The days are stored before they are recomputed, and taken off the list only afterwards: a crash repeats them.
"""

from collections.abc import Mapping

from ..errors import NewerDocument
from ..model import Alert
from ..ports import Ports
from ..tuning.policy import Policy
from .days import add_days, remove_day, waiting
from .policy import IN_FORCE, in_force, write_policy
from .recompute import recompute_day

_POLICY = "policy:"  # the prefix of an entry that stands for every day, once this version of the policy is in force
DAYS_AT_ONCE = 20
"""Days that one sweep recomputes at most."""


def run(ports: Ports, at_most: int | None = DAYS_AT_ONCE) -> list[Alert]:
    """Recompute days that are asked for, the newest first; returns the alerts written. A host of an older engine leaves them alone.

    Raises:
        StoreUnavailable: the store is away; the days stay asked for.
        Conflict: other writers kept winning; the days stay asked for.
    """
    asked = waiting(ports.store)
    if not asked:
        return []
    found = in_force(ports.store.read_state((), IN_FORCE), ports)
    if found.outdated:
        return []
    if _expanded(asked, found.ports):
        asked = waiting(ports.store)
    days = sorted(((day, times) for day, times in asked.items() if not day.startswith(_POLICY)), reverse=True)
    done: list[Alert] = []
    for day, times in days[:at_most]:
        try:
            done += recompute_day(day, found.ports)
        except NewerDocument:
            continue  # the day stays asked for, by the release that wrote its alert
        remove_day(day, times, ports.store)
    return done


def _expanded(asked: Mapping[str, int], ports: Ports) -> bool:
    """Replace each policy that is in force by the days that have evidence now: what is stored later is computed under it anyway."""
    policies = [(name, times) for name, times in asked.items() if name.startswith(_POLICY)]
    ready = [(name, times) for name, times in policies if int(name.removeprefix(_POLICY)) <= ports.policy_version]
    for name, times in ready:
        add_days(ports.store.days(), ports.store)
        remove_day(name, times, ports.store)
    return bool(ready)


def apply_policy(policy: Policy, base: int, ports: Ports, *, unreadable: bool = False) -> tuple[Policy, list[Alert]]:
    """Put a new version of the policy in force over version ``base`` and recompute every day that has evidence.

    Returns the policy as stored and the alerts that changed. After a crash the next sweep goes on. ``unreadable``: also over a version
    that this release cannot read.

    Raises:
        ConfigError: the policy in force is broken, or of a newer schema.
        Conflict: ``base`` is not the version in force.
        StoreUnavailable: the store is away, or this key may not write the policy.
    """
    stored = write_policy(policy, base, ports, first=lambda: add_days([f"{_POLICY}{base + 1}"], ports.store), unreadable=unreadable)
    return stored, run(ports, None)
