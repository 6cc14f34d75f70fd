"""Recognises CloudTrail records."""

from ...errors import SourceError
from ...model import Event
from ...reading.fields import Fields
from ..provider import Decode
from . import cloudtrail

CALL_NOT_KEPT = "aws_call_that_no_rule_keeps"
"""The reason of a call that only teaches or asks familiarity."""

_DIGEST = "cloudtrail_digest"
_INSIGHT = "cloudtrail_insight"
IGNORE_REASONS = frozenset({
    "sts_helper_not_a_sign_in", "cloudtrail_not_a_sign_in", "eventbridge_detail_type_not_handled", CALL_NOT_KEPT, _DIGEST, _INSIGHT,
})  # fmt: skip
_RECORD = ("eventSource", "userIdentity", "eventName", "insightDetails")
_LOOKUP = ("EventId", "Username")


def recognise(record: Fields) -> Decode | str | None:
    """The decoder for an EventBridge envelope or a bare CloudTrail record, or why it is ignored; None for other records.

    An SQS message also has an ``eventSource``, which begins with ``aws:``; it is not a CloudTrail record.

    Raises:
        SourceError: an entry of ``aws cloudtrail lookup-events`` without its ``CloudTrailEvent``, which says neither who nor how, or a
            notification that names an object in a bucket.
    """
    data = record.data
    if "detail-type" in data or ("detail" in data and "source" in data):
        return _envelope
    if "digestS3Bucket" in data and "digestStartTime" in data:
        return _DIGEST
    if isinstance(data.get("s3"), dict) or ("s3Bucket" in data and "s3ObjectKey" in data):
        raise SourceError("s3_notification_without_records")
    if record.has("insightDetails"):
        return _INSIGHT
    if record.has(*_RECORD) and not str(data.get("eventSource", "")).startswith("aws:"):
        if any(name in data for name in _LOOKUP) and not record.has("userIdentity"):
            raise SourceError("lookup_entry_without_record")
        return _bare
    return None


def _envelope(record: Fields, _tenant: str | None) -> Event | str:
    return cloudtrail.from_envelope(record)


def _bare(record: Fields, _tenant: str | None) -> Event | str:
    return cloudtrail.from_record(record)
