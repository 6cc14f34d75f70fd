"""Who is notified: subscribers of the topics, alarms, and the secrets that the function reads."""

from collections.abc import Iterator
from datetime import timedelta

from gatewatch.doctor.findings import Diagnosis
from gatewatch.model import Severity

from .finding import aws_diagnosis
from .home import REDEPLOY
from .world import World

KEY_AGE = timedelta(days=180)
"""A key that is older should be renewed (NIST SP 800-57 leaves the period to the owner; the product's own limit)."""

TOPICS = {"Topic": "NotificationTopicArn", "AlarmTopic": "AlarmTopicArn"}
SECRETS = ("ElasticApiKeySecretArn", "TeamsWebhookSecretArn", "SlackWebhookSecretArn", "WebhookUrlSecretArn", "WebhookSigningSecretArn")


def subscribers(world: World) -> Iterator[Diagnosis]:
    """Both topics are there, each with a confirmed subscription. SNS accepts messages to a topic without one."""
    stack = world.stack()
    for logical, parameter in TOPICS.items():
        own = stack.resources.get(logical)
        arn = own.name if own is not None else stack.parameters.get(parameter, "")
        topic = world.topic(arn) if arn else None
        if topic is None:
            yield _topic("topic-missing", arn or logical, "The topic was deleted; nobody is notified.", REDEPLOY)
        elif not topic.confirmed:
            waiting = f" {topic.pending} subscriptions wait for their confirmation." if topic.pending else ""
            fix = f"aws sns subscribe --topic-arn {arn} --protocol email --notification-endpoint ADDRESS --region {stack.region}\nthen confirm the e-mail"
            yield _topic("subscriber-missing", arn, f"Nobody gets what the topic sends: it has no confirmed subscription.{waiting}", fix)


def _topic(kind: str, subject: str, problem: str, fix: str) -> Diagnosis:
    return aws_diagnosis(id=kind, severity=Severity.CRITICAL, subject=subject, problem=problem, fix=fix)


def secrets(world: World) -> Iterator[Diagnosis]:
    """The secrets are there, and the key is not too old."""
    stack = world.stack()
    for parameter in SECRETS:
        arn = stack.parameters.get(parameter, "")
        if not arn:
            continue
        found = world.secret(arn)
        if found is None or found.deleted:
            fix = f"aws secretsmanager restore-secret --secret-id {arn} --region {stack.region}"
            problem = f"The secret of {parameter} is deleted, or will be; the function cannot read it."
            yield aws_diagnosis(id="secret-missing", severity=Severity.CRITICAL, subject=arn, problem=problem, fix=fix)
        elif parameter == SECRETS[0] and found.changed is not None and world.now - found.changed > KEY_AGE:
            yield aws_diagnosis(
                id="key-old",
                severity=Severity.LOW,
                subject=arn,
                problem=f"The index's key is {(world.now - found.changed).days} days old; more than {KEY_AGE.days} give a leaked key too long a life.",
                fix="gatewatch elastic setup --new-key lambda --role host-aws\n"
                f"aws secretsmanager put-secret-value --secret-id {arn} --region {stack.region} --secret-string KEY",
            )


def tuning(world: World) -> Iterator[Diagnosis]:
    """The parameter of the tuning is there."""
    stack = world.stack()
    name = stack.parameters.get("TuningParameterName", "")
    if name and not world.parameter(name):
        yield aws_diagnosis(
            id="parameter-missing",
            severity=Severity.MEDIUM,
            subject=name,
            problem="The parameter with the tuning is deleted; a function that starts anew takes the policy without it, or the defaults.",
            fix=f"aws ssm put-parameter --name {name} --type String --value file://tuning.toml --region {stack.region}",
        )


def alarms(world: World) -> Iterator[Diagnosis]:
    """The alarms of the stack are there, and their actions are on."""
    stack = world.stack()
    found = {one.name: one for one in world.alarms()}
    wanted = set(stack.of_type("AWS::CloudWatch::Alarm").values())
    missing = sorted(wanted - found.keys())
    if missing or not found:
        yield aws_diagnosis(
            id="alarm-missing",
            severity=Severity.HIGH,
            subject=missing[0] if missing else stack.name,
            problem=f"{len(missing) or 'All'} alarms of the stack are gone; what they watch fails unseen.",
            fix=f"{REDEPLOY}  # with the stack's parameters",
        )
    silenced = sorted(name for name, one in found.items() if not one.notifies)
    if silenced:
        yield aws_diagnosis(
            id="alarm-silenced",
            severity=Severity.HIGH,
            subject=silenced[0],
            problem=f"{len(silenced)} alarms change their state and tell nobody.",
            fix=f"aws cloudwatch enable-alarm-actions --region {stack.region} --alarm-names {' '.join(silenced)}",
        )
