"""An emergency account was used."""

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...aws.facts import CONSOLE_LOGIN, CREATE_TOKEN, SIGNIN_TOKEN, SWITCH_ROLE, is_login, named, on
from ...aws.samples import cli_token, console_login
from ...entra.detail import EntraSignIn, sign_in_of
from ...entra.samples import detection, sign_in
from ...phrases import identifiers, where, who
from ...rule import Finding, Rule, RuleMetadata, Trigger, Window
from ...samples import hit, miss

POINTS = 73


def match(activity: Activity, _window: Window, tuning: Tuning) -> Finding | None:
    """73 points for any successful sign-in of a principal on the break-glass list."""
    event = activity.event
    if not tuning.break_glass or event.outcome is not Outcome.SUCCESS or not _signs_in(activity):
        return None
    if not tuning.is_break_glass(identifiers(event)):
        return None
    return Finding(POINTS, f"The break-glass account {who(event)} signed in from {where(event)}.")


def _signs_in(activity: Activity) -> bool:
    """Entra sign-ins and AWS sessions; CheckMfa, PasswordUpdated and token refreshes open nothing."""
    if sign_in_of(activity.event) is not None:
        return True
    return is_login(activity) or named(activity, SWITCH_ROLE) is not None or named(activity, SIGNIN_TOKEN) is not None


_LISTED = Tuning(break_glass=("Anaya", "alice@contoso.com"))

RULE = Rule(
    metadata=RuleMetadata(
        id="break_glass_signin",
        title="Break-glass account used",
        meaning="An account that exists for emergencies only has signed in; either there is an emergency or this is one.",
        family="entra",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-10", "IAM-09"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access",
        ),
        false_positives=("The regular drill: close it with the drill's ticket.",),
        tag="BREAK-GLASS",
    ),
    on=(
        Trigger(EntraSignIn, outcome=Outcome.SUCCESS),
        *on(CONSOLE_LOGIN, CREATE_TOKEN, SWITCH_ROLE, SIGNIN_TOKEN, outcome=Outcome.SUCCESS),
    ),
    match=match,
    silenced_by_wildcard=False,
    examples=(
        hit("Entra", 73, sign_in(), tuning=_LISTED),
        hit("AWS console", 73, console_login(), tuning=_LISTED),
        hit("AWS command line", 73, cli_token(), tuning=_LISTED),
        hit("a role switch", 73, console_login(event_name="SwitchRole"), tuning=_LISTED),
        hit("a console token", 73, console_login(event_name="GetSigninToken"), tuning=_LISTED),
        miss("not on the list", sign_in(user_name="bob", person="bob", principal="bob", names=("bob",)), tuning=_LISTED),
        miss("no list", sign_in()),
        miss("it failed", sign_in(outcome=Outcome.FAILURE, error_code=50126), tuning=_LISTED),
        miss("unknown outcome is not success", sign_in(outcome=Outcome.UNKNOWN, error_code=None), tuning=_LISTED),
        miss("a token refresh is not a sign-in", cli_token(grant_type="refresh_token"), tuning=_LISTED),
        miss("CheckMfa opens nothing", console_login(event_name="CheckMfa"), tuning=_LISTED),
        miss("a risk detection is not a sign-in", detection(), tuning=_LISTED),
        miss(
            "a homoglyph is another account",
            sign_in(user_name="\u0430lice", person="\u0430lice@contoso.com", names=("\u0430lice@contoso.com",)),
            tuning=_LISTED,
        ),
    ),
)
