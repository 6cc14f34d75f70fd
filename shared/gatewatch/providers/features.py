"""The features of a sign-in that history is made of: country, network and client."""

from collections.abc import Iterator

from ..model import Event


def sign_in_features(event: Event) -> tuple[tuple[str, str | int], ...]:
    """The known features of a sign-in, as pairs of name (country, asn or client) and value."""
    return tuple(_known(event))


def _known(event: Event) -> Iterator[tuple[str, str | int]]:
    if event.place.country is not None:
        yield "country", event.place.country
    if event.place.asn is not None:
        yield "asn", event.place.asn
    if event.client is not None:
        yield "client", event.client
