"""A console sign-in token was made by something other than the single sign-on portal."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSubject
from ..facts import SIGNIN_TOKEN, named, on
from ..samples import role_login
from ..steps import COMMAND_LINE

POINTS = 40

# What the Identity Center portal calls itself, unexpanded placeholder included (Panther, Sigma f8103686).
_PORTAL_USER_AGENT = "jersey/${project.version}"


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """40 points unless the portal did it for an Identity Center role: both must hold, each is easily imitated alone."""
    event = activity.event
    if named(activity, SIGNIN_TOKEN) is None or event.outcome is Outcome.FAILURE:
        return None  # published samples carry no response at all, so an unknown outcome counts here
    if event.subject == AwsSubject.INSTANCE_ROLE:
        return None  # scores as the console login of its instance, in the rule on those
    portal = (event.user_agent or "").casefold().startswith(_PORTAL_USER_AGENT)
    if portal and event.subject == AwsSubject.IDENTITY_CENTER_ROLE:
        return None
    return Finding(POINTS, f"{who(event)} made a console sign-in token from {where(event)} outside the single sign-on portal.")


def _token(**changes: object) -> Activity:
    defaults: dict[str, object] = {"event_name": SIGNIN_TOKEN, "action": SIGNIN_TOKEN, "user_agent": "python-requests/2.32.0"}
    return role_login(**{**defaults, **changes})


_PORTAL = "Jersey/${project.version} (HttpUrlConnection 1.8.0_412)"

RULE = Rule(
    metadata=RuleMetadata(
        id="aws_signin_token_unexpected_client",
        title="AWS console token by an unexpected client",
        meaning="Somebody turned temporary credentials into a console address with a script, the way stolen keys reach a browser.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1550.001"),
        controls=("IAM-16", "IPY-02"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html",
        ),
        false_positives=("An in-house console broker: allowlist its role and user agent with an expiry.",),
        first_steps=COMMAND_LINE,
    ),
    on=on(SIGNIN_TOKEN),
    match=match,
    examples=(
        hit("a script", 40, _token()),
        hit("a script that calls itself the portal", 40, _token(user_agent=_PORTAL)),
        hit("an Identity Center session taken to a script", 40, _token(subject=AwsSubject.IDENTITY_CENTER_ROLE)),
        hit("no user agent", 40, _token(user_agent=None, subject=AwsSubject.IDENTITY_CENTER_ROLE)),
        hit("no response in the record", 40, _token(outcome=Outcome.UNKNOWN)),
        miss("the portal itself", _token(user_agent=_PORTAL, subject=AwsSubject.IDENTITY_CENTER_ROLE)),
        miss("the role of an instance has its own rule", _token(subject=AwsSubject.INSTANCE_ROLE)),
        miss("it failed", _token(outcome=Outcome.FAILURE)),
        miss("another event", role_login()),
    ),
)
