"""A long-term access key was turned into a federated session, and perhaps into a console."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSignIn, AwsSubject
from ..facts import CONSOLE_LOGIN, FEDERATION_TOKEN, SIGNIN_TOKEN, named, on
from ..identity import is_long_term_key
from ..samples import console_login
from ..samples import federation_token as sample
from ..steps import KEY

POINTS = 30
POINTS_IN_USE = 47
_USES = {SIGNIN_TOKEN: "a console sign-in token", CONSOLE_LOGIN: "the AWS console"}


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """30 points for GetFederationToken by a long-term key, 47 for the use of its session at the sign-in service."""
    event = activity.event
    made = named(activity, FEDERATION_TOKEN) if event.outcome is Outcome.SUCCESS else None
    if made is not None and is_long_term_key(made.access_key_id):
        return Finding(POINTS, f"{who(event)} opened a federated session with the long-term key {made.access_key_id} from {where(event)}.")
    used = _in_use(activity)
    if used is None:
        return None
    what = _USES[event.action]
    return Finding(POINTS_IN_USE, f"The long-term key {used.source_key} was turned into {what} for {who(event)} at {where(event)}.")


def _in_use(activity: Activity) -> AwsSignIn | None:
    """The use of a session of GetFederationToken. Published sign-in tokens carry no response, so their unknown outcome counts."""
    token, login = named(activity, SIGNIN_TOKEN), named(activity, CONSOLE_LOGIN)
    outcome = activity.event.outcome
    used = token if outcome is not Outcome.FAILURE else None
    used = used or (login if outcome is Outcome.SUCCESS else None)
    return used if used is not None and used.source_key is not None else None


def _use(event_name: str, **changes: object) -> Activity:
    defaults: dict[str, object] = {"subject": AwsSubject.FEDERATED_USER, "source_key": "AKIAIOSFODNN7EXAMPLE"}
    return console_login(event_name=event_name, **{**defaults, **changes})


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_token_from_key",
        title="AWS console session from a long-term key",
        meaning="A key made for programs was turned into a session that a browser can use; it survives the deletion of the key.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1550.001", "T1078.004"),
        controls=("IAM-16", "IPY-02"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html",
        ),
        false_positives=(
            "Tools that open a console for the owner of a key (granted, aws-vault): allowlist the user and the tool's user agent with an expiry.",
            "An in-house broker with a key of its own: move it to a role, or allowlist it with an expiry.",
        ),
        first_steps=KEY,
    ),
    on=on(FEDERATION_TOKEN, SIGNIN_TOKEN, CONSOLE_LOGIN),
    match=match,
    examples=(
        hit("a session from a key", 30, sample()),
        hit("its console sign-in token", 47, _use(SIGNIN_TOKEN)),
        hit("its token without a response in the record", 47, _use(SIGNIN_TOKEN, outcome=Outcome.UNKNOWN)),
        hit("its console login", 47, _use(CONSOLE_LOGIN)),
        miss("a session from a temporary key", sample(access_key_id="ASIAIOSFODNN7EXAMPLE")),
        miss("no key in the record", sample(access_key_id=None)),
        miss("refused", sample(outcome=Outcome.FAILURE)),
        miss("a console login of an unknown federated session", _use(CONSOLE_LOGIN, source_key=None)),
        miss("the token failed", _use(SIGNIN_TOKEN, outcome=Outcome.FAILURE)),
        miss("the login failed", _use(CONSOLE_LOGIN, outcome=Outcome.FAILURE)),
        miss("the outcome of the login is unknown", _use(CONSOLE_LOGIN, outcome=Outcome.UNKNOWN)),
    ),
)
