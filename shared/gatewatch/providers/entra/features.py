"""The features of an Entra sign-in that familiarity is made of."""

from collections.abc import Iterator

from ...model import Event
from ..features import sign_in_features
from . import flows
from .detail import sign_in_of

_PLACE = frozenset({"country", "network"})


def features(event: Event) -> tuple[tuple[str, str], ...]:
    """Country, network, client, application, device, and as protocol the flow of a device code or of a password alone.

    The client of a command line is its application, which is a feature of its own. Where a record carries the address of an earlier
    sign-in, it says nothing about its place.
    """
    sign_in = sign_in_of(event)
    if sign_in is None:
        return tuple(_texts(sign_in_features(event)))
    left_out = {*(_PLACE if flows.has_original_address(sign_in) else ())}
    if event.client == sign_in.app_id:
        left_out.add("client")
    found = ((name, value) for name, value in sign_in_features(event) if name not in left_out)
    return tuple(_texts((*found, *_own(event))))


def _texts(found: tuple[tuple[str, str | int], ...]) -> Iterator[tuple[str, str]]:
    return ((name, str(value)) for name, value in found)


def _own(event: Event) -> Iterator[tuple[str, str]]:
    sign_in = sign_in_of(event)
    if sign_in is None:
        return
    if sign_in.app_id:
        yield "application", sign_in.app_id
    if sign_in.device.device_id:
        yield "device", sign_in.device.device_id
    flow = flows.flow(event, sign_in)
    if flow is not None:
        yield "protocol", flow
