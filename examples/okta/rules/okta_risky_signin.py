"""A sign-in succeeded although Okta calls it high risk."""

from ....model import Activity, Event, Outcome, Place
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Trigger, Window
from ...samples import NOON, changed, hit, miss
from ..detail import OktaSignIn, okta_of

POINTS = 73


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """73 points for high risk."""
    okta, event = okta_of(activity.event), activity.event
    if okta is None or okta.risk != "high" or event.outcome is not Outcome.SUCCESS:
        return None
    return Finding(POINTS, f"{who(event)} signed in to Okta from {where(event)} at high risk.")


def sign_in(**changes: object) -> Activity:
    """A sign-in that succeeded, without any risk."""
    event = Event(
        vendor_id="okta|1",
        time=NOON,
        action="user.session.start",
        outcome=Outcome.SUCCESS,
        account="acme",
        principal="alice@contoso.com",
        person="alice@contoso.com",
        user_name="alice@contoso.com",
        place=Place(address="198.51.100.77", ip="198.51.100.77"),
        detail=OktaSignIn(uuid="1"),
    )
    return changed(Activity(id=event.vendor_id, time=NOON, event=event, members=(event.vendor_id,)), **changes)


RULE = Rule(
    metadata=RuleMetadata(
        id="okta_risky_signin",
        title="Okta sign-in at high risk",
        meaning="Okta let somebody in although its own risk engine doubts that it is the owner of the account.",
        family="okta",
        tier=2,
        attack=("T1078.004",),
        controls=("IAM-14",),
        references=("https://attack.mitre.org/techniques/T1078/004/",),
        false_positives=("Travel: confirm with the person.",),
    ),
    on=(Trigger(OktaSignIn),),
    match=match,
    examples=(hit("high risk", POINTS, sign_in(risk="high")), miss("no risk", sign_in())),
)
