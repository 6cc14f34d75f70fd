"""The provider record of AWS."""

from datetime import timedelta

from ...model import Activity, Event, Fact, Outcome
from ...reading.fields import UNREADABLE
from ..answers import plain_result
from ..provider import DocumentPart, Provider, SavedSearch, TextPart, Versioning
from . import document, familiarity, fields, forms, join, links, raw_samples, session, text
from .detail import AwsSignIn, AwsSubject, aws_of
from .dialects import DIALECTS
from .facts import AUTHORIZE, CONSOLE_LOGIN, FEDERATED_ROLES, USER_AUTHENTICATION, named_event, portal_mfa
from .placeholders import placeholders
from .probe import PROBES
from .recognise import IGNORE_REASONS, recognise
from .rules import PAIR_RULES, RULES
from .steps import FIRST_STEPS


def _guarded(activity: Activity) -> bool:
    """Whether root acted without MFA, or with MFA unknown."""
    aws = aws_of(activity.event)
    return activity.event.subject == AwsSubject.ROOT and (aws is None or aws.mfa_used is not Fact.PRESENT)


def _mfa(event: Event) -> Fact | None:
    """What CloudTrail says about MFA. For a federated login it is unknown: CloudTrail always says "MFAUsed: No" there."""
    aws = aws_of(event)
    if aws is None:
        return None
    if aws.identity_center is not None and aws.event_name == USER_AUTHENTICATION:
        return portal_mfa(aws.identity_center)
    return Fact.UNKNOWN if event.subject in FEDERATED_ROLES else aws.mfa_used


def _says_less(event: Event) -> bool:
    """Whether this copy of a record leaves open what decides: an export carried less, or something in it could not be read."""
    aws = aws_of(event)
    login = aws is not None and aws.event_name == CONSOLE_LOGIN
    return (
        event.outcome is Outcome.UNKNOWN
        or (login and aws is not None and aws.mfa_used is Fact.UNKNOWN)
        or any(flag.startswith(UNREADABLE) for flag in event.data_quality)
    )


PROVIDER = Provider(
    name="aws",
    details=(AwsSignIn,),
    recognise=recognise,
    ignore_reasons=IGNORE_REASONS,
    probes=PROBES,
    dialects=DIALECTS,
    keep=familiarity.keep,
    forms=forms.FORMS,
    versioning=Versioning(
        changing=lambda _event: None, closed=lambda _event, _tuning: False, confirmed=lambda _event: False, silent=_says_less
    ),
    links=join.links,
    mentions=session.mentions,
    wants=lambda _event: None,
    features=familiarity.features,
    teaches=familiarity.teaches,
    asks=familiarity.asks,
    activities=join.activities,
    linking_reach=timedelta(),
    related=lambda event: event.outcome is Outcome.FAILURE or named_event(event, AUTHORIZE) is not None,
    circumstances=lambda _activity, _tuning: (),
    attributes=lambda _event: {},
    guarded=_guarded,
    superuser=lambda event: AwsSubject.ROOT.value if event.subject == AwsSubject.ROOT else "",
    mfa=_mfa,
    second_factor_applies=lambda event: event.action in {CONSOLE_LOGIN, USER_AUTHENTICATION},
    document=DocumentPart(
        category="authentication",
        fields=document.fields,
        linked_fields=lambda _activity: {},
        names=document.names,
        hosts=lambda _event: (),
        namespaces=("aws.",),
        mapping=fields.mapping,
    ),
    text=TextPart(
        name=text.name,
        identity=text.identity,
        role=text.role,
        used=text.used,
        result=plain_result,
        mfa=text.mfa,
        risk=lambda _activity: "",
        has_address=True,
    ),
    account_label="AWS account",
    first_steps=FIRST_STEPS,
    lookups=links.lookups,
    links_for_people=links.links_for_people,
    opens=session.opens,
    traces=session.trace,
    placeholders=placeholders,
    saved_searches=(
        SavedSearch("aws_console_login_no_mfa", "Console logins without MFA", "IAM users who signed in to the AWS console without MFA."),
    ),
    rules=RULES,
    pair_rules=PAIR_RULES,
    samples=raw_samples.samples,
)
