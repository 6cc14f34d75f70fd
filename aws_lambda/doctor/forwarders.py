"""Forwarders: one in every Region of every account, current, unchanged, heard of, and without dead letters."""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from gatewatch.doctor.findings import CannotLook, Diagnosis
from gatewatch.model import Severity

from .finding import aws_diagnosis
from .world import Instance, Place, World

DRIFT_AGE = timedelta(days=30)
NAMED = 5
"""Accounts that a finding names; the rest is counted."""


def own_regions(world: World) -> Iterator[Diagnosis]:
    """Every enabled Region of the home account has a forwarder of its own that is on."""
    stack = world.stack()
    bus = stack.outputs.get("CentralBusArn", "CENTRAL_BUS_ARN")
    refused: dict[str, CannotLook] = {}
    for region in world.regions():
        if region == stack.region:
            continue
        try:
            states = world.forwards(region)
        except CannotLook as error:  # a service control policy often refuses whole Regions; what the others show counts
            refused[region] = error
            continue
        if not states:
            yield aws_diagnosis(
                id="region-uncovered",
                severity=Severity.HIGH,
                subject=region,
                problem="The Region is enabled in the home account and has no forwarder: a sign-in at its endpoint is not seen.",
                fix=f"aws cloudformation deploy --region {region} --stack-name gatewatch-forwarder --template-file infra/aws/region-forwarder.yaml "
                f"--capabilities CAPABILITY_NAMED_IAM --parameter-overrides CentralBusArn={bus}",
            )
        elif "DISABLED" in states:
            yield aws_diagnosis(
                id="forwarder-disabled",
                severity=Severity.CRITICAL,
                subject=region,
                problem="A rule of the home account's forwarder is disabled: sign-ins of the Region are not forwarded.",
                fix=f"aws events list-rules --name-prefix gatewatch --region {region}\naws events enable-rule --name NAME --region {region}",
            )
    if refused:
        first = next(iter(refused.values()))
        raise CannotLook(f"{', '.join(sorted(refused))}: {first.reason}", first.fix)


def instances(world: World) -> Iterator[Diagnosis]:
    """Every account of the organisation has a forwarder in every enabled Region; each is current and as the template has it."""
    if world.stack_set is None:
        return
    stack, found = world.stack(), world.instances()
    have = {one.place for one in found} | set(world.beside)
    accounts = [account for account in world.accounts() if account != stack.account]
    wanted = {Place(account, region) for account in accounts for region in world.regions()}
    again = f"sam deploy --config-env organization  # renews the StackSet {world.stack_set}"
    yield from _by_region(wanted - have, "forwarder-missing", Severity.HIGH, "have no forwarder; their sign-ins are not seen", again)
    failed = {one.place for one in found if one.status == "INOPERABLE" or one.detailed in {"FAILED", "INOPERABLE"}}
    yield from _by_region(failed, "forwarder-failed", Severity.HIGH, "have a forwarder whose deployment failed", again)
    old = {one.place for one in found if one.status == "OUTDATED"} - failed
    yield from _by_region(
        old, "forwarder-outdated", Severity.MEDIUM, "have a forwarder of an earlier version or of other parameters", again
    )
    yield from _drift(found, world, again)


def _drift(found: Collection[Instance], world: World, again: str) -> Iterator[Diagnosis]:
    drifted = {one.place for one in found if one.drift == "DRIFTED"}
    yield from _by_region(drifted, "forwarder-drifted", Severity.HIGH, "have a forwarder that somebody changed by hand", again)
    stale = [one for one in found if one.checked is None or world.now - one.checked > DRIFT_AGE]
    if stale:
        yield aws_diagnosis(
            id="forwarder-drift-unknown",
            severity=Severity.LOW,
            subject=world.stack_set or "",
            problem=f"{len(stale)} forwarders were not compared with their template within {DRIFT_AGE.days} days.",
            fix=f"aws cloudformation detect-stack-set-drift --stack-set-name {world.stack_set} --call-as DELEGATED_ADMIN",
        )


def heartbeats(world: World) -> Iterator[Diagnosis]:
    """Every forwarder was heard of within two hours, and the alarm expects as many as there are."""
    if world.stack_set is None and not world.beside:
        return
    stack = world.stack()
    places = {one.place for one in world.instances() if one.status != "INOPERABLE"} if world.stack_set is not None else set()
    places |= set(world.beside)
    own = {region: _forwards(world, region) for region in world.regions()}
    places |= {Place(stack.account, region) for region, forwards in own.items() if forwards}
    places.discard(Place(stack.account, stack.region))
    expected = int(stack.parameters.get("ExpectedForwarders", "0") or 0)
    if expected != len(places) and None not in own.values():
        yield aws_diagnosis(
            id="expected-forwarders",
            severity=Severity.MEDIUM,
            subject=str(expected),
            problem=f"ExpectedForwarders is {expected} and {len(places)} forwarders are known: the alarm Forwarders is off, or hides a missing one.",
            fix=f"sam deploy --parameter-overrides ExpectedForwarders={len(places)}",
        )
    if expected:
        fix = "look at the forwarder's rule, its role and the policy of the central bus; gatewatch deadletter list shows what it could not deliver"
        problem = "have a forwarder that delivered no heartbeat within two hours"
        yield from _by_region(places - world.heartbeats(), "forwarder-silent", Severity.CRITICAL, problem, fix)


def _forwards(world: World, region: str) -> bool | None:
    """Whether the home account has a forwarder there; None if these credentials may not ask, which ``own_regions`` says."""
    try:
        return bool(world.forwards(region))
    except CannotLook:
        return None


def dead_letters(world: World) -> Iterator[Diagnosis]:
    """No forwarder keeps what it could not deliver."""
    if world.stack_set is None and not world.beside:
        return
    found = world.dead_letters()
    address = f"stackset:{world.stack_set}" if world.stack_set else "QUEUE_URL"
    fix = f"gatewatch deadletter list {address}\ngatewatch deadletter redrive {address} --all --to {world.stack().outputs.get('QueueUrl', 'QUEUE_URL')}"
    full = {place for place, number in found.number.items() if number}
    yield from _by_region(full, "forwarder-dead-letters", Severity.HIGH, "keep events that could not be delivered", fix)
    fix = "deploy the forwarders with DeadLetterReaderArn, the role that you use; the management account has a stack of its own"
    yield from _by_region(found.unreadable, "forwarder-unreadable", Severity.LOW, "have dead letters that nobody can read", fix)


def _by_region(places: Iterable[Place], kind: str, severity: Severity, what: str, fix: str) -> Iterator[Diagnosis]:
    """One finding a Region, however many accounts."""
    regions: dict[str, list[str]] = {}
    for place in sorted(places):
        regions.setdefault(place.region, []).append(place.account)
    for region, accounts in sorted(regions.items()):
        more = len(accounts) - NAMED
        named = ", ".join(accounts[:NAMED]) + (f" and {more} more" if more > 0 else "")
        problem = f"{len(accounts)} accounts {what}: {named}."
        yield aws_diagnosis(id=kind, severity=severity, subject=region, problem=problem, fix=fix)
