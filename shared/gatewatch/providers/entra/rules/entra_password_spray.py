"""One address failed to sign in as many people, and succeeded as one."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from heapq import nsmallest
from itertools import chain

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss, on_demand, repeated
from ...window import name, principal
from ..detail import EntraSubject, sign_in_of
from ..flows import ON_SUCCESS, successful
from ..samples import blocked_sign_in, sign_in
from ..steps import BEHAVIOUR_STEPS
from ..vocabulary import WRONG_CREDENTIAL

POINTS = 57
PEOPLE = 10
WINDOW = timedelta(minutes=60)
_NAMED_AT_MOST = 10


def match(activity: Activity, window: Window, tuning: Tuning) -> Finding | None:
    """57 points when 10 people or more failed from the address within 60 minutes and did not succeed from it.

    People who succeeded after a wrong password are its ordinary users. A network of the policy is an office, where ten people mistype
    within an hour.
    """
    event = activity.event
    if successful(activity) is None or event.subject != EntraSubject.USER or event.place.ip in tuning.networks:
        return None
    tried = window.where(_failed).by(principal, name)
    if len(tried) < PEOPLE:
        return None
    for ordinary in window.where(_succeeded).by(principal, name).keys() - {event.principal}:
        tried.pop(ordinary, None)
    if len(tried) < PEOPLE:
        return None
    more = f" and {len(tried) - _NAMED_AT_MOST} more" if len(tried) > _NAMED_AT_MOST else ""
    people = f"{', '.join(nsmallest(_NAMED_AT_MOST, tried.values()))}{more}"
    return Finding(
        POINTS, f"{where(event)} failed to sign in as {len(tried)} people within 60 minutes ({people}) and signed in as {who(event)}."
    )


def _succeeded(activity: Activity) -> bool:
    return successful(activity) is not None


def _failed(activity: Activity) -> bool:
    sign_in = sign_in_of(activity.event)
    return sign_in is not None and activity.event.outcome is Outcome.FAILURE and sign_in.error_code in WRONG_CREDENTIAL


def _as(number: int, error_code: int = 50126) -> Activity:
    person = f"user{number}"
    return blocked_sign_in(error_code=error_code, id=f"entra|{number}", principal=person, user_name=f"{person}@contoso.com")


@on_demand
def _tried(count: int, error_code: int = 50126) -> Iterator[Activity]:
    return (_as(number, error_code) for number in range(1, count + 1))


@on_demand
def _tried_and(count: int, *others: Iterable[Activity]) -> Iterator[Activity]:
    return chain(_tried(count), *others)


@on_demand
def _of_other_reasons() -> Iterator[Activity]:
    """Five users whom nobody knows, and seven who are locked."""
    return chain(_tried(5, error_code=50034), (_as(number, error_code=50053) for number in range(6, 13)))


@on_demand
def _entered(count: int) -> Iterator[Activity]:
    return (sign_in(id=f"entra|ok{number}", principal=f"user{number}") for number in range(1, count + 1))


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_password_spray",
        title="Entra password spray that succeeded",
        meaning="One address tried the passwords of many people, a few for each, and one of them was right.",
        family="entra",
        tier=2,
        attack=("T1110.003", "T1078.004"),
        controls=("IAM-14", "IAM-16"),
        references=(
            "https://attack.mitre.org/techniques/T1110/003/",
            "https://learn.microsoft.com/security/operations/incident-response-playbook-password-spray",
        ),
        false_positives=("The exit of a large office or of a VPN: name it in known_networks.",),
        first_steps=BEHAVIOUR_STEPS,
    ),
    on=ON_SUCCESS,
    reach=WINDOW,
    match=match,
    scope="address",
    crowd=PEOPLE,
    silenced_by_wildcard=False,
    examples=(
        hit("ten people", 57, sign_in(), window=_tried(10)),
        hit("more than it names", 57, sign_in(), window=_tried(25)),
        hit("unknown users and locked ones", 57, sign_in(), window=_of_other_reasons()),
        hit("the person itself was tried before", 57, sign_in(), window=_tried_and(9, (blocked_sign_in(error_code=50126),))),
        hit("some of them are its ordinary users", 57, sign_in(), window=_tried_and(14, _entered(4))),
        miss("nine people", sign_in(), window=_tried(9)),
        miss("one person, many times", sign_in(), window=repeated(_as(1), 12)),
        miss("most of them succeeded later", sign_in(), window=_tried_and(14, _entered(5))),
        miss("none succeeded", blocked_sign_in(error_code=50126), window=_tried(12)),
        miss("other failures", sign_in(), window=_tried(12, error_code=50076)),
        miss("a network of the policy", sign_in(), window=_tried(12), tuning=Tuning(known_networks=("198.51.100.0/24",))),
        miss("a workload", sign_in(subject=EntraSubject.SERVICE_PRINCIPAL), window=_tried(12)),
    ),
)
