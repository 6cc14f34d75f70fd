"""Adds geography to events."""

from msgspec import structs

from ..model import Event
from ..ports import Geo


def located(event: Event, geo: Geo | None) -> Event:
    """Adds country and autonomous system where the record has none; the evidence id is taken without them."""
    place = event.place
    if geo is None or place.ip is None or (place.country is not None and place.asn is not None):
        return event
    found = geo.locate(place.ip)
    if found is None:
        return event
    missing = {
        name: getattr(found, name)
        for name in ("country", "region", "city", "latitude", "longitude", "asn", "as_organization")
        if getattr(place, name) is None and getattr(found, name) is not None
    }
    return structs.replace(event, place=structs.replace(place, **missing))
