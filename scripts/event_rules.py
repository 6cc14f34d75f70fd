"""What EventBridge delivers: one table, from which the rules of both AWS templates, their alarms and their rows in docs/aws.md are written.

``make docs`` renews them. Sources of the names: see the decoder (``gatewatch.providers.aws.event_names``); of the states, EventBridge user guide,
"Management events from CloudTrail": a rule in the state ENABLED sees no read-only event.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml


class EventRule(NamedTuple):
    """One rule. It stands on the default bus of the home stack, on that of every forwarder, and on the central bus."""

    name: str
    suffix: str  # of its name in EventBridge, by which calls against it are recognised
    about: str
    pattern: Mapping[str, Any]
    takes: str  # for people
    reads_too: bool = False  # also what CloudTrail counts as a read-only management event
    option: str = ""  # the parameter that switches it on
    volume: str = ""  # what the option brings, for people

    @property
    def condition(self) -> str:
        """The condition in both templates."""
        return f"Has{self.option.removeprefix('Deliver')}" if self.option else ""


def _records(services: Sequence[str], names: Sequence[object], **detail: object) -> dict[str, Any]:
    """A pattern for records of these services. The detail type is left out: AWS does not document it for events of services, and its guides spell it in several ways."""
    return {
        "source": [f"aws.{service}" for service in services],
        "detail": {"eventSource": [f"{service}.amazonaws.com" for service in services], "eventName": list(names), **detail},
    }


_CHANGES_OF_RULES = ("DisableRule", "DeleteRule", "RemoveTargets", "PutTargets", "PutRule")
_READS = ({"prefix": "List"}, {"prefix": "Describe"}, {"prefix": "Get"})
_READ_SERVICES = ("iam", "s3", "ec2", "sts")
_LONG_TERM_KEY = {"accessKeyId": [{"prefix": "AKIA"}]}
_INSTANCE = {"principalId": [{"wildcard": "*:i-*"}]}

RULES = (
    EventRule(
        name="SignIn",
        suffix="sign-in",
        about="Sign-ins, their factors, root's recovery and changes of event rules",
        pattern={
            "$or": [
                _records(
                    ["signin"],
                    [
                        "ConsoleLogin", "SwitchRole", "UserAuthentication", "CredentialChallenge", "CredentialVerification", "PasswordUpdated",
                        "PasswordRecoveryRequested", "PasswordRecoveryCompleted", "EmailUpdated",
                    ],
                ),
                {"source": ["aws.signin"], "detail-type": ["Sign-in Anomaly Alert"]},
                _records(["events"], _CHANGES_OF_RULES),
            ]
        },
        takes="console and portal sign-ins with their factors, role switches, root's password and e-mail events, AWS's anomaly alert, changes of event rules",
    ),
    EventRule(
        name="Token",
        suffix="token",
        about="Sign-in tokens, command line and portal sessions, federation tokens, some of which CloudTrail counts as read-only",
        pattern={
            "$or": [
                _records(
                    ["signin"],
                    [
                        "GetSigninToken", "AuthorizeOAuth2Access",
                        {"prefix": "CreateOAuth2Token"}, {"prefix": "RevokeOAuth2Token"}, {"prefix": "IntrospectOAuth2Token"},
                    ],
                ),
                _records(["sts"], ["GetFederationToken"]),
                _records(["sso"], ["CreateToken", "Authenticate", "Federate", "GetRoleCredentials"]),
                _records(["sso-oauth"], ["CreateTokenWithIAM"]),
            ]
        },
        takes="sign-in tokens, `aws login`, portal sessions, tokens and role credentials, federation tokens",
        reads_too=True,
    ),
    EventRule(
        name="Watching",
        suffix="watching",
        about="Calls that weaken what CloudTrail records or what reaches Gatewatch",
        pattern={
            "$or": [
                _records(["cloudtrail"], ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"]),
                _records(["events"], [*_CHANGES_OF_RULES, "DeleteEventBus", "RemovePermission", "PutPermission"]),
                _records(  # Lambda's names end in the version of its API
                    ["lambda"],
                    [{"prefix": "UpdateEventSourceMapping"}, {"prefix": "DeleteEventSourceMapping"}, {"prefix": "PutFunctionConcurrency"}, {"prefix": "DeleteFunction2"}],
                ),
            ]
        },
        takes="calls that weaken trails, event rules, buses, queue mappings and functions",
    ),
    EventRule(
        name="KeyUse",
        suffix="key-use",
        about="Long-term keys that ask whose they are",
        pattern=_records(["sts"], ["GetCallerIdentity"], userIdentity=_LONG_TERM_KEY),
        takes="GetCallerIdentity of long-term keys",
        reads_too=True,
        option="DeliverKeyUse",
        volume="one event a run of a program or pipeline",
    ),
    EventRule(
        name="AgentCall",
        suffix="agent-call",
        about="Calls of the agents of instances",
        pattern=_records(["ssm"], ["UpdateInstanceInformation"], userIdentity=_INSTANCE),
        takes="UpdateInstanceInformation, by which an instance's own network is learnt",
        option="DeliverAgentCalls",
        volume="288 events a day for each instance",
    ),
    EventRule(
        name="ListCall",
        suffix="list-call",
        about="Read calls of long-term keys and of the roles of instances, and lists of the portal",
        pattern={
            "$or": [
                _records(_READ_SERVICES, _READS, userIdentity=_LONG_TERM_KEY),
                _records(_READ_SERVICES, _READS, userIdentity=_INSTANCE),
                _records(["sso"], ["ListAccounts", "ListAccountRoles"]),
            ]
        },
        takes="read calls to IAM, S3, EC2 and STS by long-term keys and instance roles, account lists of the portal",
        reads_too=True,
        option="DeliverListCalls",
        volume="often thousands of events a day for each program",
    ),
)  # fmt: skip

HEARTBEAT = {"source": ["gatewatch.forwarder"]}
"""What a forwarder's schedule puts on its own default bus every hour. It takes the way of a sign-in, by the same rule, role and bus."""

CENTRAL = "Central"
_ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_TO_QUEUE = ("Id: queue", "Arn: !GetAtt Queue.Arn")
_TO_BUS = ("Id: central", "Arn: !Ref CentralBusArn", "RoleArn: !GetAtt ForwarderRole.Arn")


def home_rules() -> str:
    """The rules of template.yaml on the default bus."""
    return "\n".join(_rule(rule, _TO_QUEUE) for rule in RULES)


def central_rules() -> str:
    """The rules of template.yaml on the central bus."""
    return "\n".join(_rule(rule, _TO_QUEUE, central=True) for rule in RULES)


def forwarder_rules() -> str:
    """The rules of the forwarder."""
    sign_in, *others = RULES
    with_heartbeat = sign_in._replace(pattern={"$or": [*sign_in.pattern["$or"], HEARTBEAT]})
    written = "\n".join(_rule(rule, _TO_BUS, name=_name_in_a_set(rule)) for rule in (with_heartbeat, *others))
    return re.sub(r"State: (\w+)", r"State: !If [AtHome, DISABLED, \1]", written)


def home_sources() -> str:
    """The rules that may send to the queues of template.yaml."""
    found = [_source(name, rule) for prefix in ("", CENTRAL) for rule in RULES for name in [f"{prefix}{rule.name}Rule"]]
    return "\n".join([*found, "                  - !GetAtt CanaryRule.Arn"])


def forwarder_sources() -> str:
    """The rules that may send to the dead-letter queue of the forwarder."""
    return "\n".join(_source(f"{rule.name}Rule", rule) for rule in RULES)


def alarms() -> str:
    """An alarm for each rule of template.yaml on events that did not reach the queue."""
    return "\n".join(_alarm(rule, central=central) for central in (False, True) for rule in RULES)


def table() -> str:
    """The rows of docs/aws.md."""
    rows = ["| EventBridge rule | takes | default |", "| --- | --- | --- |"]
    for rule in RULES:
        takes = f"`{rule.option}`: {rule.takes}" if rule.option else rule.takes
        rows.append(f"| `-gatewatch-{rule.suffix}` | {takes} | {f'off: {rule.volume}' if rule.option else 'on'} |")
    return "\n".join(rows)


def _name_in_a_set(rule: EventRule) -> str:
    """A name of at most 64 characters: the stack's own name, StackSet-NAME-UUID, has more. The end of the stack's id keeps two stacks apart."""
    return f'!Sub ["gatewatch-{rule.suffix}-${{id}}", {{id: !Select [4, !Split ["-", !Select [2, !Split ["/", !Ref AWS::StackId]]]]}}]'


def _rule(rule: EventRule, target: Sequence[str], *, central: bool = False, name: str = "") -> str:
    prefix, suffix = (CENTRAL, "central-") if central else ("", "")
    where = "other Regions and accounts" if central else "this Region"
    lines = [f"{prefix}{rule.name}Rule:", "  Type: AWS::Events::Rule", *([f"  Condition: {rule.condition}"] if rule.option else [])]
    lines += [
        "  Properties:",
        f"    Name: {name or f'!Sub ${{AWS::StackName}}-gatewatch-{suffix}{rule.suffix}'}",
        f"    Description: {rule.about} ({where})",
    ]
    lines += ["    EventBusName: !Ref CentralBus"] if central else []
    lines += [f"    State: {_ALL if rule.reads_too else 'ENABLED'}", "    EventPattern:"]
    written = yaml.safe_dump(_plain(rule.pattern), sort_keys=False, width=150, default_flow_style=None)
    lines += [f"      {line}" for line in written.splitlines()]
    first, *rest = target
    lines += ["    Targets:", f"      - {first}", *(f"        {line}" for line in rest)]
    lines += ["        DeadLetterConfig: {Arn: !GetAtt DeadLetterQueue.Arn}"]
    lines += ["        RetryPolicy: {MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185}"]
    return "\n".join(f"  {line}" for line in lines)


def _plain(pattern: object) -> object:
    """Tuples as lists, and no shared parts: CloudFormation reads no YAML aliases."""
    if isinstance(pattern, Mapping):
        return {key: _plain(value) for key, value in pattern.items()}
    return [_plain(value) for value in pattern] if isinstance(pattern, list | tuple) else pattern


def _source(name: str, rule: EventRule) -> str:
    arn = f"!GetAtt {name}.Arn"
    return f"                  - {f'!If [{rule.condition}, {arn}, !Ref AWS::NoValue]' if rule.option else arn}"


def _alarm(rule: EventRule, *, central: bool) -> str:
    prefix, suffix = (CENTRAL, "central-") if central else ("", "")
    bus = "{Name: EventBusName, Value: !Ref CentralBus}, " if central else ""
    topic = "!If [CreateAlarmTopic, !Ref AlarmTopic, !Ref AlarmTopicArn]"
    lines = [
        f"{prefix}{rule.name}RuleFailedAlarm:",
        "  Type: AWS::CloudWatch::Alarm",
        *([f"  Condition: {rule.condition}"] if rule.option else []),
    ]
    lines += ["  Properties:", "    AlarmDescription: EventBridge could not deliver to the queue"]
    lines += ["    Namespace: AWS/Events", "    MetricName: FailedInvocations"]
    lines += [f'    Dimensions: [{bus}{{Name: RuleName, Value: !Sub "${{AWS::StackName}}-gatewatch-{suffix}{rule.suffix}"}}]']
    lines += ["    Statistic: Sum", "    Period: 300", "    EvaluationPeriods: 1", "    Threshold: 0"]
    lines += ["    ComparisonOperator: GreaterThanThreshold", "    TreatMissingData: notBreaching"]
    lines += [f"    AlarmActions: [{topic}]", f"    OKActions: [{topic}]"]
    return "\n".join(f"  {line}" for line in lines)
