"""Recognises CloudTrail records."""

from ...model import Event
from ...reading.fields import Fields
from ..provider import Decode
from . import cloudtrail

CALL_NOT_KEPT = "aws_call_that_no_rule_keeps"
"""The reason of a call that only teaches or asks familiarity."""

IGNORE_REASONS = frozenset({"sts_helper_not_a_sign_in", "cloudtrail_not_a_sign_in", "eventbridge_detail_type_not_handled", CALL_NOT_KEPT})


def recognise(record: Fields) -> Decode | None:
    """The decoder for an EventBridge envelope or a bare CloudTrail record; None for other records.

    An SQS message also has an ``eventSource``, which begins with ``aws:``; it is not a CloudTrail record.
    """
    data = record.data
    if "detail-type" in data or ("detail" in data and "source" in data):
        return _envelope
    if record.has("eventSource", "userIdentity", "eventName", "insightDetails") and not str(data.get("eventSource", "")).startswith("aws:"):
        return _bare
    return None


def _envelope(record: Fields, _tenant: str | None) -> Event | str:
    return cloudtrail.from_envelope(record)


def _bare(record: Fields, _tenant: str | None) -> Event | str:
    return cloudtrail.from_record(record)
