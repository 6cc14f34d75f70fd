"""Which AWS records are kept, which teach familiarity, which only ask it, and the features that they have."""

import ipaddress

from ...model import Event, Outcome
from ...tuning import Tuning
from ..features import network_of, sign_in_features
from . import event_names
from .detail import AwsSignIn, AwsSubject, aws_of
from .facts import CREATE_PORTAL_TOKEN, FEDERATION_TOKEN, is_device_code
from .identity import is_long_term_key
from .recognise import CALL_NOT_KEPT
from .services import invoked_by_service, service_of


def keep(event: Event, _tuning: Tuning) -> str | None:
    """None if the event becomes evidence, else the reason why not. Sign-ins and changes of the recording are kept; most calls are not."""
    aws = aws_of(event)
    watching = (
        aws is not None and aws.change is not None and aws.change.ours is not False
    )  # other people's rules and functions are not kept
    if aws is None or _is_sign_in(aws) or watching or aws.event_name == FEDERATION_TOKEN or asks(event):
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


def asks(event: Event) -> bool:
    """Whether this is a call with the credentials of an instance, which may have left the instance.

    The agent's own calls do not ask, nor do calls that come from the instance by their nature (a VPC endpoint, a service of AWS). A
    login to the console has a rule of its own.
    """
    aws = aws_of(event)
    if aws is None or event.subject != AwsSubject.INSTANCE_ROLE or _is_sign_in(aws):
        return False
    return not is_agent_call(event) and _instance_network(event) is not None


def features(event: Event) -> tuple[tuple[str, str | int], ...]:
    """The features of a sign-in; of an instance only its network; of a device code also that it is one."""
    if event.subject == AwsSubject.INSTANCE_ROLE:
        network = _instance_network(event)
        return (("network", network),) if network is not None else ()
    found = sign_in_features(event)
    aws = aws_of(event)
    device_code = aws is not None and aws.event_name == CREATE_PORTAL_TOKEN and is_device_code(aws)
    return (*found, ("protocol", "device_code")) if device_code else found


def _instance_network(event: Event) -> str | None:
    """The network of a call that an instance's credentials made, or None if it says nothing about where they are.

    A private address without a VPC endpoint is a network as well: AWS writes one only for endpoints, but logs that were made anonymous
    have them.
    """
    aws = aws_of(event)
    if aws is None or aws.vpc_endpoint is not None or aws.invoked_by is not None or event.place.ip is None:
        return None
    network = network_of(event.place)
    return network or str(ipaddress.ip_network(f"{event.place.ip}/{48 if ':' in event.place.ip else 24}", strict=False))


def is_agent_call(event: Event) -> bool:
    """Whether an instance's own agent made this call."""
    return event.subject == AwsSubject.INSTANCE_ROLE and event_names.is_agent_call(event.action)


def _is_sign_in(aws: AwsSignIn) -> bool:
    """Whether the record is one of the sign-in service, or AWS's anomaly alert. A record without ``eventSource`` is a sign-in."""
    return aws.event_source is None or service_of(aws.event_source) == "signin"
