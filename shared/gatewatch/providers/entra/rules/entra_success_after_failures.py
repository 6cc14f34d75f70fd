"""A sign-in succeeded after a row of failures."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss, on_demand, repeated
from ..detail import EntraSubject, sign_in_of
from ..flows import ON_SUCCESS, successful
from ..samples import blocked_sign_in, sign_in
from ..steps import BEHAVIOUR_STEPS
from ..vocabulary import FAILED_SECOND_FACTOR, WRONG_CREDENTIAL

POINTS = 35
FAILURES = 10
WINDOW = timedelta(minutes=15)
_COUNTED = WRONG_CREDENTIAL | FAILED_SECOND_FACTOR


def match(activity: Activity, window: Window, _tuning: Tuning) -> Finding | None:
    """35 points when the person failed 10 times or more in the 15 minutes before: wrong passwords, or second factors not given."""
    event = activity.event
    failures = len(window.where(_failed))
    if failures < FAILURES or successful(activity) is None or event.subject != EntraSubject.USER:
        return None
    return Finding(POINTS, f"{who(event)} signed in from {where(event)} after {failures} failures within 15 minutes.")


def _failed(activity: Activity) -> bool:
    sign_in = sign_in_of(activity.event)
    return sign_in is not None and activity.event.outcome is Outcome.FAILURE and sign_in.error_code in _COUNTED


_WRONG = blocked_sign_in(error_code=50126)


@on_demand
def _both(of_each: int) -> Iterator[Activity]:
    """Wrong passwords, and second factors that were not given."""
    return chain(repeated(_WRONG, of_each), repeated(blocked_sign_in(error_code=50074), of_each))


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_success_after_failures",
        title="Entra sign-in after failures",
        meaning="The sign-in succeeded after 10 or more failures within 15 minutes.",
        family="entra",
        tier=2,
        attack=("T1110", "T1078.004", "T1621"),
        controls=("IAM-14",),
        references=(
            "https://attack.mitre.org/techniques/T1110/",
            "https://learn.microsoft.com/entra/identity-platform/reference-error-codes",
        ),
        false_positives=("A password that was just changed, and a phone that still sends the old one: ask the owner.",),
        first_steps=BEHAVIOUR_STEPS,
    ),
    on=ON_SUCCESS,
    reach=WINDOW,
    match=match,
    examples=(
        hit("after ten wrong passwords", 35, sign_in(), window=repeated(_WRONG, 10)),
        hit("after twelve second factors that were not given", 35, sign_in(), window=repeated(blocked_sign_in(error_code=500121), 12)),
        hit("after some of both", 35, sign_in(), window=_both(5)),
        miss("after nine", sign_in(), window=repeated(_WRONG, 9)),
        miss("failures alone", _WRONG, window=repeated(_WRONG, 12)),
        miss("successes before it", sign_in(), window=repeated(sign_in(), 12)),
        miss("stops by policy are no guesses", sign_in(), window=repeated(blocked_sign_in(), 12)),
        miss("a workload", sign_in(subject=EntraSubject.SERVICE_PRINCIPAL), window=repeated(_WRONG, 12)),
        miss("a sign-in that was not received", sign_in(synthetic=True), window=repeated(_WRONG, 12)),
    ),
)
