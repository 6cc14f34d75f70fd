"""The MFA verdict of federated AWS logins, taken from the Entra sign-in of the same person.

CloudTrail says ``MFAUsed: No`` for every SAML and Identity Center login, because the identity provider did the MFA
(AWS CloudTrail user guide, "AWS Management Console sign-in events"). Entra's AWS application sets RoleSessionName to the UPN.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from msgspec import structs

from ..model import Activity, Fact, Kind, Outcome, Subject
from ..tuning import Tuning
from .people import person_of

BEFORE = timedelta(minutes=60)
AFTER = timedelta(minutes=10)
_FEDERATED = frozenset({Subject.SAML_ROLE, Subject.IDENTITY_CENTER_ROLE})


def with_verdicts(activities: Sequence[Activity], tuning: Tuning) -> list[Activity]:
    """The same activities; federated AWS logins carry their verdict (unknown when no sign-in tells)."""
    sign_ins: dict[str, list[Activity]] = defaultdict(list)
    for activity in activities:
        event = activity.event
        person = person_of(event, tuning)
        if (
            person is not None
            and event.kind is Kind.SIGN_IN
            and event.outcome is Outcome.SUCCESS
            and event.entra
            and not event.entra.synthetic
        ):
            sign_ins[person].append(activity)
    return [_with_verdict(a, sign_ins, tuning) if is_federated_login(a) else a for a in activities]


def is_federated_login(activity: Activity) -> bool:
    """A console login whose MFA the identity provider owns."""
    event = activity.event
    return (
        event.subject in _FEDERATED
        and event.aws is not None
        and event.aws.event_name == "ConsoleLogin"
        and event.outcome is Outcome.SUCCESS
    )


def _with_verdict(login: Activity, sign_ins: dict[str, list[Activity]], tuning: Tuning) -> Activity:
    person = person_of(login.event, tuning)
    near = [s for s in sign_ins.get(person or "", ()) if login.time - BEFORE <= s.time <= login.time + AFTER]
    if not near:
        return structs.replace(login, mfa_verdict=Fact.UNKNOWN)
    apps = frozenset(app.casefold() for app in tuning.aws_app_ids)

    def preference(sign_in: Activity) -> tuple[bool, bool, timedelta, str]:
        entra = sign_in.event.entra
        to_aws = entra is not None and (entra.app_id or "") in apps
        knows = entra is not None and entra.mfa is not Fact.UNKNOWN
        return (not to_aws, not knows, abs(login.time - sign_in.time), sign_in.id)

    best = min(near, key=preference)
    verdict = best.event.entra.mfa if best.event.entra is not None else Fact.UNKNOWN
    return structs.replace(login, mfa_verdict=verdict, mfa_source=best.id)
