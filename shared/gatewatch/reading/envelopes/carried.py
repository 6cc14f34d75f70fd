"""Content that an envelope carries as text: JSON, several JSON values one behind the other, base64, gzip."""

import base64
import binascii
import gzip
import json
import zlib

from ..json_text import parse, tolerant_decoder
from .envelope import Broken, Unpacking

NOT_JSON = "envelope_text_is_not_json"
NOT_BASE64 = "envelope_data_is_not_base64"
NOT_GZIP = "envelope_data_is_corrupt"
TOO_LARGE = "envelope_data_too_large"

_GZIP_MAGIC = b"\x1f\x8b"
_JSON_STARTS = ("{", "[", '"')
_PREFIX_LIMIT_CHARS = 256  # a syslog header, or the time in front of an exported log event


def looks_like_json(text: str) -> bool:
    """Whether the text begins as a JSON object, array or string does."""
    return text.lstrip()[:1] in _JSON_STARTS


def values(text: str | bytes, where: str) -> list[object]:
    """The JSON values in a text: one, several one behind the other, or one after a short header of a log line.

    What follows the last value that can be read becomes ``Broken``; the values before it are kept.
    """
    try:
        return [parse(text)]
    except ValueError:
        return _several(text if isinstance(text, str) else text.decode("utf-8", "replace"), where)


def _several(text: str, where: str) -> list[object]:
    found: list[object] = []
    decoder, at = tolerant_decoder(), _start(text)
    while at < len(text):
        if text[at].isspace() or text[at] == ",":
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return [*found, Broken(NOT_JSON, where)]
        found.append(value)
    return found or [Broken(NOT_JSON, where)]


def _start(text: str) -> int:
    """Where the JSON begins: at once, or at the first brace when the text begins otherwise."""
    brace = text.find("{", 0, _PREFIX_LIMIT_CHARS)
    return 0 if brace < 0 or looks_like_json(text) else brace


def binary(text: str, where: str, unpacking: Unpacking) -> list[object]:
    """The JSON values in base64 data, compressed with gzip or not."""
    try:
        body = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return [Broken(NOT_BASE64, where)]
    if body.startswith(_GZIP_MAGIC):
        unzipped = _unzipped(body, unpacking)
        if isinstance(unzipped, str):
            return [Broken(unzipped, where)]
        body = unzipped
    return values(body, where)


def _unzipped(body: bytes, unpacking: Unpacking) -> bytes | str:
    """The content of gzip data, or the reason why it cannot be had. The output is limited by the unpacking of the whole value."""
    unzip = zlib.decompressobj(wbits=31)
    try:
        found = unzip.decompress(body, max(unpacking.left, 1))
    except zlib.error:
        return NOT_GZIP
    unpacking.left -= len(found)
    if unzip.unconsumed_tail or unpacking.left <= 0:
        return TOO_LARGE
    return found if unzip.eof else NOT_GZIP


def written(record: object) -> str:
    """A record as JSON text."""
    return json.dumps(record)


def packed(record: object, *, compressed: bool = False) -> str:
    """A record as base64 of its JSON, compressed with gzip or not."""
    body = written(record).encode()
    return base64.b64encode(gzip.compress(body, mtime=0) if compressed else body).decode()
