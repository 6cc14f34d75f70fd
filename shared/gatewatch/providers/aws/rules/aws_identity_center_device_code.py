"""A device code of the Identity Center portal was redeemed where nobody had signed in."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where
from ...rule import Finding, Modifier, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..facts import CREATE_PORTAL_TOKEN, WINDOW, is_device_code, named, on, portal_sign_in
from ..samples import cli_token
from ..samples import portal_sign_in as sign_in
from ..samples import portal_token as sample
from ..steps import PORTAL
from ..text import name

POINTS = 40
_FIRST = Modifier("first device code", 10, "The user has not redeemed a device code before.")


def match(activity: Activity, window: Window, _tuning: Tuning) -> Finding | None:
    """40 points unless the user signed in at the address that redeems the code in the 15 minutes before; 10 more for the first code."""
    aws = named(activity, CREATE_PORTAL_TOKEN) if activity.event.outcome is Outcome.SUCCESS else None
    if aws is None or aws.identity_center is None or not aws.identity_center.token_issued or not is_device_code(aws):
        return None
    place = activity.event.place
    authenticated = {other.event.place.ip or other.event.place.address for other in window.activities if portal_sign_in(other) is not None}
    if (place.ip or place.address) in authenticated - {None}:
        return None
    first = (_FIRST,) if "protocol" in activity.firsts else ()
    reason = f"A device code of {name(activity.event)} was redeemed at {where(activity.event)}, where the user did not sign in before."
    return Finding(POINTS, reason, first)


_ELSEWHERE = {"ip": "203.0.113.77", "address": "203.0.113.77"}

RULE = Rule(
    metadata=RuleMetadata(
        id="aws_identity_center_device_code",
        title="AWS device code redeemed elsewhere",
        meaning="A portal session was handed to another machine by a code, which is how device code phishing ends.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1528", "T1550.001"),
        controls=("IAM-16", "IPY-02"),
        references=(
            "https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-cloudtrail-use-cases.html",
            "https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html",
        ),
        false_positives=(
            "aws sso login --use-device-code on a bastion host: allowlist its network with an expiry.",
            "A portal session from hours before: the code is redeemed without a new sign-in. Ask the user whether they typed a code.",
        ),
        first_steps=PORTAL,
    ),
    on=on(CREATE_PORTAL_TOKEN),
    reach=WINDOW,
    match=match,
    examples=(
        hit("nobody signed in before", 40, sample()),
        hit("signed in at another address", 40, sample(**_ELSEWHERE), window=(sign_in(),)),
        hit("the sign-in at the address failed", 40, sample(), window=(sign_in(outcome=Outcome.FAILURE),)),
        hit("the first of the user", 40, sample(firsts=("protocol",))),
        hit("the address is unknown", 40, sample(ip=None, address=None), window=(sign_in(ip=None, address=None),)),
        miss("signed in at the same address", sample(), window=(sign_in(), sign_in(**_ELSEWHERE))),
        miss("a pending poll", sample(token_issued=False)),
        miss("refused", sample(outcome=Outcome.FAILURE)),
        miss("the browser flow with a proof key", sample(grant_type="authorization_code")),
        miss("no grant type", sample(grant_type=None)),
        miss("aws login has its own rule", cli_token(grant_type="device_code")),
    ),
)
