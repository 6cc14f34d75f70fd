"""Marks SAML logins to AWS that no Entra sign-in of the person explains ("golden SAML").

It asks only about the SAML providers that the tuning names as Entra's, because a team that names them has the non-interactive
sign-ins read: without these most logins would look unexplained.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import structs

from ...model import Activity, Event, Outcome
from ...tuning import Tuning, fold
from ..aws.detail import AwsSubject
from ..aws.facts import CONSOLE_LOGIN, console_login, named_event
from ..people import person_of
from .mfa_verdict import explaining, sign_ins_of_people, with_verdicts

GRACE = timedelta(hours=3)
"""How long a sign-in may take to arrive. Graph shows most within minutes; a poller that was away catches up."""


def completed(activities: Sequence[Activity], tuning: Tuning, now: datetime) -> list[Activity]:
    """The same activities; federated AWS logins have their MFA verdict, and unexplained ones are marked once the grace is over."""
    found = with_verdicts(activities, tuning, now)
    if not tuning.entra_saml_providers:
        return found
    sign_ins = sign_ins_of_people(found, tuning)

    def is_unexplained(login: Activity) -> bool:
        if console_login(login) is None or not waits(login.event, tuning) or now < login.time + GRACE:
            return False
        return not explaining(login, sign_ins.get(person_of(login.event, tuning), ()))

    return [structs.replace(a, unexplained=True) if is_unexplained(a) else a for a in found]


def waits(event: Event, tuning: Tuning) -> bool:
    """Whether the alert of this event may change ``GRACE`` after it although nothing arrives."""
    aws = named_event(event, CONSOLE_LOGIN)
    if aws is None or event.outcome is not Outcome.SUCCESS or event.subject != AwsSubject.SAML_ROLE or person_of(event, tuning) is None:
        return False
    provider = fold(aws.saml_provider_arn or "")
    return provider in {fold(name) for name in tuning.entra_saml_providers}
