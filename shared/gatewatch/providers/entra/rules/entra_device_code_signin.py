"""A device code was redeemed."""

from datetime import timedelta

from ....model import Activity, Fact
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Modifier, Rule, RuleMetadata, Window
from ...samples import changed, hit, miss
from ..circumstances import CLOUD_CLI_NAME, PHISHABLE_FLOW_NAME
from ..control_planes import control_plane
from ..detail import EntraSignIn, sign_in_of
from ..flows import ON_SUCCESS, is_device_code, is_workload, successful
from ..samples import blocked_sign_in, sign_in
from ..steps import BEHAVIOUR_STEPS

POINTS = 11
CONTROL_PLANE_POINTS = 10
FIRST_POINTS = 15
WINDOW = timedelta(minutes=60)

_ELSEWHERE = Modifier("redeemed elsewhere", 15, "The code was confirmed at one address or in one program and redeemed at another.")


def match(activity: Activity, window: Window, _tuning: Tuning) -> Finding | None:
    """11 points; 10 more at a control plane, 15 for the first device code of the person, 15 when it is redeemed elsewhere.

    Every developer on a remote machine confirms a code in one program and redeems it in another, so that is no sign where the network,
    the program, the device and the flow of the redemption were all in use before.
    """
    here = successful(activity)
    if here is None or is_workload(here) or not is_device_code(here) or _is_later(here, window):
        return None
    event = activity.event
    plane = control_plane(here)
    points = POINTS + (CONTROL_PLANE_POINTS if plane else 0) + (FIRST_POINTS if "protocol" in activity.firsts else 0)
    first = ", the first one of this person," if "protocol" in activity.firsts else ""
    target = f" for {plane}" if plane else ""
    reason = f"A device code{first} of {who(event)} was redeemed{target} from {where(event)}."
    return Finding(points, reason, (_ELSEWHERE,) if not activity.usual and _is_elsewhere(activity, here, window) else ())


def _is_later(here: EntraSignIn, window: Window) -> bool:
    """Whether an earlier record of the session or request redeemed the code. The interactive record of the request is its confirmation."""
    return any(
        is_device_code(other) and _same(here, other) and (other.interactive is not Fact.PRESENT or here.interactive is Fact.PRESENT)
        for earlier in window.activities
        if (other := successful(earlier)) is not None
    )


def _same(here: EntraSignIn, other: EntraSignIn) -> bool:
    pairs = ((here.session_id, other.session_id), (here.correlation_id, other.correlation_id))
    return any(one and one == another for one, another in pairs)


def _is_elsewhere(activity: Activity, here: EntraSignIn, window: Window) -> bool:
    """Whether the person confirmed the code in an interactive record of the same request with another address or user agent."""
    event = activity.event
    for earlier in window.activities:
        other = sign_in_of(earlier.event)
        if other is None or other.interactive is not Fact.PRESENT or here.interactive is Fact.PRESENT:
            continue
        if not here.correlation_id or other.correlation_id != here.correlation_id:
            continue
        pairs = ((event.place.ip, earlier.event.place.ip), (event.user_agent, earlier.event.user_agent))
        if any(one and another and one != another for one, another in pairs):
            return True
    return False


_REQUEST = "c0000001-0000-4000-8000-000000000001"
_PLAIN = "4765445b-32c6-49b0-83e6-1d93765276ca"


def _redeemed(**changes: object) -> Activity:
    fields = {
        "transfer_method": "devicecodeflow",
        "interactive": Fact.ABSENT,
        "correlation_id": _REQUEST,
        "session_id": "s-1",
        "user_agent": "curl/8",
    }
    return sign_in(**{**fields, **changes})


def _confirmed(**changes: object) -> Activity:
    return sign_in(**{"id": "entra|pair", "correlation_id": _REQUEST, "user_agent": "curl/8", **changes})


RULE = Rule(
    metadata=RuleMetadata(
        id="entra_device_code_signin",
        title="Entra device code redeemed",
        meaning="Somebody signed in with a code that was confirmed in another program, which is how device codes are phished.",
        family="entra",
        tier=2,
        attack=("T1528", "T1078.004", "T1021.007"),
        controls=("IAM-16", "IAM-14"),
        references=(
            "https://attack.mitre.org/techniques/T1528/",
            "https://learn.microsoft.com/entra/identity/conditional-access/policy-block-authentication-flows",
        ),
        false_positives=(
            "A command line on a server without a browser: low, and silent on its own, once its network, program and flow were in use before.",
            "A television or a meeting room that was set up: confirm with the person, then close.",
        ),
        first_steps=BEHAVIOUR_STEPS,
        needs=("authenticationProtocol", "originalTransferMethod"),
    ),
    on=ON_SUCCESS,
    reach=WINDOW,
    match=match,
    counts=frozenset({PHISHABLE_FLOW_NAME, CLOUD_CLI_NAME}),
    examples=(
        hit("named by its protocol, at a control plane", 21, sign_in(protocol="devicecode")),
        hit("named by its transfer method", 21, _redeemed()),
        hit("at an ordinary application", 11, _redeemed(app_id=_PLAIN)),
        hit("the first one of the person", 36, _redeemed(firsts=("protocol",))),
        hit("the first one, at an ordinary application", 26, _redeemed(app_id=_PLAIN, firsts=("protocol",))),
        hit("with its confirmation, which the protocol names too", 21, _redeemed(), window=(_confirmed(protocol="devicecode"),)),
        hit("redeemed at another address", 21, _redeemed(ip="203.0.113.9"), window=(_confirmed(),)),
        hit("redeemed in another program, as before", 21, _redeemed(usual=True), window=(_confirmed(user_agent="Mozilla/5.0"),)),
        hit("of another session", 21, _redeemed(), window=(_redeemed(id="entra|0", session_id="s-0", correlation_id="c-0"),)),
        hit("without ids", 21, _redeemed(session_id=None, correlation_id=None), window=(_redeemed(session_id=None, correlation_id=None),)),
        miss("later in the session", _redeemed(correlation_id="c-2"), window=(_redeemed(id="entra|0"),)),
        miss("again in the request", _redeemed(session_id=None), window=(_redeemed(id="entra|0", session_id=None),)),
        miss("it names the token it came with", _redeemed(incoming_token="refreshtoken")),  # noqa: S106 - a kind of token
        miss("another transfer", _redeemed(transfer_method="authenticationtransfer")),
        miss("an ordinary sign-in", sign_in()),
        miss("it failed", changed(blocked_sign_in(protocol="devicecode"))),
        miss("a workload", _redeemed(stream="serviceprincipal")),
        miss("a sign-in that was not received", _redeemed(synthetic=True)),
    ),
)
