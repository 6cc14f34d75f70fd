"""Commands and links that show a CloudTrail event to a responder. Ids are used only if they have the form of AWS's own ids."""

import re

from ...model import Event, Link
from .detail import aws_of
from .facts import ANOMALY

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}")
_EVENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def lookups(event: Event) -> tuple[str, ...]:
    """The AWS command that prints the event; empty when region or id is unknown."""
    ids = _ids(event)
    if ids is None:
        return ()
    region, event_id = ids
    if event.action == ANOMALY:
        by_name = "AttributeKey=EventName,AttributeValue=ConsoleLogin"
        return (
            f"The alert is not in CloudTrail. Read the logins: aws cloudtrail lookup-events --region {region} --lookup-attributes {by_name}",
        )
    return (
        f"Read the event: aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventId,AttributeValue={event_id}",
    )


def links_for_people(event: Event) -> tuple[Link, ...]:
    """The link to the event in the CloudTrail console; empty when region or id is unknown."""
    ids = _ids(event)
    if ids is None:
        return ()
    region, event_id = ids
    if event.action == ANOMALY:
        return ()
    return (Link("CloudTrail event", f"https://{region}.console.aws.amazon.com/cloudtrailv2/home?region={region}#/events/{event_id}"),)


def _ids(event: Event) -> tuple[str, str] | None:
    """Region and event id, if both have the form of AWS's own values; otherwise None."""
    aws = aws_of(event)
    if aws is None or not aws.region or not aws.event_id:
        return None
    if not _REGION.fullmatch(aws.region) or not _EVENT_ID.fullmatch(aws.event_id):
        return None
    return aws.region, aws.event_id
