"""The features of an Entra sign-in that familiarity is made of."""

from collections.abc import Iterator

from ...model import Event
from ..features import sign_in_features
from .detail import sign_in_of


def features(event: Event) -> tuple[tuple[str, str], ...]:
    """Country, network and client, and the application, device and authentication protocol."""
    return tuple((name, str(value)) for name, value in (*sign_in_features(event), *_own(event)))


def _own(event: Event) -> Iterator[tuple[str, str]]:
    sign_in = sign_in_of(event)
    if sign_in is None:
        return
    if sign_in.app_id:
        yield "application", sign_in.app_id
    if sign_in.device.device_id:
        yield "device", sign_in.device.device_id
    if sign_in.protocol and sign_in.protocol != "none":
        yield "protocol", sign_in.protocol
