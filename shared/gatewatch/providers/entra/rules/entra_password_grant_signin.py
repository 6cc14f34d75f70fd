"""A password alone opened a session in a flow that can ask for no second factor."""

from ....model import Activity
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..circumstances import PHISHABLE_FLOW_NAME
from ..flows import ON_SUCCESS, is_password_grant, is_workload, successful
from ..samples import blocked_sign_in, sign_in
from ..steps import BEHAVIOUR_STEPS
from ..sync_accounts import is_legitimate

POINTS = 30
FIRST_POINTS = 10


def match(activity: Activity, _window: Window, tuning: Tuning) -> Finding | None:
    """30 points, 10 more for the first one of the person. Synchronisation accounts sign in like this every half hour."""
    here, event = successful(activity), activity.event
    if here is None or is_workload(here) or not is_password_grant(event, here) or is_legitimate(event, here, tuning):
        return None
    first = "protocol" in activity.firsts
    said = ", for the first time," if first else ""
    reason = f"{who(event)} signed in{said} from {where(event)} with a password in a flow that asks for no second factor."
    return Finding(POINTS + (FIRST_POINTS if first else 0), reason)


_SYNC = {
    "upn": "Sync_DC01_1a2b3c4d5e6f@contoso.onmicrosoft.com",
    "app_id": "cb1056e2-e479-49de-ae31-7812af012ed8",
    "resource_id": "00000002-0000-0000-c000-000000000000",
}

RULE = Rule(
    metadata=RuleMetadata(
        id="entra_password_grant_signin",
        title="Entra sign-in by password grant",
        meaning="A program sent a password and received a session; no second factor can be asked for in this flow.",
        family="entra",
        tier=2,
        attack=("T1078.004", "T1021.007", "T1110"),
        controls=("IAM-14", "IAM-16"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://learn.microsoft.com/entra/identity-platform/v2-oauth-ropc",
        ),
        false_positives=(
            "An old script or a test that signs in as a user: give it an identity of its own, then block the flow.",
            "An old mail program: move it to modern authentication.",
        ),
        first_steps=BEHAVIOUR_STEPS,
        needs=("authenticationProtocol",),
    ),
    on=ON_SUCCESS,
    match=match,
    counts=frozenset({PHISHABLE_FLOW_NAME}),
    examples=(
        hit("ROPC", 30, sign_in(protocol="ropc")),
        hit("the direct user grant", 30, sign_in(protocol="directusergrant")),
        hit("its user agent", 30, sign_in(user_agent="BAV2ROPC")),
        hit("a legacy client", 30, sign_in(client_app="IMAP4")),
        hit("the first one of the person", 40, sign_in(protocol="ropc", firsts=("protocol",))),
        hit("a synchronisation account with a command line", 30, sign_in(protocol="ropc", upn=_SYNC["upn"])),
        miss("a synchronisation account at work", sign_in(protocol="ropc", **_SYNC)),
        miss("a printer that sends mail", sign_in(client_app="Authenticated SMTP")),
        miss("an ordinary sign-in", sign_in(protocol="none", client_app="Browser")),
        miss("a device code", sign_in(protocol="devicecode")),
        miss("it failed", blocked_sign_in(protocol="ropc")),
        miss("a workload", sign_in(protocol="ropc", stream="serviceprincipal")),
    ),
)
