"""Decodes typed records from JSON. The detail of an event is a tagged union; the catalogue gives its members."""

from typing import Any, Union

import msgspec

from ..model import Detail
from .catalogue import DETAILS

_DETAIL: Any = Union[DETAILS]  # noqa: UP007 - the members are known only at run time


def decoder[T](kind: type[T]) -> msgspec.json.Decoder[T]:
    """A decoder for JSON text of this type, which may contain events."""
    return msgspec.json.Decoder(kind, dec_hook=_detail)


def convert[T](value: object, kind: type[T]) -> T:
    """Convert decoded JSON to this type, which may contain events.

    Raises:
        msgspec.ValidationError: the value does not fit the type.
    """
    return msgspec.convert(value, kind, dec_hook=_detail)


def _detail(kind: type, value: object) -> object:
    if kind is Detail:
        return msgspec.convert(value, _DETAIL)
    raise NotImplementedError(kind)
