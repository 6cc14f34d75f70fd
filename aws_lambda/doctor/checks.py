"""Every check of `gatewatch doctor aws`, in the order in which a sign-in travels."""

from collections.abc import Callable, Iterator

from gatewatch.doctor.examine import Inspection
from gatewatch.doctor.findings import CannotLook, Diagnosis, NeverAsked
from gatewatch.model import Severity

from . import forwarders, home, sight, telling, trails
from .finding import aws_diagnosis
from .world import World

MISSING = "stack-missing"


def stack(world: World) -> Iterator[Diagnosis]:
    """The home stack is there and its last deployment succeeded."""
    try:
        found = world.stack()
    except CannotLook as error:
        if "ValidationError" not in error.reason:
            raise
        yield aws_diagnosis(
            id=MISSING,
            severity=Severity.CRITICAL,
            problem="There is no stack of this name in this Region and account.",
            fix="say --stack NAME and --region REGION, or deploy it: docs/aws.md",
        )
        raise
    if found.status.endswith("FAILED") or found.status == "ROLLBACK_COMPLETE":
        yield aws_diagnosis(
            id="stack-failed",
            severity=Severity.HIGH,
            subject=found.name,
            problem=f"The last deployment ended in {found.status}; what is deployed is unknown.",
            fix=f"aws cloudformation describe-stack-events --stack-name {found.name} --region {found.region} --max-items 20\nmend, then sam deploy",
        )


def _check(name: str, title: str, ask: Callable[[World], Iterator[Diagnosis]]) -> Inspection[World]:
    return Inspection(name, title, ask, (MISSING,))


CHECKS: tuple[Inspection[World], ...] = (
    _check("stack", "the home stack", stack),
    _check("trails", "trails", trails.trails),
    _check("own-regions", "Regions of the home account", forwarders.own_regions),
    _check("forwarders", "forwarders of the organisation", forwarders.instances),
    _check("heartbeats", "heartbeats of forwarders", forwarders.heartbeats),
    _check("forwarder-dead-letters", "dead letters of forwarders", forwarders.dead_letters),
    _check("bus", "the central bus", home.bus),
    _check("rules", "event rules", home.rules),
    _check("queues", "queues", home.queues),
    _check("function", "functions and mappings", home.functions),
    _check("schedules", "the canary's schedule", home.schedules),
    _check("secrets", "secrets", telling.secrets),
    _check("tuning", "the tuning's parameter", telling.tuning),
    _check("subscribers", "topics and subscribers", telling.subscribers),
    _check("alarms", "alarms", telling.alarms),
    _check("canary", "the last canary", sight.canary),
    _check("silent-regions", "silent Regions", sight.silent_regions),
    _check("policy", "policy and engine", sight.policy),
)

NEVER: tuple[NeverAsked, ...] = (
    NeverAsked(
        what="whether CloudTrail emits a sign-in",
        reason="only a sign-in shows it; silent Regions are found from what is usual",
        command="sign in as an IAM user without MFA, then gatewatch alerts list",
    ),
    NeverAsked(
        what="whether a message reaches a person",
        reason="it would be sent to people; a confirmed subscription is looked for",
        command="aws sns publish --topic-arn TOPIC --subject test --message test",
    ),
)
