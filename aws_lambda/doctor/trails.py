"""Trails: without one that logs, EventBridge gets nothing of what this product reads."""

from collections.abc import Iterator

from gatewatch.doctor.findings import CannotLook, Diagnosis
from gatewatch.model import Severity

from .finding import aws_diagnosis
from .world import HomeStack, Trail, World


def trails(world: World) -> Iterator[Diagnosis]:
    """Exist, log, in every Region, with global services, management events, for the organisation."""
    stack, found = world.stack(), world.trails()
    if not found:
        yield _missing(stack)
        return
    logging = [trail for trail in found if trail.logging]
    if not logging:
        yield from map(_stopped, found)
        return
    managing = [trail for trail in logging if trail.all_management_events]
    if not managing:
        yield from map(_no_management_events, logging)
    best, needed = managing or logging, bool(stack.parameters.get("TrustedOrganizationId"))
    # Everything must be true of one trail: a trail of all Regions and another one of all accounts leave out the other accounts' Regions.
    one = max(best, key=lambda trail: (trail.organization and needed, trail.multi_region, trail.global_events))
    if not one.multi_region:
        yield _one_region(one)
    if not one.global_events:
        yield _no_global_events(one)
    if needed and not one.organization:
        yield _no_organization(one)
    yield from (_undelivered(trail) for trail in logging if trail.delivery_error)
    if all(trail.selectors_unread for trail in best):
        raise CannotLook(f"which events the trail takes: {best[0].selectors_unread}", "look with credentials of the trail's own account")


def _update(trail: Trail, *options: str) -> str:
    return f"aws cloudtrail update-trail --name {trail.arn} --region {trail.home_region} {' '.join(options)}"


def _missing(stack: HomeStack) -> Diagnosis:
    organization = " --is-organization-trail" if stack.parameters.get("TrustedOrganizationId") else ""
    return aws_diagnosis(
        id="trail-missing",
        severity=Severity.CRITICAL,
        problem="No trail records this account. EventBridge gets sign-ins only where a trail logs management events.",
        fix=f"aws cloudtrail create-trail --name gatewatch --s3-bucket-name BUCKET --is-multi-region-trail{organization} --region {stack.region}\n"
        f"aws cloudtrail start-logging --name gatewatch --region {stack.region}",
    )


def _stopped(trail: Trail) -> Diagnosis:
    return aws_diagnosis(
        id="trail-stopped",
        severity=Severity.CRITICAL,
        subject=trail.name,
        problem="The trail does not log, and no other one does. No sign-in reaches EventBridge.",
        fix=f"aws cloudtrail start-logging --name {trail.arn} --region {trail.home_region}",
    )


def _no_management_events(trail: Trail) -> Diagnosis:
    selector = '\'[{"ReadWriteType": "All", "IncludeManagementEvents": true}]\''
    return aws_diagnosis(
        id="trail-without-management-events",
        severity=Severity.CRITICAL,
        subject=trail.name,
        problem="The trail leaves out management events, or a part of them. Sign-ins and tokens are management events, some of them read-only.",
        fix=f"aws cloudtrail put-event-selectors --trail-name {trail.arn} --region {trail.home_region} --event-selectors {selector}",
    )


def _one_region(trail: Trail) -> Diagnosis:
    return aws_diagnosis(
        id="trail-of-one-region",
        severity=Severity.HIGH,
        subject=trail.name,
        problem=f"The trail records {trail.home_region} alone. Who signs in chooses the Region of the sign-in endpoint.",
        fix=_update(trail, "--is-multi-region-trail", "--include-global-service-events"),
    )


def _no_global_events(trail: Trail) -> Diagnosis:
    return aws_diagnosis(
        id="trail-without-global-events",
        severity=Severity.HIGH,
        subject=trail.name,
        problem="The trail leaves out global services, and with them root's sign-ins and calls to IAM and STS.",
        fix=_update(trail, "--include-global-service-events"),
    )


def _no_organization(trail: Trail) -> Diagnosis:
    return aws_diagnosis(
        id="trail-of-one-account",
        severity=Severity.HIGH,
        subject=trail.name,
        problem="The stack serves an organisation, and no trail of the organisation logs. An account without a trail of its own is not seen.",
        fix=f"with credentials of the management account: {_update(trail, '--is-organization-trail')}",
    )


def _undelivered(trail: Trail) -> Diagnosis:
    return aws_diagnosis(
        id="trail-not-delivered",
        severity=Severity.MEDIUM,
        subject=trail.name,
        problem=f"CloudTrail cannot write to the trail's bucket ({trail.delivery_error}). EventBridge goes on; what it loses cannot be found again.",
        fix=f"aws cloudtrail get-trail-status --name {trail.arn} --region {trail.home_region}\nthen mend the policy of the bucket or of its key",
    )
