"""The id of a record without an id of its own: a digest of its canonical JSON."""

import hashlib
import json

import msgspec

_ENCODER = msgspec.json.Encoder(order="sorted")
_DEPTH_LIMIT = 64
_NUMBER_LIMIT_CHARS = 1024


def digest(data: object) -> str:
    """The SHA-256 of the canonical JSON (sorted keys) of any JSON value, in hex."""
    try:
        body = _ENCODER.encode(data)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):  # lone surrogates, too deep nesting
        body = json.dumps(_pruned(data, _DEPTH_LIMIT), sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(body).hexdigest()


def _pruned(data: object, depth: int) -> object:
    if depth == 0:
        return "..."
    if isinstance(data, dict):
        return {str(key): _pruned(value, depth - 1) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_pruned(value, depth - 1) for value in data]
    return data if isinstance(data, str | bool | float) or data is None else repr(data)[:_NUMBER_LIMIT_CHARS]
