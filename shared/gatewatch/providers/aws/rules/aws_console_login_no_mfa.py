"""A person signed in to the AWS console with a password alone."""

from ....model import Activity, Fact, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSignIn, AwsSubject
from ..facts import CONSOLE_LOGIN, FEDERATED_ROLES, console_login, on
from ..samples import console_login as sample
from ..samples import saml_login

POINTS = {Fact.ABSENT: 40, Fact.UNKNOWN: 30}
_SAID = {Fact.ABSENT: "without MFA", Fact.UNKNOWN: "and CloudTrail does not say whether MFA was used"}


def match(activity: Activity, _window: Window, tuning: Tuning) -> Finding | None:
    """40 points when MFA was not used, 30 when the record does not say."""
    aws = console_login(activity)
    if aws is None or aws.mfa_used not in POINTS:
        return None
    if not _answers_for_mfa(activity, aws, tuning):
        return None
    event = activity.event
    return Finding(POINTS[aws.mfa_used], f"{who(event)} signed in to the AWS console from {where(event)} {_SAID[aws.mfa_used]}.")


def _answers_for_mfa(activity: Activity, aws: AwsSignIn, tuning: Tuning) -> bool:
    """IAM users always. Federated logins say MFAUsed No whatever happened: only where tuning asks, and Entra saw no MFA."""
    if activity.event.subject in FEDERATED_ROLES:
        proved = Fact.PRESENT in {activity.mfa_verdict, aws.mfa_authenticated}
        return tuning.federated_no_mfa == "alert" and not proved
    return activity.event.subject == AwsSubject.IAM_USER and aws.saml_provider_arn is None  # root has its own rule


_ALERT = Tuning(federated_no_mfa="alert")

RULE = Rule(
    metadata=RuleMetadata(
        id="aws_console_login_no_mfa",
        title="AWS console login without MFA",
        meaning="Somebody entered the AWS console with a password alone; whoever holds that password can do the same.",
        family="aws",
        tier=1,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-14", "IPY-03"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
        ),
        false_positives=(
            "Accounts where MFA is not enforced yet: enrol the user, then close.",
            "A vendor's service user that signs in on a schedule: allowlist it with an owner and an expiry, or give it a role.",
        ),
    ),
    on=on(CONSOLE_LOGIN, outcome=Outcome.SUCCESS, subjects=(*FEDERATED_ROLES, AwsSubject.IAM_USER)),
    match=match,
    published=True,
    examples=(
        hit("password only", 40, sample(mfa_used=Fact.ABSENT)),
        hit("the record does not say", 30, sample(mfa_used=Fact.UNKNOWN)),
        hit("mobile app", 40, sample(mfa_used=Fact.ABSENT, mobile_version=Fact.PRESENT)),
        hit("federated, tuning alerts", 40, saml_login(), tuning=_ALERT),
        hit("federated, field missing, tuning alerts", 30, saml_login(mfa_used=Fact.UNKNOWN), tuning=_ALERT),
        hit(
            "Identity Center, tuning alerts, Entra saw none",
            40,
            saml_login(subject=AwsSubject.IDENTITY_CENTER_ROLE, saml_provider_arn=None, mfa_verdict=Fact.ABSENT),
            tuning=_ALERT,
        ),
        miss("federated, tuning alerts, but Entra saw MFA", saml_login(mfa_verdict=Fact.PRESENT), tuning=_ALERT),
        miss("federated: the identity provider owns MFA", saml_login()),
        miss("Identity Center: the same", saml_login(subject=AwsSubject.IDENTITY_CENTER_ROLE, saml_provider_arn=None)),
        miss("second factor used", sample()),
        hit(
            "an IAM user answers for this login, whatever its session says",
            40,
            sample(mfa_used=Fact.ABSENT, mfa_authenticated=Fact.PRESENT),
        ),
        miss("federated, the session was opened with MFA", saml_login(mfa_authenticated=Fact.PRESENT), tuning=_ALERT),
        miss("login failed", sample(mfa_used=Fact.ABSENT, outcome=Outcome.FAILURE)),
        miss("unknown outcome is not success", sample(mfa_used=Fact.ABSENT, outcome=Outcome.UNKNOWN)),
        miss("root has its own rule", sample(mfa_used=Fact.ABSENT, subject=AwsSubject.ROOT)),
        miss(
            "an IAM user behind SAML answers to its provider",
            sample(mfa_used=Fact.ABSENT, saml_provider_arn="arn:aws:iam::111122223333:saml-provider/Okta"),
        ),
        miss("an assumed role has its own rule", sample(mfa_used=Fact.ABSENT, subject=AwsSubject.ASSUMED_ROLE), tuning=_ALERT),
        miss("CheckMfa only asks whether MFA is on", sample(mfa_used=Fact.ABSENT, event_name="CheckMfa")),
    ),
)
