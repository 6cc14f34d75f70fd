"""Which AWS service wrote a record, and the EventBridge source that delivers the records of that service.

Source: EventBridge events reference: the source is ``aws.`` and the first label of the record's ``eventSource``.
"""

from functools import lru_cache

from ...reading.late_pattern import LatePattern

DELIVERED_AS = {
    "aws.signin": "signin",
    "aws.sts": "sts",
    "aws.sso": "sso",
    "aws.sso-oauth": "sso-oauth",
    "aws.cloudtrail": "cloudtrail",
    "aws.events": "events",
    "aws.lambda": "lambda",
    "aws.ssm": "ssm",
    "aws.ec2messages": "ec2messages",
    "aws.ssmmessages": "ssmmessages",
    "aws.iam": "iam",
    "aws.s3": "s3",
    "aws.ec2": "ec2",
}
"""EventBridge source to the service whose records it delivers. An envelope with another source, or with a record of another service, is refused."""

_SIGN_IN = LatePattern(r"(?:[a-z0-9-]+\.)?signin\.(?:amazonaws\.com(?:\.cn)?|aws\.amazon\.com)")
_SERVICE = LatePattern(r"([a-z0-9-]+)(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")


@lru_cache(maxsize=1_024)
def service_of(event_source: str | None) -> str | None:
    """The service in a folded ``eventSource`` (``sts`` of ``sts.eu-west-1.amazonaws.com``), or None if it is not one of AWS's names."""
    if not event_source:
        return None
    if _SIGN_IN.fullmatch(event_source):
        return "signin"
    match = _SERVICE.fullmatch(event_source)
    return match.group(1) if match else None


@lru_cache(maxsize=2_048)
def invoked_by_service(address: str | None) -> bool:
    """Whether a source address is that of an AWS service, not of a caller: ``AWS Internal`` or a name under amazonaws.com."""
    text = (address or "").casefold()
    return text == "aws internal" or text.endswith((".amazonaws.com", ".amazonaws.com.cn"))
