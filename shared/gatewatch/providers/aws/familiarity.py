"""Which AWS records are kept, which teach familiarity, and which only ask it."""

from ...model import Event, Outcome
from ...tuning import Tuning
from . import event_names
from .detail import AwsSignIn, AwsSubject, aws_of
from .facts import CREATE_PORTAL_TOKEN, FEDERATION_TOKEN, is_device_code
from .identity import is_long_term_key
from .recognise import CALL_NOT_KEPT
from .services import invoked_by_service, service_of


def keep(event: Event, _tuning: Tuning) -> str | None:
    """None if the event becomes evidence, else the reason why not. Sign-ins and changes of the recording are kept; most calls are not."""
    aws = aws_of(event)
    if aws is None or _is_sign_in(aws) or aws.change is not None or aws.event_name == FEDERATION_TOKEN:
        return None
    redeemed = aws.event_name == CREATE_PORTAL_TOKEN and event.outcome is Outcome.SUCCESS and is_device_code(aws)
    return None if redeemed else CALL_NOT_KEPT


def teaches(event: Event) -> bool:
    """Whether a success of this kind teaches where and with what its principal works.

    Of an instance only the agent's own calls teach, because anybody can make the others with its stolen credentials. Calls that an AWS
    service makes teach nothing about a person.
    """
    aws = aws_of(event)
    if aws is None or invoked_by_service(event.place.address):
        return False
    if event.subject == AwsSubject.INSTANCE_ROLE:
        return is_agent_call(event)
    return _is_sign_in(aws) or is_long_term_key(aws.access_key_id) or event.subject == AwsSubject.IDENTITY_CENTER_USER


def is_agent_call(event: Event) -> bool:
    """Whether an instance's own agent made this call."""
    return event.subject == AwsSubject.INSTANCE_ROLE and event_names.is_agent_call(event.action)


def _is_sign_in(aws: AwsSignIn) -> bool:
    """Whether the record is one of the sign-in service, or AWS's anomaly alert. A record without ``eventSource`` is a sign-in."""
    return aws.event_source is None or service_of(aws.event_source) == "signin"
