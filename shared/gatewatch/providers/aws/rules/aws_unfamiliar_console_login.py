"""A console login from a network and with a client that are first for its principal."""

from ....model import Activity, Fact, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import NEW_COUNTRY, NEW_NETWORK_OR_CLIENT, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..facts import CONSOLE_LOGIN, console_login, on
from ..samples import console_login as sample
from ..samples import saml_login

POINTS = 30
POINTS_ABROAD = 40
_FIRSTS = frozenset({"network", "client"})


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """30 points, with MFA or without: a relayed session passes MFA. 10 more when the country is first as well."""
    if console_login(activity) is None or not _FIRSTS.issubset(activity.firsts):
        return None
    event = activity.event
    abroad = "country" in activity.firsts
    what = "network, client and country" if abroad else "network and client"
    reason = f"{who(event)} signed in to the AWS console from {where(event)}, with {what} for the first time."
    return Finding(POINTS_ABROAD if abroad else POINTS, reason)


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_unfamiliar_console_login",
        title="AWS console login from nowhere known",
        meaning="Place and machine are both new for this person, which stolen passwords and relayed sessions have in common.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-14", "IAM-16"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
        ),
        false_positives=("Travel with a new machine, or a new browser behind a new VPN: ask the owner, then close.",),
    ),
    on=on(CONSOLE_LOGIN, outcome=Outcome.SUCCESS, first=True),
    match=match,
    counts=frozenset({NEW_COUNTRY, NEW_NETWORK_OR_CLIENT}),
    examples=(
        hit("network and client are first", 30, sample(firsts=("client", "network"))),
        hit("the country as well", 40, sample(firsts=("client", "country", "network"))),
        hit("without MFA", 30, sample(mfa_used=Fact.ABSENT, firsts=("client", "network"))),
        hit("federated", 30, saml_login(firsts=("client", "network"))),
        miss("only the network", sample(firsts=("network",))),
        miss("only the client", sample(firsts=("client",))),
        miss("country and network with a client that is known", sample(firsts=("country", "network"))),
        miss("nothing is first", sample()),
        miss("it failed", sample(outcome=Outcome.FAILURE, firsts=("client", "network"))),
        miss("a role switch is no login", sample(event_name="SwitchRole", firsts=("client", "network"))),
    ),
)
