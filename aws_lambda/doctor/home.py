"""The home stack: rules, central bus, queues, and the function that reads them."""

import shlex
from collections.abc import Collection, Iterable, Iterator

from gatewatch.doctor.findings import Diagnosis
from gatewatch.model import Severity

from .finding import aws_diagnosis
from .policies import Statement, admits_source, allows, denied, everybody, organizations, services
from .world import EventRule, HomeStack, Queue, SourceMapping, WantedRule, World

OTHER_TARGETS = {"DetectorSweep": "", "CentralHeartbeatRule": "", "TrailObjectRule": "ObjectQueue"}
"""Rules whose target is not the queue: another queue, or none."""

LIVE, BUCKET = ("Detector", "Queue", "DeadLetterQueue"), ("BucketReader", "ObjectQueue", "ObjectDeadLetterQueue")
SENDERS = {"events.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com"}
"""Who sends to a queue: rules, and for log files of a bucket also a topic or the bucket."""

PUT, SEND = "events:PutEvents", "sqs:SendMessage"
RETENTION = 1_209_600
"""Seconds (14 days, the most that SQS has); every queue of the template keeps its messages so long."""

VISIBILITY = 60
"""Seconds that the shorter of the two functions may take; a message that is visible earlier is processed twice at once."""

REDEPLOY = "sam deploy"
"""Brings back what the template has and the account has not."""


def rules(world: World) -> Iterator[Diagnosis]:
    """Every rule of the stack is there, on, as the template has it, and aims at the queue."""
    stack = world.stack()
    bus = _central(stack)
    for logical, wanted in stack.rules.items():
        name = stack.resources[logical].name
        rule = world.rule(name, bus if wanted.central else None)
        on = f" --event-bus-name {bus}" if wanted.central else ""
        if rule is None:
            yield _rule(
                "rule-missing", name, "The rule was deleted; what it takes does not arrive.", f"{REDEPLOY}  # with the stack's parameters"
            )
        elif rule.state == "DISABLED":
            yield _rule(
                "rule-disabled",
                name,
                "The rule is disabled; what it takes does not arrive.",
                f"aws events enable-rule --name {name}{on} --region {stack.region}\n"
                f"then look up who disabled it: gatewatch alerts list --text {name}",
            )
        else:
            yield from _as_wanted(name, rule, wanted, _arn_of(stack, OTHER_TARGETS.get(logical, "Queue")), stack)


def _as_wanted(name: str, rule: EventRule, wanted: WantedRule, queue: str, stack: HomeStack) -> Iterator[Diagnosis]:
    drift = f"aws cloudformation detect-stack-drift --stack-name {stack.name} --region {stack.region}\nthen {REDEPLOY}"
    if wanted.pattern is not None and _folded(rule.pattern) != _folded(wanted.pattern):
        yield _rule("rule-changed", name, "The rule's pattern is not that of the template; it may leave out sign-ins.", drift)
    elif rule.state != wanted.state:
        yield _rule("rule-changed", name, f"The rule's state is {rule.state} and not {wanted.state}: read-only events are left out.", drift)
    if not rule.targets or (queue and queue not in rule.targets):
        yield _rule("rule-without-target", name, "The rule does not aim at the stack's queue; what it takes goes nowhere.", drift)


def _rule(kind: str, name: str, problem: str, fix: str) -> Diagnosis:
    return aws_diagnosis(id=kind, severity=Severity.CRITICAL, subject=name, problem=problem, fix=fix)


def _folded(pattern: object) -> object:
    """A pattern whose lists have no order."""
    if isinstance(pattern, dict):
        return {key: _folded(value) for key, value in pattern.items()}
    if isinstance(pattern, list):
        return sorted((_folded(one) for one in pattern), key=repr)
    return pattern


def bus(world: World) -> Iterator[Diagnosis]:
    """The central bus is there, and admits the organisation and no other account."""
    stack = world.stack()
    organization = stack.parameters.get("TrustedOrganizationId", "")
    found = world.bus()
    name = _central(stack)
    if found is None:
        yield _bus("bus-missing", name, "The central bus was deleted; no other Region or account can forward.", REDEPLOY)
        return
    puts = allows(found.statements, PUT)
    fix = f"{REDEPLOY} --parameter-overrides TrustedOrganizationId={organization}"
    if organization and denied(found.statements, PUT):
        yield _bus(
            "bus-policy-missing", name, "A statement of the bus's policy denies everybody to put events; every forwarder is refused.", fix
        )
    elif organization and not any(organization in organizations(one) for one in puts):
        yield _bus("bus-policy-missing", name, f"The bus does not admit the organisation {organization}; every forwarder is refused.", fix)
    for sid in (str(one.get("Sid", "")) for one in puts if everybody(one)):
        fix = f"aws events remove-permission --event-bus-name {name} --statement-id {shlex.quote(sid)} --region {stack.region}"
        yield _bus("bus-open", name, "Every AWS account may put events onto the bus, and so forge sign-ins.", fix)


def _bus(kind: str, name: str, problem: str, fix: str) -> Diagnosis:
    return aws_diagnosis(id=kind, severity=Severity.CRITICAL, subject=name, problem=problem, fix=fix)


def inputs(stack: HomeStack) -> Iterator[tuple[str, str, str]]:
    """Function, queue and dead-letter queue of each input: EventBridge, and the bucket of a trail where there is one."""
    yield LIVE
    if stack.parameters.get("TrailBucket"):
        yield BUCKET


def queues(world: World) -> Iterator[Diagnosis]:
    """The queues and their dead letters are there, who sends to them may, nothing is dead."""
    stack = world.stack()
    for _, queue, dead in inputs(stack):
        for logical in (queue, dead):
            resource = stack.resources.get(logical)
            url = resource.name if resource is not None else ""
            found = world.queue(url) if url else None
            if found is None:
                yield _queue("queue-missing", logical, "The queue was deleted; what is sent to it is lost.", REDEPLOY)
                continue
            if logical != BUCKET[2] and not _admitted(found.statements, _sources(stack) if logical in LIVE else []):
                problem = "The queue's policy does not admit who sends to it; every event is refused, and lost after 24 hours."
                yield _queue("queue-policy-missing", url, problem, f"{REDEPLOY}  # with the stack's parameters")
            if logical == dead and found.messages:
                yield _dead_letters(url, found.messages)
            yield from _keeps(found, "" if logical == dead else _arn_of(stack, dead))


def _dead_letters(url: str, number: int) -> Diagnosis:
    return aws_diagnosis(
        id="dead-letters",
        severity=Severity.HIGH,
        subject=url,
        problem=f"{number} records could not be processed and wait for a person.",
        fix=f"gatewatch deadletter list {url}\ngatewatch deadletter redrive {url} --all",
    )


def _queue(kind: str, subject: str, problem: str, fix: str) -> Diagnosis:
    return aws_diagnosis(id=kind, severity=Severity.CRITICAL, subject=subject, problem=problem, fix=fix)


def _admitted(statements: Collection[Statement], sources: Iterable[str]) -> bool:
    """Whether a service that sends may, and each of these rules."""
    senders = [one for one in allows(statements, SEND) if not SENDERS.isdisjoint(services(one))]
    return bool(senders) and not denied(statements, SEND) and all(any(admits_source(one, arn) for one in senders) for arn in sources)


def _sources(stack: HomeStack) -> list[str]:
    """The ARNs of the rules that send to the live queue."""
    bus = _central(stack)
    found = ((stack.resources[logical].name, wanted) for logical, wanted in stack.rules.items() if logical not in OTHER_TARGETS)
    return [stack.arn("events", f"rule/{bus}/{name}" if wanted.central else f"rule/{name}") for name, wanted in found]


def _keeps(found: Queue, dead: str) -> Iterator[Diagnosis]:
    """Nothing is deleted before its time: SQS forgets what is older than the retention, and what it gives up on without a dead-letter queue."""
    wrong = []
    if found.retention < RETENTION:
        wrong.append(f"it keeps messages for {found.retention} seconds and not for {RETENTION}")
    if dead and found.gives_up_to != dead:
        wrong.append("what it gives up on does not go to the stack's dead-letter queue")
    if dead and found.visibility < VISIBILITY:
        wrong.append(f"a message that is being processed comes again after {found.visibility} seconds, while the function is at it")
    if wrong:
        problem = f"The queue was changed: {'; '.join(wrong)}."
        yield _queue("queue-changed", found.url, problem, f"{REDEPLOY}  # after aws cloudformation detect-stack-drift")


def functions(world: World) -> Iterator[Diagnosis]:
    """The functions can run, and their mappings read the queues."""
    stack = world.stack()
    for logical, queue, _ in inputs(stack):
        resource = stack.resources.get(logical)
        yield from _can_run(world, resource.name if resource is not None else logical, _arn_of(stack, queue), stack)


def _can_run(world: World, name: str, queue: str, stack: HomeStack) -> Iterator[Diagnosis]:
    found = world.function(name)
    if found is None:
        yield _function("function-missing", name, "The function was deleted; records wait in the queue for 14 days.", REDEPLOY)
        return
    if found.reserved == 0:
        fix = f"aws lambda delete-function-concurrency --function-name {name} --region {stack.region}"
        yield _function("function-stopped", name, "The function's concurrency is 0: it never runs. Records wait in the queue.", fix)
    if found.state not in {"Active", "Inactive", ""}:
        fix = f"aws lambda get-function --function-name {name} --region {stack.region} --query Configuration.StateReason"
        yield _function("function-broken", name, f"The function's state is {found.state}: it cannot run.", fix)
    yield from _mappings(world.mappings(name), queue, name, stack.region)


def _mappings(found: Iterable[SourceMapping], queue: str, name: str, region: str) -> Iterator[Diagnosis]:
    of_queue = [one for one in found if one.source == queue]
    if not of_queue:
        yield _function("mapping-missing", name, "Nothing reads the queue: the event source mapping was deleted.", REDEPLOY)
    for one in of_queue:
        update = f"aws lambda update-event-source-mapping --uuid {one.uuid} --region {region}"
        if one.state not in {"Enabled", "Enabling", "Creating", "Updating"}:
            problem = f"The event source mapping is {one.state}: nothing reads the queue."
            yield _function("mapping-disabled", name, problem, f"{update} --enabled")
        if one.filtered:
            problem = "The event source mapping has a filter. SQS deletes what it leaves out."
            yield _function("mapping-filtered", name, problem, f"{update} --filter-criteria '{{}}'")


def _function(kind: str, subject: str, problem: str, fix: str) -> Diagnosis:
    return aws_diagnosis(id=kind, severity=Severity.CRITICAL, subject=subject, problem=problem, fix=fix)


def schedules(world: World) -> Iterator[Diagnosis]:
    """The canary's schedule is on."""
    stack = world.stack()
    for name in stack.of_type("AWS::Scheduler::Schedule").values():
        state = world.schedule(name)
        if state != "ENABLED":
            yield aws_diagnosis(
                id="canary-schedule-off",
                severity=Severity.HIGH,
                subject=name,
                problem="The schedule of the canary is off or gone: nothing proves that sign-ins would arrive.",
                fix=f"{REDEPLOY}  # writes the schedule anew",
            )


def _central(stack: HomeStack) -> str:
    found = stack.resources.get("CentralBus")
    return found.name if found is not None else f"{stack.name}-gatewatch-central"


def _arn_of(stack: HomeStack, logical: str) -> str:
    """The ARN of one of the stack's queues: its physical id is an address."""
    found = stack.resources.get(logical)
    return stack.arn("sqs", found.name.rpartition("/")[2]) if found is not None else ""
