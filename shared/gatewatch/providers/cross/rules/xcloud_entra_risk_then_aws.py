"""A risky Entra sign-in and an AWS login of the same person within the hour."""

from datetime import timedelta

from ....model import Activity, Outcome, Severity
from ....tuning import Tuning
from ...aws.facts import is_login
from ...aws.samples import cli_token, saml_login
from ...endpoint.samples import process
from ...entra.samples import detection, sign_in
from ...phrases import where, who
from ...rule import CLOUD_CLI, IDENTITY_RISK, Finding, Modifier, PairRule, RuleMetadata, Scored
from ...samples import pair_hit, pair_miss, scored

POINTS = 25
AT_LEAST = Severity.MEDIUM  # low Entra findings do not pair
BEFORE = timedelta(minutes=5)  # clocks and token hand-over: AWS may be a little ahead
AFTER = timedelta(minutes=60)

_ELSEWHERE = Modifier("addresses differ", 10, "Entra ID and AWS saw the same person at two addresses.")


def match(first: Scored, second: Scored, _tuning: Tuning) -> Finding | None:
    """The higher score + 25; 10 more when both addresses are known and differ."""
    return _paired(first, second) or _paired(second, first)


def _paired(entra: Scored, aws: Scored) -> Finding | None:
    if not _is_risky(entra) or not is_login(aws.activity):
        return None
    if not -BEFORE <= aws.activity.time - entra.activity.time <= AFTER:
        return None
    highest = max(side.assessment.score for side in (entra, aws) if side.assessment is not None)
    differ = (_ELSEWHERE,) if _addresses_differ(entra.activity, aws.activity) else ()
    event = aws.activity.event
    return Finding(highest + POINTS, f"{who(event)}, at risk in Entra ID, entered AWS from {where(event)} within the hour.", differ)


def _is_risky(side: Scored) -> bool:
    """An Entra activity that an entra_* rule put in the medium severity or above; a break-glass sign-in alone carries no risk."""
    found = side.assessment
    return found is not None and found.severity >= AT_LEAST and IDENTITY_RISK in side.parts


def _addresses_differ(one: Activity, other: Activity) -> bool:
    addresses = {one.event.place.ip, other.event.place.ip}
    return None not in addresses and len(addresses) > 1


_RISKY = scored(sign_in(level_during="medium"), 47, "entra_risky_signin", part=IDENTITY_RISK)

RULE = PairRule(
    metadata=RuleMetadata(
        id="xcloud_entra_risk_then_aws",
        title="Entra risk, then AWS login",
        meaning="Whoever passed the risky Entra sign-in may now hold an AWS session: one incident in two clouds.",
        family="xcloud",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-16", "IAM-14", "IAM-09"),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://learn.microsoft.com/entra/identity/saas-apps/amazon-web-service-tutorial",
        ),
        false_positives=("The risk itself was a false alarm (travel, VPN): confirm the Entra sign-in safe and both close.",),
    ),
    match=match,
    reach=AFTER,
    parts=frozenset({IDENTITY_RISK}),
    examples=(
        pair_hit("five minutes later", 72, _RISKY, scored(saml_login(), None, minutes=5)),
        pair_hit("the same moment", 72, _RISKY, scored(saml_login(), None)),
        pair_hit("exactly an hour later", 72, _RISKY, scored(saml_login(), None, minutes=60)),
        pair_hit("AWS five minutes ahead", 72, scored(saml_login(), None, minutes=-5), _RISKY),
        pair_hit("the AWS side is the higher", 98, _RISKY, scored(saml_login(), 73, "aws_console_login_instance_role", minutes=5)),
        pair_hit("command line login", 72, _RISKY, scored(cli_token(), 15, "aws_cli_login", minutes=5)),
        pair_hit(
            "a user-level detection",
            98,
            scored(detection(), 73, "entra_user_risk_detection", part=IDENTITY_RISK),
            scored(saml_login(), None, minutes=5),
        ),
        pair_hit(
            "the lowest score that pairs",
            47,
            scored(sign_in(), 22, "entra_risky_signin", part=IDENTITY_RISK),
            scored(saml_login(), None, minutes=5),
        ),
        pair_miss(
            "low Entra findings do not pair",
            scored(sign_in(), 21, "entra_undetermined_risk", part=IDENTITY_RISK),
            scored(saml_login(), None, minutes=5),
        ),
        pair_miss("more than an hour later", _RISKY, scored(saml_login(), None, minutes=60.1)),
        pair_miss("AWS more than five minutes ahead", scored(saml_login(), None, minutes=-5.1), _RISKY),
        pair_miss("no Entra risk", scored(sign_in(), None), scored(saml_login(), None, minutes=5)),
        pair_miss("break-glass is no Entra risk", scored(sign_in(), 73, "break_glass_signin"), scored(saml_login(), None, minutes=5)),
        pair_miss("the AWS login failed", _RISKY, scored(saml_login(outcome=Outcome.FAILURE), None, minutes=5)),
        pair_miss("a token refresh is not a login", _RISKY, scored(cli_token(grant_type="refresh_token"), None, minutes=5)),
        pair_miss("two Entra sign-ins", _RISKY, _RISKY),
        pair_miss("an endpoint is not Entra", scored(process(), 47, "endpoint_cloud_cli_auth", part=CLOUD_CLI), scored(saml_login(), None)),
    ),
)
