"""What the index knows of the way to it: the last canary, and the Regions that fell silent."""

from collections.abc import Iterator
from datetime import timedelta

from gatewatch.doctor.findings import Diagnosis
from gatewatch.model import Severity

from ..canary import LATE_SECONDS
from ..seen_hours import EVERY_ACCOUNT
from .finding import aws_diagnosis
from .world import World


def canary(world: World) -> Iterator[Diagnosis]:
    """The last canary is in the index."""
    found = world.sight()
    since = "has never arrived" if found.canary is None else f"was sent at {found.canary:%Y-%m-%d %H:%M} UTC"
    if found.canary is None or world.now - found.canary > timedelta(seconds=LATE_SECONDS):
        yield aws_diagnosis(
            id="canary-late",
            severity=Severity.CRITICAL,
            problem=f"The last canary in the index {since}; one comes every hour. What stops canaries stops sign-ins.",
            fix="mend the other findings; without any, follow docs/aws.md, alarm Canary: rule, queue, mapping, function, index",
        )


def policy(world: World) -> Iterator[Diagnosis]:
    """The policy can be read, and no newer engine is in force."""
    yield from world.policy()


def silent_regions(world: World) -> Iterator[Diagnosis]:
    """Places that usually have sign-in events and have none."""
    silent = world.sight().silent
    whole = {place.partition("/")[2] for place in silent if place.startswith(EVERY_ACCOUNT)}
    for place, hours in sorted(silent.items()):
        account, _, region = place.partition("/")
        if account != EVERY_ACCOUNT and region in whole:
            continue
        who = "every account" if account == EVERY_ACCOUNT else f"account {account}"
        yield aws_diagnosis(
            id="region-silent",
            severity=Severity.HIGH,
            subject=region if account == EVERY_ACCOUNT else place,
            problem=f"No sign-in event from {who} in {region} for {hours} hours, which is unusual there.",
            fix=f"aws cloudtrail lookup-events --region {region} --max-results 5 "
            "--lookup-attributes AttributeKey=EventSource,AttributeValue=signin.amazonaws.com\n"
            "if it shows sign-ins, they are not delivered: mend trail, rules and forwarder there; if not, nobody signed in",
        )
