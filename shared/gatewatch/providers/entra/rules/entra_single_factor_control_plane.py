"""A single factor opened a control plane."""

from ....model import Activity, Fact
from ....tuning import Tuning
from ...phrases import identifiers, where, who
from ...rule import Finding, Modifier, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..circumstances import CLOUD_CLI_NAME, is_joined
from ..control_planes import control_plane
from ..detail import EntraSignIn
from ..flows import ON_SUCCESS, is_workload, successful
from ..samples import blocked_sign_in, sign_in
from ..steps import BEHAVIOUR_STEPS
from ..sync_accounts import is_legitimate

POINTS = 30
_CARRIES_CLAIMS = frozenset({"primaryrefreshtoken", "refreshtoken"})

# With the modifier "privileged principal" (15) this is 25 in all.
_PRIVILEGED = Modifier("privileged with a single factor", 10, "Privileged accounts must have a second factor.")


def match(activity: Activity, _window: Window, tuning: Tuning) -> Finding | None:
    """30 points, 25 more in all for a privileged principal.

    Only an interactive sign-in proves a single factor. Others say "single factor" although the token that they came with may carry
    the claim of a second one (authenticationRequirement is what was needed, not what was done).
    """
    here, event = successful(activity), activity.event
    if here is None or here.mfa is not Fact.ABSENT or here.interactive is not Fact.PRESENT or is_workload(here):
        return None
    privileged = tuning.is_privileged(identifiers(event))
    plane = control_plane(here, privileged=privileged)
    if plane is None or _is_excused(here, event.place.ip, tuning) or is_legitimate(event, here, tuning):
        return None
    return Finding(POINTS, f"{who(event)} entered {plane} from {where(event)} with a single factor.", (_PRIVILEGED,) if privileged else ())


def _is_excused(here: EntraSignIn, address: str | None, tuning: Tuning) -> bool:
    """A compliant or joined device, a token that may carry the claim, or a network of the policy."""
    device = here.device
    if device.compliant is Fact.PRESENT or is_joined(device.trust_type) or here.incoming_token in _CARRIES_CLAIMS:
        return True
    return address in tuning.networks


def _single(**changes: object) -> Activity:
    return sign_in(**{"mfa": Fact.ABSENT, **changes})


_ADMIN = Tuning(privileged_principals=("alice@contoso.com",))
_OFFICE = Tuning(known_networks=("198.51.100.0/24",))

RULE = Rule(
    metadata=RuleMetadata(
        id="entra_single_factor_control_plane",
        title="Entra control plane entered with a single factor",
        meaning="Somebody entered a portal, a management API or a command line of the tenant with a password alone.",
        family="entra",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-14", "IAM-10"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://learn.microsoft.com/entra/identity/authentication/concept-mandatory-multifactor-authentication",
        ),
        false_positives=(
            "A tenant that requires no second factor yet: require it for the admin portals, then close.",
            "An office network that replaces the second factor by policy: name it in known_networks.",
        ),
        first_steps=BEHAVIOUR_STEPS,
        needs=("authenticationRequirement",),
    ),
    on=ON_SUCCESS,
    match=match,
    counts=frozenset({CLOUD_CLI_NAME}),
    examples=(
        hit("the portal", 30, _single()),
        hit("a management API", 30, _single(app_id="a-1", resource_id="797f4846-ba00-4fd7-ba43-dac1f8f63013")),
        hit("a privileged principal", 30, _single(), tuning=_ADMIN),
        hit("the Microsoft 365 admin centre, privileged", 30, _single(app_id="00000006-0000-0ff1-ce00-000000000000"), tuning=_ADMIN),
        hit("a registered device, which may be any phone", 30, _single(trust_type="Azure AD registered")),
        hit("a synchronisation account", 30, _single(upn="Sync_DC01_1a2b3c4d5e6f@contoso.onmicrosoft.com")),
        hit("another network", 30, _single(ip="203.0.113.9"), tuning=_OFFICE),
        miss("a second factor", sign_in(mfa=Fact.PRESENT)),
        miss("the record does not say", sign_in()),
        miss("a compliant device", _single(compliant=Fact.PRESENT)),
        miss("a joined device", _single(trust_type="Hybrid Azure AD joined")),
        miss("a network of the policy", _single(), tuning=_OFFICE),
        miss("the token may carry the claim", _single(incoming_token="primaryrefreshtoken")),  # noqa: S106 - a kind of token
        miss("a non-interactive sign-in proves nothing", _single(interactive=Fact.ABSENT)),
        miss("the record does not say whether it is interactive", _single(interactive=Fact.UNKNOWN)),
        miss("an ordinary application", _single(app_id="4765445b-32c6-49b0-83e6-1d93765276ca")),
        miss("Microsoft Graph is no control plane", _single(app_id="a-1", resource_id="00000003-0000-0000-c000-000000000000")),
        miss("the office portal of an ordinary user", _single(app_id="00000006-0000-0ff1-ce00-000000000000")),
        miss("the synchronisation at work", _single(
            upn="Sync_DC01_1a2b3c4d5e6f@contoso.onmicrosoft.com", app_id="cb1056e2-e479-49de-ae31-7812af012ed8", resource_id=None,
        )),
        miss("it failed", blocked_sign_in(mfa=Fact.ABSENT)),
        miss("a workload", _single(stream="serviceprincipal")),
    ),
)  # fmt: skip
