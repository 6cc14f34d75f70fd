"""Decodes typed records from JSON. The detail of an event is a tagged union; the catalogue gives its members."""

from typing import Union

import msgspec

from ..model import Event
from .catalogue import DETAILS

# An event is declared before any provider is known, with what all details have in common. A decoder that knows the members takes a quarter
# of the time of one that is given a member by a hook: that parses a detail twice.
Event.__annotations__["detail"] = Union[DETAILS]  # noqa: UP007 - the members are known only at run time


def decoder[T](kind: type[T]) -> msgspec.json.Decoder[T]:
    """A decoder for JSON text of this type, which may contain events."""
    return msgspec.json.Decoder(kind)


def convert[T](value: object, kind: type[T]) -> T:
    """Convert decoded JSON to this type, which may contain events.

    Raises:
        msgspec.ValidationError: the value does not fit the type.
    """
    return msgspec.convert(value, kind)
