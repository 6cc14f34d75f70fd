"""The features of an Entra sign-in that familiarity is made of."""

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
    sign_in, found = sign_in_of(event), sign_in_features(event)
    if sign_in is None:
        return found
    if flows.has_original_address(sign_in):
        found = tuple(pair for pair in found if pair[0] not in _PLACE)
    if event.client is not None and event.client == sign_in.app_id:
        found = tuple(pair for pair in found if pair[0] != "client")
    own = (("application", sign_in.app_id), ("device", sign_in.device.device_id), ("protocol", flows.flow(event, sign_in)))
    return (*found, *[(name, value) for name, value in own if value])
