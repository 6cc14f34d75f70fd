"""The AWS part of an event."""

from ...model import AwsSignIn, Event


def aws_of(event: Event) -> AwsSignIn | None:
    """What CloudTrail adds to this event; None for another provider's."""
    return event.aws
