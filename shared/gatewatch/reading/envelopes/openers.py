"""How envelopes are opened. Each function builds the ``open`` of a row; none raises an error for any JSON value."""

from typing import Any

from . import carried
from .envelope import Broken, Object, Open, Opened, Unpacking


def at(data: object, *path: str) -> Any:  # noqa: ANN401 - whatever JSON lies there
    """The value at this path of objects, or None. ``event.original`` may also be one property with that name."""
    dotted = ".".join(path)
    if isinstance(data, dict) and dotted in data:
        return data[dotted]
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def listed(*path: str) -> Open:
    """The elements of a list, which may be JSON text."""

    def opened(data: Object, _unpacking: Unpacking) -> Opened:
        found = at(data, *path)
        if isinstance(found, str) and found.lstrip()[:1] == "[":
            return carried.values(found, ".".join(path))
        return found if isinstance(found, list) else None

    return opened


def lists_in(name: str) -> Open:
    """The elements of every list in an object, as a batch from Kafka has one list for each partition."""

    def opened(data: Object, _unpacking: Unpacking) -> Opened:
        found = data.get(name)
        if not isinstance(found, dict):
            return None
        return [item for items in found.values() if isinstance(items, list) for item in items]

    return opened


def inside(*path: str) -> Open:
    """One object."""

    def opened(data: Object, _unpacking: Unpacking) -> Opened:
        found = at(data, *path)
        return [found] if isinstance(found, dict) else None

    return opened


def text(*path: str) -> Open:
    """A text that must hold JSON, or the JSON itself. Anything else is broken."""
    where = ".".join(path)

    def opened(data: Object, _unpacking: Unpacking) -> Opened:
        found = at(data, *path)
        if isinstance(found, str):
            return carried.values(found, where)
        return [found] if isinstance(found, dict | list) else [Broken(carried.NOT_JSON, where)]

    return opened


def text_if_json(*path: str) -> Open:
    """A text field of a document. It is an envelope only if the text begins as JSON does; if the JSON is broken, the document may still do."""
    where = ".".join(path)

    def opened(data: Object, _unpacking: Unpacking) -> Opened:
        found = at(data, *path)
        if not isinstance(found, str) or "{" not in found:
            return None
        values = carried.values(found, where)
        broken = values[-1] if isinstance(values[-1], Broken) else None
        if broken is None:
            return values
        if not carried.looks_like_json(found):
            return None
        return values if len(values) > 1 else [broken._replace(or_itself=True)]

    return opened


def only(name: str, open_it: Open) -> Open:
    """What ``open_it`` finds, if the object has this one property."""
    return lambda data, unpacking: open_it(data, unpacking) if len(data) == 1 and name in data else None


def any_form(name: str) -> Open:
    """An object, or a text of JSON or base64; Avro's readers put bytes below ``bytes``."""
    as_text, as_bytes = text_if_json(name), base64(name)

    def opened(data: Object, unpacking: Unpacking) -> Opened:
        found = data[name]
        if isinstance(found, dict):
            inner = found.get("bytes") if len(found) == 1 else None
            return opened({name: inner}, unpacking) if isinstance(inner, str) else [found]
        if isinstance(found, list):
            return found
        return as_text(data, unpacking) or as_bytes(data, unpacking)

    return opened


def base64(*path: str) -> Open:
    """Base64 data that must hold JSON, compressed or not."""
    where = ".".join(path)

    def opened(data: Object, unpacking: Unpacking) -> Opened:
        found = at(data, *path)
        return carried.binary(found, where, unpacking) if isinstance(found, str) else None

    return opened
