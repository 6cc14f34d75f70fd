"""A healthy organisation in moto: the home stack by CloudFormation from the template, a trail, members with forwarders in every Region, an index.

What moto's CloudFormation leaves out (policies of queues and buses, schedules, alarms) is made through the services' own APIs. moto
executes no service-managed StackSet: the set is self-managed here, and an instance gets its drift status by hand.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.cloudformation.models import cloudformation_backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from aws_lambda import canary
from aws_lambda.cli_doctor import clients_in
from aws_lambda.forwarders import ROLE
from gatewatch.stores import open_store
from tests.support.aws_templates import expanded

HOME = "us-east-1"
STACK, STACK_SET = "gatewatch", "gatewatch-forwarders"
CENTRAL = f"{STACK}-gatewatch-central"
TUNING = "/gatewatch/tuning"
NOT_IN_MOTO = {
    "AWS::Events::EventBusPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::CloudWatch::Alarm", "AWS::Scheduler::Schedule",
}  # fmt: skip
FORWARDER = {"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}}}


@cache
def aws(service: str, region: str = HOME) -> Any:
    return boto3.client(service, region_name=region)


def member(service: str, account: str, region: str) -> Any:
    """A client of another account."""
    keys = aws("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="test")["Credentials"]
    names = {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }
    return boto3.client(service, region_name=region, **names)


class Organisation:
    """What stands, by name."""

    def __init__(self, folder: Path) -> None:
        self.clients = clients_in(HOME)
        self.store = f"sqlite:{folder / 'index.sqlite'}"
        aws("organizations").create_organization(FeatureSet="ALL")
        self.members = [self._member(name) for name in ("one", "two")]
        self.regions = [name for name, state in _regions() if state != "not-opted-in"]
        self._trail()
        self._stack()
        self._beside_the_stack()
        self._forwarders()
        for instance in self.instances():
            drift(instance, "IN_SYNC")
        self.hear(datetime.now(UTC))
        with closing(open_store(self.store)) as store:
            canary.note(datetime.now(UTC), store, datetime.now(UTC))

    @staticmethod
    def _member(name: str) -> str:
        made = aws("organizations").create_account(Email=f"{name}@example.com", AccountName=name)
        return str(made["CreateAccountStatus"]["AccountId"])

    def _trail(self) -> None:
        aws("s3").create_bucket(Bucket="trail-bucket")
        aws("cloudtrail").create_trail(Name="all", S3BucketName="trail-bucket", IsMultiRegionTrail=True, IsOrganizationTrail=True)
        aws("cloudtrail").start_logging(Name="all")

    def _stack(self) -> None:
        aws("s3").create_bucket(Bucket="artifacts")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("empty.py", "")
        for name in ("Detector", "BucketReader", "SharedLayer"):
            aws("s3").put_object(Bucket="artifacts", Key=name, Body=buffer.getvalue())
        self.tuned()
        self.secret = aws("secretsmanager").create_secret(Name="key", SecretString="key")["ARN"]
        self.parameters = {
            "ElasticUrl": "https://es.example.com",
            "ElasticApiKeySecretArn": self.secret,
            "TrustedOrganizationId": "o-abcdefghij",
            "TrailBucket": "trail-bucket",
            "TrailNotifiedBy": "eventbridge",
            "TuningParameterName": TUNING,
            "ExpectedForwarders": str(len(self.members) * len(self.regions) + len(self.regions) - 1),
        }
        aws("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(_for_moto(expanded())),
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        listed = aws("cloudformation").list_stack_resources(StackName=STACK)["StackResourceSummaries"]
        self.names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed if one.get("PhysicalResourceId")}

    @staticmethod
    def tuned() -> None:
        aws("ssm").put_parameter(Name=TUNING, Type="String", Value="#")

    def _beside_the_stack(self) -> None:
        for logical in ("Queue", "DeadLetterQueue", "ObjectQueue"):
            self.admit_events(self.names[logical])
        self.admit_organisation()
        self.subscriptions = {
            topic: aws("sns").subscribe(
                TopicArn=self.names[topic], Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{DEFAULT_ACCOUNT_ID}:x"
            )
            for topic in ("Topic", "AlarmTopic")
        }
        for name in ("CanaryAlarm", "IndexAlarm"):
            self.alarm(name)

    def alarm(self, name: str) -> None:
        aws("cloudwatch").put_metric_alarm(
            AlarmName=f"{STACK}-{name}-ABC", Namespace="Gatewatch", MetricName="x", Statistic="Sum", Period=60, EvaluationPeriods=1,
            Threshold=0, ComparisonOperator="GreaterThanThreshold", AlarmActions=[self.names["AlarmTopic"]],
        )  # fmt: skip

    @staticmethod
    def admit_events(url: str) -> None:
        statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    def admit_organisation(self) -> None:
        condition = {"StringEquals": {"aws:PrincipalOrgID": self.parameters["TrustedOrganizationId"]}}
        self.bus_policy({"Sid": "organization", "Condition": condition})

    @staticmethod
    def bus_policy(*statements: Mapping[str, Any]) -> None:
        arn = f"arn:aws:events:{HOME}:{DEFAULT_ACCOUNT_ID}:event-bus/{CENTRAL}"
        whole = {"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": arn}
        policy = {"Version": "2012-10-17", "Statement": [{**whole, **one} for one in statements]}
        aws("events").put_permission(EventBusName=CENTRAL, Policy=json.dumps(policy))

    def _forwarders(self) -> None:
        for region in self.regions:
            self.own_forwarder(region)
        cloudformation = aws("cloudformation")
        cloudformation.create_stack_set(StackSetName=STACK_SET, TemplateBody=json.dumps(FORWARDER))
        cloudformation.create_stack_instances(StackSetName=STACK_SET, Accounts=self.members, Regions=self.regions)

    @staticmethod
    def own_forwarder(region: str) -> None:
        if region != HOME:
            aws("events", region).put_rule(Name="gatewatch-sign-in-abc", EventPattern='{"source": ["aws.signin"]}', State="ENABLED")

    @staticmethod
    def instances() -> list[Any]:
        """The instances of the set, in moto's state."""
        (found,) = cloudformation_backends[DEFAULT_ACCOUNT_ID][HOME].stacksets.values()
        return list(found.instances.stack_instances)

    def places(self) -> list[tuple[str, str]]:
        own = [(DEFAULT_ACCOUNT_ID, region) for region in self.regions if region != HOME]
        return own + [(account, region) for account in self.members for region in self.regions]

    def hear(self, at: datetime, *, but: tuple[str, str] | None = None) -> None:
        """Heartbeats of every forwarder, as EventBridge writes them into the log group."""
        logs, group = aws("logs"), self.names["HeartbeatLog"]
        for one in logs.describe_log_streams(logGroupName=group)["logStreams"]:
            logs.delete_log_stream(logGroupName=group, logStreamName=one["logStreamName"])
        logs.create_log_stream(logGroupName=group, logStreamName="beats")
        stamp = int((at - timedelta(minutes=20)).timestamp() * 1000)
        beats = [{"source": "gatewatch.forwarder", "detail": {"account": a, "region": r}} for a, r in self.places() if (a, r) != but]
        events = [{"timestamp": stamp, "message": json.dumps(beat)} for beat in beats]
        logs.put_log_events(logGroupName=group, logStreamName="beats", logEvents=events)


def _regions() -> list[tuple[str, str]]:
    return sorted((one["RegionName"], one["OptInStatus"]) for one in aws("ec2").describe_regions(AllRegions=True)["Regions"])


def with_few_regions(here: pytest.MonkeyPatch) -> None:
    """Five of moto's Regions are enabled, the others are opt-in Regions that nobody opted in to."""
    for one in RegionsAndZonesBackend.regions:
        if one.name not in {HOME, "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2"}:
            here.setattr(one, "opt_in_status", "not-opted-in")


def drift(instance: Any, drifted: str, status: str = "CURRENT") -> None:
    """What CloudFormation says of an instance; moto always says CURRENT and knows no drift."""
    said = {**type(instance).to_dict(instance), "Status": status, "DriftStatus": drifted, "LastDriftCheckTimestamp": datetime.now(UTC)}
    instance.to_dict = lambda: said


def _for_moto(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template with the bus by its name: moto's CloudFormation cannot refer to one. What it does not know is left out."""
    found: dict[str, Any] = json.loads(json.dumps(template).replace(json.dumps({"Ref": "CentralBus"}), json.dumps(CENTRAL)))
    found["Resources"] = {name: one for name, one in found["Resources"].items() if one["Type"] not in NOT_IN_MOTO}
    return found
