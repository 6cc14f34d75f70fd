"""The credentials of an EC2 instance were used outside the instance's networks."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSubject, aws_of
from ..facts import on_any_call
from ..samples import instance_call as sample
from ..samples import role_login
from ..steps import ROLE

POINTS = 73


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """73 points: the instance's own networks are learnt from the calls of its agent. What was refused counts as well."""
    event, aws = activity.event, aws_of(activity.event)
    if aws is None or event.subject != AwsSubject.INSTANCE_ROLE or "network" not in activity.strange:
        return None
    key = f" with key {aws.access_key_id}" if aws.access_key_id else ""
    reason = f"The credentials of {who(event)} called {aws.event_name} from {where(event)}{key}; its agent never calls from that network."
    return Finding(POINTS, reason)


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_instance_role_elsewhere",
        title="AWS instance credentials used elsewhere",
        meaning="Somebody took the credentials of a server from its metadata service and uses them on a machine of their own.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004", "T1552.005"),
        controls=("IAM-16", "IAM-09"),
        references=(
            "https://attack.mitre.org/techniques/T1552/005/",
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
        ),
        false_positives=(
            "A NAT gateway or proxy that the agent does not use, while other calls do: allowlist its address.",
            "An Elastic IP address that moved: the agent's next call from it makes it familiar.",
        ),
        first_steps=ROLE,
    ),
    on=on_any_call(subjects=(AwsSubject.INSTANCE_ROLE,)),
    match=match,
    examples=(
        hit("another network than the agent's", 73, sample(strange=("network",))),
        hit("refused", 73, sample(strange=("network",), outcome=Outcome.FAILURE)),
        hit("the record names no key", 73, sample(strange=("network",), access_key_id=None)),
        miss("a network of the agent", sample()),
        miss("a person's role", role_login(strange=("network",))),
    ),
)
