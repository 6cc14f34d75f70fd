"""A long-term access key was used from a network and with a client that are first for its user."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import NEW_NETWORK_OR_CLIENT, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import aws_of
from ..facts import on_any_call
from ..identity import is_long_term_key
from ..samples import console_login
from ..samples import key_use as sample
from ..steps import KEY

POINTS = 30
_FIRSTS = frozenset({"network", "client"})


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """30 points: a program that moves keeps its client, a thief changes both."""
    aws = aws_of(activity.event)
    if aws is None or not is_long_term_key(aws.access_key_id) or not _FIRSTS.issubset(activity.firsts):
        return None
    event = activity.event
    if event.outcome is not Outcome.SUCCESS:
        return None
    client = event.client or "an unknown client"
    reason = f"The long-term key {aws.access_key_id} of {who(event)} was used from {where(event)} with {client}, both for the first time."
    return Finding(POINTS, reason)


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_access_key_unfamiliar",
        title="AWS long-term key used from nowhere known",
        meaning="A key that never changes its place of work was used elsewhere and by another program; such keys leak and work without MFA.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-14", "IAM-16"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
        ),
        false_positives=(
            "A program that moved and was rebuilt at once: its new network is familiar from now on.",
            "A person who uses a key on a new machine while travelling: replace the key by Identity Center.",
        ),
        first_steps=KEY,
    ),
    on=on_any_call(Outcome.SUCCESS, first=True),
    match=match,
    counts=frozenset({NEW_NETWORK_OR_CLIENT}),
    examples=(
        hit("it asks whose it is", 30, sample(firsts=("client", "network"))),
        hit("any other call", 30, sample(event_name="s3:ListBuckets", firsts=("client", "country", "network"))),
        hit("no user agent family is known", 30, sample(client=None, firsts=("client", "network"))),
        miss("a known client", sample(firsts=("network",))),
        miss("a known network", sample(firsts=("client",))),
        miss("nothing is first", sample()),
        miss("a temporary key", sample(access_key_id="ASIAIOSFODNN7EXAMPLE", firsts=("client", "network"))),
        miss("refused", sample(outcome=Outcome.FAILURE, firsts=("client", "network"))),
        miss("a console login names no key", console_login(firsts=("client", "network"))),
    ),
)
