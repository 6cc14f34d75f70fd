"""Typed records from JSON. The detail of an event is a tagged union: its members come from the catalogue."""

from typing import Any, Union

import msgspec

from ..model import Detail
from .catalogue import DETAILS

_DETAIL: Any = Union[DETAILS]  # noqa: UP007 - the members are known at run time only


def decoder[T](kind: type[T]) -> msgspec.json.Decoder[T]:
    """A decoder of JSON text that may hold events."""
    return msgspec.json.Decoder(kind, dec_hook=_detail)


def convert[T](value: object, kind: type[T]) -> T:
    """The typed record in decoded JSON; raises ``msgspec.ValidationError`` for anything else."""
    return msgspec.convert(value, kind, dec_hook=_detail)


def _detail(kind: type, value: object) -> object:
    if kind is Detail:
        return msgspec.convert(value, _DETAIL)
    raise NotImplementedError(kind)
