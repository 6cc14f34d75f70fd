"""The values of an AWS event that its playbooks name in braces."""

from collections.abc import Mapping

from ...model import Event
from ...reading.late_pattern import LatePattern
from .detail import AwsSignIn, aws_of

SIGN_IN_REGIONS = ("us-east-1", "us-east-2", "eu-north-1", "ap-southeast-2")
"""Where console logins are recorded beside the regional endpoint. Source: CloudTrail user guide, "Global service events" of sign-in."""

_REGION = LatePattern(r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}")
_INSTANCE = LatePattern(r"i-[0-9a-f]{8,17}")


def placeholders(event: Event) -> Mapping[str, str | None]:
    """Ids, names and Regions of the record; None for what it does not say."""
    aws = aws_of(event)
    if aws is None:
        return {}
    region = aws.region if aws.region and _REGION.fullmatch(aws.region) else None
    return {
        "event_id": aws.event_id,
        "region": region,
        "regions": " ".join(dict.fromkeys([*SIGN_IN_REGIONS, *([region] if region else [])])),
        "arn": aws.arn,
        "role": aws.role_name,
        "user": None if aws.role_name else event.user_name,
        "user_or_session": aws.session_name or event.user_name,
        "access_key_id": aws.source_key or aws.access_key_id,
        "instance_id": aws.session_name if aws.session_name and _INSTANCE.fullmatch(aws.session_name) else None,
        "trail": aws.change.target if aws.change else None,
        **_identity_center(aws),
    }


def _identity_center(aws: AwsSignIn) -> Mapping[str, str | None]:
    center = aws.identity_center
    if center is None:
        return {}
    store = center.store_arn.rpartition("/")[2] if center.store_arn else None
    return {"user_id": center.user_id, "identity_store_id": store, **({"user": center.typed_name} if center.typed_name else {})}
