"""A sign-in differs from everything that is usual for the person."""

from ....model import Activity
from ....tuning import Tuning
from ...phrases import identifiers, where, who
from ...rule import NEW_COUNTRY, NEW_NETWORK_OR_CLIENT, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..circumstances import CLOUD_CLI_NAME
from ..control_planes import control_plane
from ..detail import EntraSubject
from ..flows import ON_FIRST_SUCCESS, successful
from ..samples import blocked_sign_in, sign_in
from ..steps import BEHAVIOUR_STEPS
from ..sync_accounts import is_legitimate

POINTS = 30
EACH_BEYOND = 10
AT_A_CONTROL_PLANE, ANYWHERE = 2, 3
FEATURES = ("country", "network", "client", "application", "device")


def match(activity: Activity, _window: Window, tuning: Tuning) -> Finding | None:
    """30 points for 2 first features at a control plane or of a privileged person, or for 3 anywhere; 10 more for each beyond."""
    here, event = successful(activity), activity.event
    found = [name for name in FEATURES if name in activity.firsts]
    if here is None or len(found) < min(AT_A_CONTROL_PLANE, ANYWHERE) or event.subject != EntraSubject.USER:
        return None
    if is_legitimate(event, here, tuning):
        return None
    privileged = tuning.is_privileged(identifiers(event))
    plane = control_plane(here, privileged=privileged)
    enough = AT_A_CONTROL_PLANE if plane is not None or privileged else ANYWHERE
    if len(found) < enough:
        return None
    target = plane or "Entra ID"
    reason = f"{who(event)} signed in to {target} from {where(event)} with a {_listed(found)} never seen for this person before."
    return Finding(POINTS + EACH_BEYOND * (len(found) - enough), reason)


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


_PLAIN = "4765445b-32c6-49b0-83e6-1d93765276ca"
_TWO, _THREE = ("country", "network"), ("client", "country", "network")
_ADMIN = Tuning(privileged_principals=("alice@contoso.com",))

RULE = Rule(
    metadata=RuleMetadata(
        id="entra_unfamiliar_signin",
        title="Entra sign-in unlike this person",
        meaning="Several things about this sign-in are seen for the first time for a person whose habits are known.",
        family="entra",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-16", "IAM-14"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://attack.mitre.org/techniques/T1078/004/",
        ),
        false_positives=(
            "Travel with a new phone or laptop: confirm with the person, then close as expected.",
            "The first use of a command line on a new network: ask for its purpose.",
        ),
        first_steps=BEHAVIOUR_STEPS,
    ),
    on=ON_FIRST_SUCCESS,
    match=match,
    counts=frozenset({NEW_COUNTRY, NEW_NETWORK_OR_CLIENT, CLOUD_CLI_NAME}),
    examples=(
        hit("two at a control plane", 30, sign_in(firsts=_TWO)),
        hit("four at a control plane", 50, sign_in(firsts=("application", *_THREE))),
        hit("all five at a control plane", 60, sign_in(firsts=("application", "client", "country", "device", "network", "protocol"))),
        hit("three anywhere", 30, sign_in(app_id=_PLAIN, firsts=_THREE)),
        hit("four anywhere", 40, sign_in(app_id=_PLAIN, firsts=("device", *_THREE))),
        hit("two, privileged", 30, sign_in(app_id=_PLAIN, firsts=_TWO), tuning=_ADMIN),
        miss("two anywhere: travel", sign_in(app_id=_PLAIN, firsts=_TWO)),
        miss("one at a control plane", sign_in(firsts=("network",))),
        miss("the protocol has its own rules", sign_in(firsts=("network", "protocol"))),
        miss("nothing is first", sign_in()),
        miss("it failed", blocked_sign_in(firsts=_THREE)),
        miss("a workload has its own rule", sign_in(subject=EntraSubject.SERVICE_PRINCIPAL, firsts=_THREE)),
        miss("a synchronisation account has its own rule", sign_in(
            upn="Sync_DC01_1a2b3c4d5e6f@contoso.onmicrosoft.com", app_id="cb1056e2-e479-49de-ae31-7812af012ed8", firsts=_THREE,
        )),
    ),
)  # fmt: skip
