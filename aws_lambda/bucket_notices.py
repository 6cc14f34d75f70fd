"""What a queue is told about objects of a bucket: by S3, through SNS, by EventBridge, by CloudTrail itself, and by this function to itself.

Sources: S3 user guide, "Event message structure" (keys are URL-encoded) and "EventBridge event message structure" (keys are not); CloudTrail
user guide, "Configuring Amazon SNS notifications". Each is read by its form; what has none of them is refused, never guessed at.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from msgspec import Struct

TEST, REMOVED, OTHER_EVENT = "test_event", "object_removed", "other_event_of_s3"
IGNORED = frozenset({TEST, REMOVED, OTHER_EVENT})
"""Every reason why a notification is ignored by its name."""

_CREATED, _GONE = ("ObjectCreated:", "ObjectRestore:Completed"), ("ObjectRemoved:", "LifecycleExpiration:")
_DEPTH = 2  # an envelope of SNS around the message


class UnknownNoticeError(ValueError):
    """The message has none of the known forms; the text says which part is missing and quotes nothing."""


class ObjectNotice(Struct, frozen=True, tag_field="gatewatch", tag="object", omit_defaults=True):
    """One object. ``skip`` records of it were processed already, and ``checked`` says that every record was found to be of its account."""

    bucket: str
    key: str
    etag: str = ""  # "" where the notification has none: the first reading takes it from the object
    skip: int = 0
    checked: bool = False

    def body(self) -> str:
        """This notice as a message of the function to itself, in ASCII: a key may be a text that is no Unicode."""
        return json.dumps(msgspec.to_builtins(self), separators=(",", ":"))


def notices(body: str) -> list[ObjectNotice | str]:
    """The objects of one message; in place of one a reason of ``IGNORED``.

    Raises:
        UnknownNoticeError: it is no JSON or has no known form.
    """
    return list(_notices(_object(body), _DEPTH))


def _notices(value: Mapping[str, Any], depth: int) -> Iterator[ObjectNotice | str]:
    if "gatewatch" in value:
        yield _own(value)
    elif value.get("Event") == "s3:TestEvent":
        yield TEST
    elif isinstance(records := value.get("Records"), list) and records:
        yield from (_of_s3(record) for record in records)
    elif value.get("source") == "aws.s3":
        yield _of_eventbridge(value)
    elif isinstance(keys := value.get("s3ObjectKey"), list):
        yield from (ObjectNotice(_text(value, "s3Bucket"), _said(key, "s3ObjectKey")) for key in keys)
    elif "Message" in value and depth:
        yield from _notices(_object(_text(value, "Message")), depth - 1)
    else:
        raise UnknownNoticeError("no notification of S3, SNS, EventBridge or CloudTrail")


def _own(value: Mapping[str, Any]) -> ObjectNotice:
    try:
        return msgspec.convert(value, ObjectNotice)
    except msgspec.ValidationError:
        raise UnknownNoticeError("a damaged message of this function") from None


def _of_s3(record: object) -> ObjectNotice | str:
    if not isinstance(record, dict) or record.get("eventSource") != "aws:s3":
        raise UnknownNoticeError("a record that is not of S3")
    name = _text(record, "eventName").removeprefix("s3:")
    if not name.startswith(_CREATED):
        return REMOVED if name.startswith(_GONE) else OTHER_EVENT
    entity = _part(record, "s3")
    described = _part(entity, "object")
    return ObjectNotice(_text(_part(entity, "bucket"), "name"), unquote_plus(_text(described, "key")), str(described.get("eTag") or ""))


def _of_eventbridge(event: Mapping[str, Any]) -> ObjectNotice | str:
    name = event.get("detail-type")
    if name != "Object Created":
        return REMOVED if name == "Object Deleted" else OTHER_EVENT
    detail = _part(event, "detail")
    described = _part(detail, "object")
    return ObjectNotice(_text(_part(detail, "bucket"), "name"), _text(described, "key"), str(described.get("etag") or ""))


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise UnknownNoticeError("not JSON") from None
    if not isinstance(value, dict):
        raise UnknownNoticeError("no JSON object")
    return value


def _part(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    if not isinstance(found, dict):
        raise UnknownNoticeError(f"no {name}")
    return found


def _text(value: Mapping[str, Any], name: str) -> str:
    return _said(value.get(name), name)


def _said(found: object, name: str) -> str:
    if not isinstance(found, str) or not found:
        raise UnknownNoticeError(f"no {name}")
    return found
