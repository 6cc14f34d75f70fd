"""Somebody took over, or recovered, the root user of an account."""

from datetime import timedelta

from ....model import Activity, Outcome
from ....tuning import Tuning
from ...phrases import where
from ...rule import NEW_NETWORK_OR_CLIENT, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..detail import AwsSubject
from ..facts import EMAIL_UPDATED, PASSWORD_UPDATED, RECOVERED, RECOVERY_REQUESTED, console_login, named, on
from ..samples import console_login as login
from ..samples import root_event as sample
from ..steps import ROOT

POINTS = 57
_WITHIN = timedelta(minutes=60)
_DID = {
    RECOVERED: "The password of root was recovered by e-mail",
    EMAIL_UPDATED: "The e-mail address of root was changed",
    PASSWORD_UPDATED: "The password of root was changed",
}


def match(activity: Activity, window: Window, _tuning: Tuning) -> Finding | None:
    """57 points for a recovery or a new e-mail address; a new password alone is daily work and counts in odd company only."""
    event = activity.event
    if event.subject != AwsSubject.ROOT or event.outcome is not Outcome.SUCCESS or event.action not in _DID:
        return None
    why = _odd(activity, window) if event.action == PASSWORD_UPDATED else ""
    if why is None:
        return None
    return Finding(POINTS, f"{_DID[event.action]} in account {event.account or 'unknown'} from {where(event)}{why}.")


def _odd(activity: Activity, window: Window) -> str | None:
    """What makes a new password suspicious, or None."""
    if any(_is_recovery(other) for other in window.activities):
        return " after a password recovery"
    here = activity.event.place.ip
    others = {other.event.place.ip for other in window.activities if console_login(other) is not None} - {None, here}
    if here is not None and others:
        return " within an hour of a login of root from another address"
    return ", a network that root did not use before" if "network" in activity.firsts else None


def _is_recovery(activity: Activity) -> bool:
    recovery = named(activity, RECOVERED) or named(activity, RECOVERY_REQUESTED)
    return recovery is not None and activity.event.outcome is Outcome.SUCCESS


_CHANGED = sample(PASSWORD_UPDATED)
_LOGIN = login(subject=AwsSubject.ROOT)
_ELSEWHERE = {"ip": "203.0.113.77", "address": "203.0.113.77"}

RULE = Rule(
    metadata=RuleMetadata(
        id="aws_root_takeover",
        title="AWS root credentials recovered or changed",
        meaning="Whoever did this owns the account: root cannot be limited, and its e-mail address is the way to recover everything else.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004", "T1098"),
        controls=("IAM-14", "IAM-10", "IAM-09"),
        references=(
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-password.html",
        ),
        false_positives=("A planned recovery or hand-over of the account, with a ticket that names the time and the person.",),
        first_steps=ROOT,
    ),
    on=on(RECOVERED, EMAIL_UPDATED, PASSWORD_UPDATED, outcome=Outcome.SUCCESS, subjects=(AwsSubject.ROOT,)),
    reach=_WITHIN,
    match=match,
    counts=frozenset({NEW_NETWORK_OR_CLIENT}),
    examples=(
        hit("a recovery is completed", 57, sample(RECOVERED)),
        hit("the e-mail address is changed", 57, sample(EMAIL_UPDATED)),
        hit("a new password after a recovery", 57, _CHANGED, window=(sample(RECOVERED),)),
        hit("a new password after a recovery was asked for", 57, _CHANGED, window=(sample(RECOVERY_REQUESTED),)),
        hit("a new password after a login from another address", 57, _CHANGED, window=(login(subject=AwsSubject.ROOT, **_ELSEWHERE),)),
        hit("a new password from a first network", 57, sample(PASSWORD_UPDATED, firsts=("network",))),
        miss("a new password alone is recorded", _CHANGED),
        miss("a new password after a login from the same address", _CHANGED, window=(_LOGIN,)),
        miss("a new password from a first client", sample(PASSWORD_UPDATED, firsts=("client",))),
        miss("the login from another address failed", _CHANGED, window=(login(outcome=Outcome.FAILURE, **_ELSEWHERE),)),
        miss("the recovery failed", _CHANGED, window=(sample(RECOVERED, outcome=Outcome.FAILURE),)),
        miss("an unknown address differs from none", sample(PASSWORD_UPDATED, ip=None), window=(_LOGIN,)),
        miss("a login from an unknown address", _CHANGED, window=(login(subject=AwsSubject.ROOT, ip=None),)),
        miss("an IAM user's own password from a first network", login(event_name=PASSWORD_UPDATED, firsts=("network",))),
        miss("a recovery is only asked for", sample(RECOVERY_REQUESTED)),
        miss("it failed", sample(RECOVERED, outcome=Outcome.FAILURE)),
        miss("an IAM user's own password", login(event_name=PASSWORD_UPDATED)),
    ),
)
