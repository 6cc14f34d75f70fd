"""The features of an Entra sign-in that familiarity is made of."""

from ...model import Event, Place
from ..features import network_of, sign_in_features
from . import flows
from .detail import sign_in_of

_NOWHERE = Place()


def features(event: Event) -> tuple[tuple[str, str], ...]:
    """Country, network, client, application, device, and as protocol the flow of a device code or of a password alone.

    The client of a command line is its application, which is a feature of its own. Where a record carries the address of an earlier
    sign-in, it says nothing about its place.
    """
    sign_in = sign_in_of(event)
    if sign_in is None:
        return sign_in_features(event)
    place = _NOWHERE if flows.has_original_address(sign_in) else event.place
    known = (
        ("country", place.country),
        ("network", network_of(place)),
        ("client", event.client if event.client != sign_in.app_id else None),
        ("application", sign_in.app_id or None),
        ("device", sign_in.device.device_id or None),
        ("protocol", flows.flow(event, sign_in)),
    )
    return tuple([(name, value) for name, value in known if value is not None])
