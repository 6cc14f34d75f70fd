"""Adds an MFA verdict to federated AWS logins.

The verdict comes from the sign-in of the same person to the Identity Center portal, if there is one that tells, else to Entra.

CloudTrail says ``MFAUsed: No`` for every SAML and Identity Center login, because the identity provider does the MFA
(AWS CloudTrail user guide, "AWS Management Console sign-in events"). Entra's AWS application sets RoleSessionName to the UPN.
The sign-in to AWS itself is preferred: the application that the tuning lists, else the one that is called AWS.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import structs

from ...model import Activity, Fact, Outcome
from ...tuning import Tuning
from ..aws.detail import AwsSubject
from ..aws.facts import FEDERATED_ROLES, console_login
from ..entra.aws_application import is_aws_application
from ..entra.detail import EntraSignIn, sign_in_of
from ..people import person_of
from . import portal

BEFORE = timedelta(minutes=60)
AFTER = timedelta(minutes=10)

type _SignIn = tuple[Activity, EntraSignIn]


def with_verdicts(activities: Sequence[Activity], tuning: Tuning, _now: datetime) -> list[Activity]:
    """The same activities; federated AWS logins have their verdict (unknown when no sign-in is found)."""
    if not any(map(is_federated_login, activities)):
        return list(activities)
    sign_ins = sign_ins_of_people(activities, tuning)
    portals = portal.portal_sign_ins(activities, tuning)
    return [_of_portal(a, portals, sign_ins, tuning) if is_federated_login(a) else a for a in activities]


def sign_ins_of_people(activities: Sequence[Activity], tuning: Tuning) -> dict[str | None, list[_SignIn]]:
    """The Entra sign-ins that succeeded and were received, by person, ordered by time."""
    sign_ins: dict[str | None, list[_SignIn]] = defaultdict(list)
    for activity in sorted(activities, key=lambda one: one.time):
        event, entra = activity.event, sign_in_of(activity.event)
        if entra is not None and not entra.synthetic and event.outcome is Outcome.SUCCESS:
            sign_ins[person_of(event, tuning)].append((activity, entra))
    return sign_ins


def explaining(login: Activity, known: Sequence[_SignIn]) -> Sequence[_SignIn]:
    """The sign-ins of the person, ordered by time, that are near enough to explain the login."""
    start = bisect_left(known, login.time - BEFORE, key=_time)
    return known[start : bisect_right(known, login.time + AFTER, key=_time)]


def _time(one: _SignIn) -> datetime:
    return one[0].time


def is_federated_login(activity: Activity) -> bool:
    """Whether this is a console login whose MFA is done by the identity provider."""
    return activity.event.subject in FEDERATED_ROLES and console_login(activity) is not None


def _of_portal(login: Activity, portals: portal.PortalSignIns, sign_ins: Mapping[str | None, list[_SignIn]], tuning: Tuning) -> Activity:
    """The login with the verdict of the portal. A portal that left everything to Entra does not tell, so Entra's verdict counts."""
    known = portal.before(login, portals, tuning) if login.event.subject == AwsSubject.IDENTITY_CENTER_ROLE else None
    said = portal.verdict(known) if known is not None else Fact.UNKNOWN
    found = _with_verdict(login, sign_ins, tuning)
    if known is None or (said is Fact.UNKNOWN and found.mfa_source is not None):
        return found
    return structs.replace(found, mfa_verdict=said, mfa_source=known.id, mfa_note=portal.note(known, login))


def _with_verdict(login: Activity, sign_ins: Mapping[str | None, list[_SignIn]], tuning: Tuning) -> Activity:
    person = person_of(login.event, tuning)
    known = sign_ins.get(person, ()) if person is not None else ()
    near = explaining(login, known)
    if not near:
        return structs.replace(login, mfa_verdict=Fact.UNKNOWN)

    def preference(one: _SignIn) -> tuple[bool, bool, timedelta, str]:
        sign_in, entra = one
        return (not is_aws_application(entra, tuning), entra.mfa is Fact.UNKNOWN, abs(login.time - sign_in.time), sign_in.id)

    best, entra = min(near, key=preference)
    return structs.replace(login, mfa_verdict=entra.mfa, mfa_source=best.id)
