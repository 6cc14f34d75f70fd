"""JSON bytes as Python values, tolerantly: what a strict decoder refuses only for its numbers or surrogates is still read."""

import json
from typing import Any

import msgspec

_DECODER = msgspec.json.Decoder()
_DIGITS_LIMIT = 400


def parse(body: bytes | str) -> object:
    """The JSON value in this text; raises ValueError when there is none.

    Non-finite numbers become None, endless integers are clamped, lone surrogates and broken UTF-8 stay for the readers to replace;
    of duplicate keys the last one speaks.
    """
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _parse_slowly(body)


def tolerant_decoder() -> json.JSONDecoder:
    """The standard decoder with the same treatment of odd numbers."""
    return json.JSONDecoder(parse_constant=_nothing, parse_int=_integer, parse_float=_number, strict=False)


def _parse_slowly(body: bytes | str) -> object:
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    try:
        return tolerant_decoder().decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _nothing(_name: str) -> None:
    return None


def _integer(digits: str) -> int:
    return int(digits[:_DIGITS_LIMIT])


def _number(digits: str) -> Any:  # noqa: ANN401 - a JSON number or nothing
    value = float(digits)
    return value if value - value == 0 else None
