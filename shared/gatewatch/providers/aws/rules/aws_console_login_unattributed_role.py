"""A role that no identity provider vouches for signed in to the AWS console."""

from ....model import Activity, Fact, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSubject
from ..facts import CONSOLE_LOGIN, console_login, on
from ..samples import role_login, saml_login
from ..steps import ROLE

POINTS = 21


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """21 points: assumed role, not SAML, not Identity Center, not an instance, and no sign of MFA."""
    aws = console_login(activity)
    if aws is None or activity.event.subject != AwsSubject.ASSUMED_ROLE or aws.saml_provider_arn is not None:
        return None
    if Fact.PRESENT in {aws.mfa_used, aws.mfa_authenticated}:
        return None
    event = activity.event
    return Finding(
        POINTS, f"A role session of {who(event)} that no identity provider vouches for signed in to the AWS console from {where(event)}."
    )


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_console_login_unattributed_role",
        title="AWS console login of an unattributed role",
        meaning="Temporary credentials were turned into a console session, by an in-house broker or by a tool such as aws_consoler.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1550.001"),
        controls=("IAM-14", "IAM-11"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html",
        ),
        false_positives=("An in-house console broker: allowlist the broker's roles with an owner and an expiry.",),
        first_steps=ROLE,
    ),
    on=on(CONSOLE_LOGIN, outcome=Outcome.SUCCESS, subjects=(AwsSubject.ASSUMED_ROLE,)),
    match=match,
    examples=(
        hit("broker session", 21, role_login()),
        hit("MFA not logged", 21, role_login(mfa_used=Fact.UNKNOWN)),
        miss("the session was opened with MFA", role_login(mfa_authenticated=Fact.PRESENT)),
        miss("MFA used", role_login(mfa_used=Fact.PRESENT)),
        miss("SAML: the identity provider vouches", saml_login()),
        miss("a SAML provider named on a plain role", role_login(saml_provider_arn="arn:aws:iam::111122223333:saml-provider/Okta")),
        miss("Identity Center", role_login(subject=AwsSubject.IDENTITY_CENTER_ROLE)),
        miss("an instance has its own rule", role_login(subject=AwsSubject.INSTANCE_ROLE)),
        miss("login failed", role_login(outcome=Outcome.FAILURE)),
    ),
)
