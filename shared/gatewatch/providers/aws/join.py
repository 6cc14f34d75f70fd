"""Joins AWS records that belong together by ids which AWS wrote into them, and adds what the others say to the event of an activity.

- The records of one sign-in to the Identity Center portal have the same AuthWorkflowID: a challenge holds the name that was typed, and each
  factor is verified in a record of its own.
- GetFederationToken names the long-term key and opens a session. The session has the new access key, and its creation time is the time of
  that call, equal to the second (measured on published records).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import structs

from ...model import Activity, Event, Outcome
from ...reading.times import moment
from ..identity import person_key
from ..versions import Versions, plain
from .detail import AwsSignIn, AwsSubject, IdentityCenter, aws_of
from .facts import CONSOLE_LOGIN, FEDERATION_TOKEN, SIGNIN_TOKEN, USER_AUTHENTICATION, VERIFICATION
from .identity import is_long_term_key


def links(event: Event) -> tuple[str, ...]:
    """The tokens of the sign-in workflow and of the federated session that this record belongs to."""
    aws = aws_of(event)
    return (*_workflow(event), *_sessions(event)) if aws is not None and _is_joined(event, aws) else ()


def _is_joined(event: Event, aws: AwsSignIn) -> bool:
    """Whether a record is of a kind that belongs to others: most are of none."""
    if aws.identity_center is not None or aws.event_name == FEDERATION_TOKEN:
        return True
    return event.subject == AwsSubject.FEDERATED_USER and aws.event_name in _SESSION_EVENTS


def activities(records: Sequence[Versions]) -> list[Activity]:
    """One activity for each record. A portal sign-in knows the factors and the name of its workflow, a federated session its key."""
    found = plain(records)
    joined: dict[str, list[Event]] = defaultdict(list)
    for activity in found:
        for token in links(activity.event):
            joined[token].append(activity.event)
    return [_joined(activity, joined) for activity in found]


def _joined(activity: Activity, others: dict[str, list[Event]]) -> Activity:
    event, aws = activity.event, aws_of(activity.event)
    if aws is None:
        return activity
    if aws.identity_center is not None and aws.event_name == USER_AUTHENTICATION:
        related = [other for token in _workflow(event) for other in others[token]]
        return structs.replace(activity, event=_authenticated(event, aws, aws.identity_center, related))
    if aws.event_name in _SESSION_EVENTS:
        keys = {key for token in _sessions(event) for other in others[token] if (key := _long_term_key(other)) is not None}
        if keys:
            return structs.replace(activity, event=structs.replace(event, detail=structs.replace(aws, source_key=min(keys))))
    return activity


def _authenticated(event: Event, aws: AwsSignIn, portal: IdentityCenter, related: Sequence[Event]) -> Event:
    verified = {name for other in related if _verifies(other) for name in _portal(other).credentials} - set(portal.credentials)
    typed = sorted(name for other in related if (name := _portal(other).typed_name) is not None)
    detail = structs.replace(aws, identity_center=structs.replace(portal, verified=tuple(sorted(verified))))
    name = event.user_name or (typed[0] if typed else None)
    return structs.replace(event, detail=detail, user_name=name, person=event.person or person_key(name))


def _verifies(event: Event) -> bool:
    return event.outcome is Outcome.SUCCESS and event.action == VERIFICATION


def _portal(event: Event) -> IdentityCenter:
    aws = aws_of(event)
    return (aws.identity_center if aws is not None else None) or IdentityCenter()


def _long_term_key(event: Event) -> str | None:
    aws = aws_of(event)
    key = aws.access_key_id if aws is not None and aws.event_name == FEDERATION_TOKEN else None
    return key if is_long_term_key(key) else None


_SESSION_EVENTS = frozenset({SIGNIN_TOKEN, CONSOLE_LOGIN})


def _workflow(event: Event) -> tuple[str, ...]:
    workflow = _portal(event).workflow_id
    return (f"aws-workflow:{workflow}",) if workflow is not None else ()


def _sessions(event: Event) -> Iterator[str]:
    """The tokens of a session of GetFederationToken: its access key, and its principal id with the second in which it began."""
    aws = aws_of(event)
    if aws is None:
        return
    if aws.event_name == FEDERATION_TOKEN:
        key, principal, began = aws.issued_key, aws.federated_user_id, event.time
    elif aws.event_name in _SESSION_EVENTS and event.subject == AwsSubject.FEDERATED_USER:
        key, principal, began = aws.access_key_id, aws.principal_id, moment(aws.session_created)
    else:
        return
    if key:
        yield f"aws-session-key:{key}"
    if principal and began is not None:
        yield f"aws-session:{principal}|{_second(began)}"


def _second(time: datetime) -> str:
    return time.astimezone(UTC).replace(microsecond=0).isoformat()
