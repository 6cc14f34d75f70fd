"""A login that is an alert by itself, and then the same principal weakens the recording."""

from datetime import timedelta

from ....model import Outcome, Severity
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import Finding, PairRule, RuleMetadata, Scored
from ...samples import pair_hit, pair_miss, scored
from ..facts import WATCHING_STOPPED, is_login, portal_sign_in
from ..samples import cli_token, console_login, trail_call
from ..samples import portal_sign_in as portal
from ..steps import WATCHING

POINTS = 25
AT_LEAST = Severity.MEDIUM  # a login that is an alert by itself
WITHIN = timedelta(hours=12)  # the longest session of a role or a console


def match(first: Scored, second: Scored, _tuning: Tuning) -> Finding | None:
    """The higher score + 25 when the login came first; refused attempts count as well."""
    login, stopped = first.assessment, second.assessment
    if login is None or stopped is None or WATCHING_STOPPED not in second.parts or login.severity < AT_LEAST:
        return None
    if not is_login(first.activity) and portal_sign_in(first.activity) is None:
        return None
    event = second.activity.event
    minutes = int((second.activity.time - first.activity.time) / timedelta(minutes=1))
    reason = f"{who(event)} called {event.action} from {where(event)}, {minutes} minutes after a login that is an alert by itself."
    return Finding(max(login.score, stopped.score) + POINTS, reason)


_LOGIN = scored(console_login(), 40, "aws_console_login_no_mfa")


def _stopped(score: int = 57, minutes: float = 5) -> Scored:
    return scored(trail_call(), score, "aws_watching_stopped", minutes=minutes, part=WATCHING_STOPPED)


RULE = PairRule(
    metadata=RuleMetadata(
        id="aws_login_then_watching_stopped",
        title="AWS login, then recording weakened",
        meaning="Whoever entered suspiciously now hides what comes next; few administrators do both within hours.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1562.008", "T1078.004"),
        controls=("IAM-16", "IAM-14", "IAM-09"),
        references=("https://attack.mitre.org/techniques/T1562/008/", "https://attack.mitre.org/techniques/T1021/007/"),
        false_positives=("An administrator without MFA on the day of a planned change of trails: enrol MFA, and ask for the ticket.",),
        first_steps=WATCHING,
    ),
    match=match,
    reach=WITHIN,
    parts=frozenset({WATCHING_STOPPED}),
    scope="principal",
    examples=(
        pair_hit("five minutes later", 82, _LOGIN, _stopped()),
        pair_hit("twelve hours later", 82, _LOGIN, _stopped(minutes=720)),
        pair_hit("the login is the higher", 98, scored(console_login(), 73, "aws_console_login_instance_role"), _stopped()),
        pair_hit("a refused attempt", 65, _LOGIN, _stopped(21)),
        pair_hit("after a command line login", 82, scored(cli_token(), 35, "aws_cli_login"), _stopped()),
        pair_hit("after a portal sign-in", 82, scored(portal(), 40, "aws_identity_center_single_factor"), _stopped()),
        pair_miss("the login is no alert by itself", scored(cli_token(), 15, "aws_cli_login"), _stopped()),
        pair_miss("the login has no finding", scored(console_login(), None), _stopped()),
        pair_miss("the login comes later", _stopped(), scored(console_login(), 40, "aws_console_login_no_mfa", minutes=9)),
        pair_miss("the failures before it", scored(console_login(outcome=Outcome.FAILURE), 47, "aws_console_mfa_failures"), _stopped()),
        pair_miss("two calls that weaken it", _stopped(minutes=1), _stopped()),
        pair_miss("two logins", _LOGIN, scored(console_login(), 40, "aws_console_login_no_mfa", minutes=5)),
    ),
)
