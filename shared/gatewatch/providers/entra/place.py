"""Reads the place in an Entra record, for sign-ins and risk detections."""

from ...model import Place
from ...reading.address import ip_of
from ...reading.fields import Fields, Notes, degrees, mapping, scalar, whole


def place(properties: Fields, envelope: Fields | None, notes: Notes) -> Place:
    """Address and location. Microsoft's location may be an object, JSON text or, in exports, only a country."""
    address = notes.text(properties.get("ipAddress") or (envelope.get("callerIpAddress") if envelope else None), "source_address")
    where = Fields(mapping(properties.get("location")) or mapping(properties.get("locationDetails")))
    coordinates = where.object("geoCoordinates")
    country = _country(where.get("countryOrRegion")) or _country(properties.get("location"))
    if country is None and envelope is not None:
        country = _country(envelope.get("location"))
    return Place(
        address=address,
        ip=ip_of(address) if address else None,
        country=country,
        region=notes.text(where.get("state"), "region"),
        city=notes.text(where.get("city"), "city"),
        latitude=degrees(coordinates.get("latitude"), 90),
        longitude=degrees(coordinates.get("longitude"), 180),
        asn=_asn(properties),
    )


def _asn(properties: Fields) -> int | None:
    number = whole(properties.get("autonomousSystemNumber"))
    return number if number is not None and 0 < number < 2**32 else None


def _country(value: object) -> str | None:
    """An ISO 3166-1 alpha-2 code in upper case; None for other text."""
    text = scalar(value)
    return text.upper() if text is not None and len(text) == 2 and text.isascii() and text.isalpha() else None
