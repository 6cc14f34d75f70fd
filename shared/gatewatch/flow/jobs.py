"""Recomputes days although no record arrives: under a new policy, by a newer engine, after an older release stored records.

The days are stored before they are recomputed, and taken off the list only afterwards: a crash repeats them.
"""

from ..model import Alert
from ..ports import Ports
from ..tuning.policy import Policy
from .days import add_days, remove_day, waiting
from .policy import IN_FORCE, in_force, write_policy
from .recompute import recompute_day

DAYS_AT_ONCE = 20
"""Days that one sweep recomputes at most."""


def run(ports: Ports, at_most: int | None = DAYS_AT_ONCE) -> list[Alert]:
    """Recompute days that are asked for, the newest first; returns the alerts written. A host of an older engine leaves them alone.

    Raises:
        StoreUnavailable: the store is away; the days stay asked for.
        Conflict: other writers kept winning; the days stay asked for.
    """
    days = waiting(ports.store)
    if not days or in_force(ports.store.read_state((), IN_FORCE), ports).outdated:
        return []
    done: list[Alert] = []
    for day, times in sorted(days.items(), reverse=True)[:at_most]:
        done += recompute_day(day, ports)
        remove_day(day, times, ports.store)
    return done


def apply_policy(policy: Policy, base: int, ports: Ports) -> tuple[Policy, list[Alert]]:
    """Put a new version of the policy in force over version ``base`` and recompute every day that has evidence.

    Returns the policy as stored and the alerts that changed. After a crash the next sweep goes on.

    Raises:
        Conflict: ``base`` is not the version in force.
        StoreUnavailable: the store is away, or this key may not write the policy.
    """
    stored = write_policy(policy, base, ports, first=lambda: add_days(ports.store.days(), ports.store))
    return stored, run(ports, None)
