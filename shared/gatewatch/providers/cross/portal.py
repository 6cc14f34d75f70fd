"""Finds the sign-in to the Identity Center portal that a console login of an Identity Center role follows.

No field of AWS joins the two: the sign-in's ids are in records of the portal only. So the join is near, by person and time, and is said to
be: the role session has the user's name (seen in every published record; AWS documents it nowhere).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from ...model import Activity, Fact
from ...tuning import Tuning
from ..aws.facts import factors, portal_mfa, portal_sign_in
from ..people import person_of

WITHIN = timedelta(minutes=60)

type PortalSignIns = Mapping[str, list[Activity]]


def portal_sign_ins(activities: Iterable[Activity], tuning: Tuning) -> PortalSignIns:
    """The successful sign-ins to the portal by person, ordered by time and id."""
    found: dict[str, list[Activity]] = defaultdict(list)
    for activity in sorted(activities, key=lambda one: (one.time, one.id)):
        if portal_sign_in(activity) is not None and (person := person_of(activity.event, tuning)) is not None:
            found[person].append(activity)
    return found


def before(login: Activity, found: PortalSignIns, tuning: Tuning) -> Activity | None:
    """The last sign-in of the person in the hour before the login, or None."""
    person = person_of(login.event, tuning)
    known = found.get(person, ()) if person is not None else ()
    last = bisect_right(known, login.time.replace(microsecond=999_999), key=lambda one: one.time)
    return known[last - 1] if last and login.time - known[last - 1].time <= WITHIN else None


def verdict(sign_in: Activity) -> Fact:
    """Whether the sign-in had a second factor; unknown if an external identity provider did all of it."""
    portal = portal_sign_in(sign_in)
    return portal_mfa(portal) if portal is not None else Fact.UNKNOWN


def note(sign_in: Activity, login: Activity) -> str:
    """How the verdict was found, for people: ``authenticated with PASSWORD, TOTP 12 minutes before (by user and time)``."""
    portal = portal_sign_in(sign_in)
    used = ", ".join(factors(portal)) if portal is not None else ""
    minutes = max(0, int((login.time - sign_in.time) / timedelta(minutes=1)))
    when = "in the minute before" if minutes < 1 else f"{minutes} minute{'s' if minutes > 1 else ''} before"
    return f"authenticated with {used or 'an unknown credential'} {when} (by user and time)"
