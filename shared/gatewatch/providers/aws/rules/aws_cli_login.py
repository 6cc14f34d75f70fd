"""Somebody logged a command line in to AWS through the browser (``aws login``)."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Modifier, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSubject
from ..facts import AUTHORIZE, CREATE_TOKEN, WINDOW, cli_token, named, on
from ..samples import authorization, role_login
from ..samples import cli_token as sample
from ..steps import COMMAND_LINE

_SAME_DEVICE = "same-device"
POINTS = {_SAME_DEVICE: 15, "cross-device": 35}
_AS_ROOT = Modifier("CLI login as root", 40, "The command line acts as the root user.")
_RELAYED = Modifier("authorize/redeem address mismatch", 40, "The code was approved at one address and redeemed at another.")


def match(activity: Activity, window: Window, _tuning: Tuning) -> Finding | None:
    """15 points on the same device, 35 across devices (a code that can be phished); other clients are recorded only."""
    aws = cli_token(activity)
    client = (aws.oauth_client or "").casefold() if aws is not None else ""
    if client not in POINTS:
        return None
    event = activity.event
    root = (_AS_ROOT,) if event.subject == AwsSubject.ROOT else ()
    relayed = (_RELAYED,) if client == _SAME_DEVICE and _is_relayed(activity, window) else ()
    return Finding(POINTS[client], f"{who(event)} logged the AWS command line in from {where(event)} ({client}).", (*root, *relayed))


def _is_relayed(token: Activity, window: Window) -> bool:
    """Somebody approved a code in the window, and nobody at the address that redeemed it."""
    approved = {
        other.event.place.ip
        for other in window.activities
        if named(other, AUTHORIZE) is not None and other.event.outcome is not Outcome.FAILURE
    } - {None}
    redeemed = token.event.place.ip
    return redeemed is not None and bool(approved) and redeemed not in approved


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_cli_login",
        title="AWS command line login",
        meaning="Somebody gave a command line access to AWS through a browser approval, which can be phished like a device code.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004", "T1528"),
        controls=("IAM-16", "IPY-02"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html",
        ),
        false_positives=(
            "Developers: the same device is low, and silent on its own.",
            "aws login --remote on a bastion host is cross-device by design: allowlist its network with an expiry.",
        ),
        first_steps=COMMAND_LINE,
    ),
    on=on(CREATE_TOKEN, outcome=Outcome.SUCCESS),
    reach=WINDOW,
    match=match,
    examples=(
        hit("same device", 15, sample(), window=(authorization(),)),
        hit("cross device", 35, sample(oauth_client="cross-device")),
        hit("as root", 15, sample(subject=AwsSubject.ROOT)),
        hit("redeemed elsewhere", 15, sample(ip="192.0.2.200", address="192.0.2.200"), window=(authorization(),)),
        miss("refresh every 15 minutes", sample(grant_type="refresh_token")),
        miss("another client is recorded only", sample(oauth_client="arn:aws:signin:::external-client/dcr/a1b2")),
        miss("no client named", sample(oauth_client=None)),
        miss("it failed", sample(outcome=Outcome.FAILURE)),
        miss("the browser half alone", authorization()),
        miss("a console login", role_login()),
    ),
)
