"""A cloud command line authenticates on a host, then the same person enters a cloud within the hour."""

from datetime import timedelta

from ....model import Outcome, Severity
from ....tuning import Tuning
from ...aws.facts import is_login
from ...aws.samples import cli_token, saml_login
from ...endpoint.detail import process_of
from ...endpoint.samples import process
from ...entra.detail import risk_of, sign_in_of
from ...entra.samples import detection, sign_in
from ...phrases import where, who
from ...rule import CLOUD_CLI, Finding, PairRule, RuleMetadata, Scored
from ...samples import changed, pair_hit, pair_miss, scored

POINTS = 10
AT_LEAST = Severity.MEDIUM
AFTER = timedelta(minutes=60)


def match(first: Scored, second: Scored, _tuning: Tuning) -> Finding | None:
    """The higher score + 10, without the 10 where both sides are as every day; the endpoint comes first, the same second included."""
    return _paired(first, second) or _paired(second, first)


def _paired(endpoint: Scored, cloud: Scored) -> Finding | None:
    if CLOUD_CLI not in endpoint.parts or not _enters(cloud):
        return None
    if not timedelta() <= cloud.activity.time - endpoint.activity.time <= AFTER:
        return None
    highest = max(side.assessment.score for side in (endpoint, cloud) if side.assessment is not None)
    host = process_of(endpoint.activity.event)
    name = (host.host_name if host is not None else None) or "a host"
    event = cloud.activity.event
    usual = _as_every_day(endpoint) and _as_every_day(cloud)
    said = ", as before" if usual else ""
    return Finding(
        highest + (0 if usual else POINTS),
        f"{who(event)} used a cloud command line on {name}, then entered a cloud from {where(event)}{said}.",
    )


def _as_every_day(side: Scored) -> bool:
    """Whether this is what the person did before, and scores less than the severity that notifies."""
    return side.activity.usual and (side.assessment is None or side.assessment.severity < AT_LEAST)


def _enters(side: Scored) -> bool:
    """A successful AWS login whatever it scores, or an Entra event in the medium severity or above."""
    if is_login(side.activity):
        return True
    event = side.activity.event
    entra = sign_in_of(event) is not None or risk_of(event) is not None
    return entra and side.assessment is not None and side.assessment.severity >= AT_LEAST


_TYPED = scored(process(), 21, "endpoint_cloud_cli_auth", part=CLOUD_CLI)
_DAILY = scored(changed(process(), usual=True), 21, "endpoint_cloud_cli_auth", part=CLOUD_CLI)

RULE = PairRule(
    metadata=RuleMetadata(
        id="xcloud_endpoint_then_cloud",
        title="Cloud command line, then cloud login",
        meaning="A command line login on a host led into a cloud: the way in and the door are both known.",
        family="xcloud",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-16", "IPY-02"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://attack.mitre.org/techniques/T1078/004/",
        ),
        false_positives=("Daily DevOps work that met a false alarm on the Entra side: close that side with its reason.",),
    ),
    match=match,
    reach=AFTER,
    parts=frozenset({CLOUD_CLI}),
    examples=(
        pair_hit("then a risky sign-in", 57, _TYPED, scored(sign_in(), 47, "entra_risky_signin", minutes=5)),
        pair_hit("then an AWS login", 31, _TYPED, scored(saml_login(), None, minutes=5)),
        pair_hit("then an AWS command line login", 31, _TYPED, scored(cli_token(), 15, "aws_cli_login", minutes=1)),
        pair_hit("then a user-level detection", 57, _TYPED, scored(detection(), 47, "entra_user_risk_detection", minutes=5)),
        pair_hit("then the break-glass account", 83, _TYPED, scored(sign_in(), 73, "break_glass_signin", minutes=5)),
        pair_hit("the same second, in either order", 31, scored(saml_login(), None), _TYPED),
        pair_hit("exactly an hour later", 31, _TYPED, scored(saml_login(), None, minutes=60)),
        pair_hit("the lowest Entra score that pairs", 32, _TYPED, scored(sign_in(), 22, "entra_risky_signin", minutes=5)),
        pair_hit("a daily login after a daily command", 21, _DAILY, scored(changed(saml_login(), usual=True), None, minutes=5)),
        pair_hit("a daily command before a login of another network", 31, _DAILY, scored(saml_login(), None, minutes=5)),
        pair_hit("a command that is new before a daily login", 31, _TYPED, scored(changed(saml_login(), usual=True), None, minutes=5)),
        pair_hit(
            "a daily command before a login that is as before but has a medium finding",
            57,
            _DAILY,
            scored(changed(sign_in(), usual=True), 47, "entra_risky_signin", minutes=5),
        ),
        pair_miss("more than an hour later", _TYPED, scored(saml_login(), None, minutes=60.1)),
        pair_miss("the cloud came first", scored(saml_login(), None, minutes=-1), _TYPED),
        pair_miss("a low Entra finding", _TYPED, scored(sign_in(), 21, "entra_undetermined_risk", minutes=5)),
        pair_miss("an Entra sign-in without risk", _TYPED, scored(sign_in(), None, minutes=5)),
        pair_miss("the AWS login failed", _TYPED, scored(saml_login(outcome=Outcome.FAILURE), 47, "aws_console_mfa_failures", minutes=5)),
        pair_miss("the process was not a login", scored(process(), None), scored(saml_login(), None, minutes=5)),
        pair_miss("a risky sign-in is no process", scored(sign_in(), 47, "entra_risky_signin"), scored(saml_login(), None, minutes=5)),
        pair_miss("two processes", _TYPED, _TYPED),
    ),
)
