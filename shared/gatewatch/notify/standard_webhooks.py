"""Signatures as Standard Webhooks 1.0.0 defines them: HMAC-SHA-256 over id, timestamp and body, by every secret in force."""

import base64
import binascii
import hashlib
import hmac

PREFIX = "whsec_"
MOST_SECRETS = 2
_LENGTHS = range(24, 65)  # bytes of a secret, by the specification


class NoSecretError(ValueError):
    """The text holds no signing secret in its form; the error never quotes it."""


def secrets_of(text: str) -> tuple[bytes, ...]:
    """One secret, or two while they are rotated (the new one first), separated by blanks or commas: ``whsec_`` and base64 of 24 to 64 bytes.

    Raises:
        NoSecretError: there is none, there are more than two, or one has another form.
    """
    parts = text.replace(",", " ").split()
    if not 1 <= len(parts) <= MOST_SECRETS:
        raise NoSecretError("the signing secret must be one secret, or two while they are rotated")
    return tuple(_secret(part) for part in parts)


def _secret(text: str) -> bytes:
    try:
        found = base64.b64decode(text.removeprefix(PREFIX).encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        found = b""
    if not text.startswith(PREFIX) or len(found) not in _LENGTHS:
        raise NoSecretError("a signing secret is whsec_ and the base64 of 24 to 64 bytes")
    return found


def headers(message_id: str, timestamp: int, body: bytes, secrets: tuple[bytes, ...]) -> dict[str, str]:
    """The three headers. ``timestamp`` is the moment of the attempt in seconds since 1970; a signature for each secret, separated by blanks."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
