"""A service principal signed in from a place that is new for it."""

from ....model import Activity, Fact
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import NEW_COUNTRY, NEW_NETWORK_OR_CLIENT, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import EntraSubject
from ..flows import ON_FIRST_SUCCESS, successful
from ..samples import blocked_sign_in, sign_in
from ..steps import WORKLOAD_STEPS

POINTS = 35
SECRET_POINTS = 10
_SECRET = "clientsecret"  # noqa: S105 - a kind of credential


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """35 points for a first country or network, 10 more with a secret. Managed identities carry no address."""
    here, event = successful(activity), activity.event
    if here is None or event.subject != EntraSubject.SERVICE_PRINCIPAL:
        return None
    found = [name for name in ("country", "network") if name in activity.firsts]
    if not found:
        return None
    secret = here.credential_type == _SECRET
    said = " with a secret" if secret else ""
    reason = f"The service principal {who(event)} signed in{said} from {where(event)}, a {' and '.join(found)} never seen for it before."
    return Finding(POINTS + (SECRET_POINTS if secret else 0), reason)


def _workload(**changes: object) -> Activity:
    fields = {
        "subject": EntraSubject.SERVICE_PRINCIPAL,
        "stream": "serviceprincipal",
        "interactive": Fact.ABSENT,
        "person": None,
        "user_name": "backup",
        "credential_type": "clientassertion",
    }
    return sign_in(**{**fields, **changes})


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_workload_unfamiliar",
        title="Entra service principal from a new place",
        meaning="A program's identity was used from a network or country where it never ran; its secret or certificate may have been copied.",
        family="entra",
        tier=2,
        attack=("T1078.004", "T1550.001", "T1021.007"),
        controls=("IAM-16", "IPY-03"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://learn.microsoft.com/entra/identity/monitoring-health/concept-service-principal-sign-ins",
        ),
        false_positives=("The program moved, or its platform runs it from changing addresses: allowlist it with its networks.",),
        first_steps=WORKLOAD_STEPS,
        needs=("signInEventTypes",),
    ),
    on=ON_FIRST_SUCCESS,
    match=match,
    counts=frozenset({NEW_COUNTRY, NEW_NETWORK_OR_CLIENT}),
    examples=(
        hit("a first network", 35, _workload(firsts=("network",))),
        hit("a first country", 35, _workload(firsts=("country",))),
        hit("both, with a secret", 45, _workload(firsts=("country", "network"), credential_type=_SECRET)),
        hit("the record does not name the credential", 35, _workload(firsts=("network",), credential_type=None)),
        miss("nothing is first", _workload()),
        miss("a first resource alone", _workload(firsts=("application",))),
        miss("a managed identity", _workload(subject=EntraSubject.MANAGED_IDENTITY, firsts=("network",))),
        miss("a user", sign_in(firsts=("country", "network"))),
        miss("it failed", blocked_sign_in(subject=EntraSubject.SERVICE_PRINCIPAL, firsts=("network",))),
    ),
)
