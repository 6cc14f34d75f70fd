"""Faults of trails, forwarders and the index, planted through the services' own APIs and mended again. The doctor's code knows nothing of this file.

The drift and the status of a StackSet's instance are written into moto's state: moto has no call that leads there.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import structs

from aws_lambda import canary, silent_regions
from aws_lambda.seen_hours import Silence
from aws_lambda.sign_ins_seen import hour_of
from gatewatch.flow.policy import ENGINE, POLICY
from gatewatch.ports import StateWrite
from gatewatch.providers.engine import this_engine
from gatewatch.stores import open_store
from gatewatch.tuning.policy import Policy

from .faults import fault
from .organisation import HOME, STACK_SET, Organisation, aws, drift, member


@fault("trail-missing")
def trail_deleted(_: Organisation) -> Iterator[None]:
    aws("cloudtrail").delete_trail(Name="all")
    yield
    aws("cloudtrail").create_trail(Name="all", S3BucketName="trail-bucket", IsMultiRegionTrail=True, IsOrganizationTrail=True)
    aws("cloudtrail").start_logging(Name="all")


@fault("trail-stopped")
def trail_stopped(_: Organisation) -> Iterator[None]:
    aws("cloudtrail").stop_logging(Name="all")
    yield
    aws("cloudtrail").start_logging(Name="all")


def trail_with(**changed: bool) -> Iterator[None]:
    aws("cloudtrail").update_trail(Name="all", **changed)
    yield
    aws("cloudtrail").update_trail(Name="all", **{name: not value for name, value in changed.items()})


@fault("trail-of-one-region")
def trail_of_one_region(_: Organisation) -> Iterator[None]:
    yield from trail_with(IsMultiRegionTrail=False)


@fault("trail-without-global-events")
def trail_without_global_events(_: Organisation) -> Iterator[None]:
    yield from trail_with(IncludeGlobalServiceEvents=False)


@fault("trail-of-one-account")
def trail_of_one_account(_: Organisation) -> Iterator[None]:
    yield from trail_with(IsOrganizationTrail=False)


@fault("trail-without-management-events")
def trail_without_reads(_: Organisation) -> Iterator[None]:
    """As in a published attack data set: management events are dropped and the trail goes on logging."""
    selectors = aws("cloudtrail").put_event_selectors
    selectors(TrailName="all", EventSelectors=[{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": False, "DataResources": []}])
    yield
    selectors(TrailName="all", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}])


@fault("region-uncovered", "expected-forwarders")
def a_region_without_forwarder(found: Organisation) -> Iterator[None]:
    region = next(one for one in found.regions if one != HOME)
    aws("events", region).delete_rule(Name="gatewatch-sign-in-abc")
    yield
    found.own_forwarder(region)


@fault("forwarder-disabled")
def own_forwarder_disabled(_: Organisation) -> Iterator[None]:
    aws("events", "eu-west-1").disable_rule(Name="gatewatch-sign-in-abc")
    yield
    aws("events", "eu-west-1").enable_rule(Name="gatewatch-sign-in-abc")


@fault("forwarder-missing", "expected-forwarders")
def an_account_without_forwarder(found: Organisation) -> Iterator[None]:
    one = {"StackSetName": STACK_SET, "Accounts": found.members[:1], "Regions": ["eu-west-1"]}
    aws("cloudformation").delete_stack_instances(**one, RetainStacks=False)
    yield
    aws("cloudformation").create_stack_instances(**one)
    drift(found.instances()[-1], "IN_SYNC")


@fault("forwarder-drifted")
def a_forwarder_changed_by_hand(found: Organisation) -> Iterator[None]:
    drift(found.instances()[0], "DRIFTED")
    yield
    drift(found.instances()[0], "IN_SYNC")


@fault("forwarder-outdated")
def a_forwarder_of_an_earlier_version(found: Organisation) -> Iterator[None]:
    drift(found.instances()[0], "IN_SYNC", "OUTDATED")
    yield
    drift(found.instances()[0], "IN_SYNC")


@fault("forwarder-silent")
def a_forwarder_that_is_not_heard(found: Organisation) -> Iterator[None]:
    found.hear(datetime.now(UTC), but=(found.members[0], "eu-west-1"))
    yield
    found.hear(datetime.now(UTC))


@fault("forwarder-dead-letters")
def a_dead_letter_of_a_forwarder(found: Organisation) -> Iterator[None]:
    sqs = member("sqs", found.members[1], "eu-west-1")
    url = sqs.create_queue(QueueName="forwarder", tags={"gatewatch": "forwarder-dead-letters"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    yield
    sqs.delete_queue(QueueUrl=url)


def document(found: Organisation, key: Any, value: object) -> None:
    with closing(open_store(found.store)) as store:
        known = store.read_state((), [key]).documents.get(key)
        store.write_state([StateWrite(key, msgspec.json.encode(value), known.version if known is not None else None)])


@fault("canary-late")
def no_canary_for_two_hours(found: Organisation) -> Iterator[None]:
    document(found, canary.KEY, {"sent": datetime.now(UTC) - timedelta(hours=2)})
    yield
    document(found, canary.KEY, {"sent": datetime.now(UTC)})


@fault("region-silent")
def a_silent_region(found: Organisation) -> Iterator[None]:
    hour = hour_of(datetime.now(UTC))
    silent = {"*/eu-west-1": Silence(hour - 20, 15.0, 300), f"{found.members[0]}/eu-west-1": Silence(hour - 20, 15.0, 300)}
    document(found, silent_regions.KEY, silent_regions.Checked(hour, silent))
    yield
    document(found, silent_regions.KEY, silent_regions.Checked(hour))


@fault("policy-unreadable")
def a_broken_policy(found: Organisation) -> Iterator[None]:
    document(found, POLICY, {"schema": "what"})
    yield
    document(found, POLICY, Policy(version=1))


@fault("engine-newer")
def a_newer_engine(found: Organisation) -> Iterator[None]:
    here = this_engine()
    document(found, ENGINE, structs.replace(here, number=here.number + 1))
    yield
    document(found, ENGINE, here)
