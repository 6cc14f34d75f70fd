"""Decodes JSON tolerantly: text that a strict decoder refuses only because of its numbers or surrogates is still read."""

import json
from typing import Any

import msgspec

_DECODER = msgspec.json.Decoder()
_DIGITS_LIMIT = 400


def parse(body: bytes | str) -> object:
    """Return the JSON value in this text.

    Numbers that are not finite become None, and integers are cut to 400 digits. Broken UTF-8 becomes U+FFFD. Lone
    surrogates are kept; the readers in ``fields`` replace them. For duplicate keys the last value counts.

    Raises:
        ValueError: the text is not JSON, or is nested too deeply.
    """
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _parse_slowly(body)


def value_of(data: object) -> object:
    """The JSON value of a record's ``data``: parsed where it is ``msgspec.Raw``, otherwise itself.

    Raises:
        ValueError: the bytes are not JSON, or are nested too deeply.
    """
    return parse(bytes(data)) if isinstance(data, msgspec.Raw) else data


def shown(data: object) -> object:
    """The same for people and dead letters: bytes that are no JSON become text, with U+FFFD for what is no UTF-8."""
    try:
        return value_of(data)
    except ValueError:
        return bytes(data).decode("utf-8", "replace") if isinstance(data, msgspec.Raw) else data


def tolerant_decoder() -> json.JSONDecoder:
    """The standard library's decoder, with the same treatment of numbers as ``parse``."""
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
