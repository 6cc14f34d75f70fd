"""Reads AWS's own sign-in anomaly alert, which EventBridge delivers from ``aws.signin`` and CloudTrail does not record.

Source: EventBridge events reference, "AWS Sign-In": detail type ``Sign-in Anomaly Alert``, durable delivery. No sample of its detail is
published, so the detail is kept as text. Only the envelope's own fields are read, and a source address if it is named as CloudTrail names it.
"""

import json

from ...model import OTHER, Event, Outcome, Place
from ...reading.address import ip_of
from ...reading.canonical import digest
from ...reading.fields import Fields, Notes, harmless, items, mapping, word
from . import cloudtrail_identity, identity
from .detail import AwsSignIn, AwsSubject
from .facts import ANOMALY

_DETAIL_TYPE = "sign-in anomaly alert"
_NOTICE_LIMIT_CHARS = 4096
_DEPTH_LIMIT = 32
_SECRET_NAMES = ("token", "secret", "password", "credential", "auth_code")


def is_anomaly(envelope: Fields) -> bool:
    """Whether this envelope holds AWS's sign-in anomaly alert."""
    return word(envelope.get("source")) == "aws.signin" and word(envelope.get("detail-type")) == _DETAIL_TYPE


def from_envelope(envelope: Fields) -> Event:
    """The alert as an event. Its principal is the first resource that it names, else the account."""
    notes = Notes()
    account = cloudtrail_identity.account(envelope.get("account"))
    named = [text for item in items(envelope.get("resources")) if (text := notes.text(item, "resources")) is not None]
    arn = next((name for name in named if name.startswith("arn:")), None)
    kind, name = identity.arn_resource(arn)
    event_id = notes.text(envelope.get("id"), "event_id")
    address = notes.text(Fields(mapping(envelope.get("detail"))).get("sourceIPAddress"), "source_address")
    root = kind == "root"
    return Event(
        vendor_id=f"aws|{event_id or digest(envelope.data)}",
        time=notes.moment(envelope.get("time")),
        action=ANOMALY,
        outcome=Outcome.UNKNOWN,
        subject=AwsSubject.ROOT if root else AwsSubject.IAM_USER if kind == "user" else OTHER,
        account=account,
        principal="root" if root else name or arn or f"ACCOUNT|{account or ''}",
        names=tuple(dict.fromkeys(part for part in (*named, name) if part)),
        user_name="root" if root else name or None,
        place=Place(address=address, ip=ip_of(address) if address else None),
        truncated=notes.truncated,
        data_quality=notes.quality,
        detail=AwsSignIn(
            event_name=ANOMALY,
            event_id=event_id,
            arn=arn,
            region=notes.text(envelope.get("region"), "region"),
            notice=_text(envelope.get("detail")),
        ),
    )


def _text(detail: object) -> str | None:
    """The detail as bounded JSON text without the values of properties that may be secrets."""
    if detail in (None, "", {}, []):
        return None
    text = json.dumps(_without_secrets(detail, _DEPTH_LIMIT), ensure_ascii=False, separators=(",", ":"))
    return harmless(text)[:_NOTICE_LIMIT_CHARS]


def _without_secrets(value: object, depth: int) -> object:
    if depth == 0:
        return "..."
    if isinstance(value, dict):
        return {
            harmless(str(name)): "removed"
            if any(part in str(name).casefold() for part in _SECRET_NAMES)
            else _without_secrets(inner, depth - 1)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(item, depth - 1) for item in value]
    return harmless(value) if isinstance(value, str) else value
