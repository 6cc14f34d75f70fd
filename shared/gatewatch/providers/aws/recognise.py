"""Which records are CloudTrail's."""

from ...model import Event
from ...reading.fields import Fields
from ..provider import Decode
from . import cloudtrail

IGNORE_REASONS = frozenset({"sts_helper_not_a_sign_in", "cloudtrail_not_a_sign_in", "eventbridge_detail_type_not_handled"})


def recognise(record: Fields) -> Decode | None:
    """An EventBridge envelope, or a bare record; an SQS message has an ``eventSource`` of its own and is none."""
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
