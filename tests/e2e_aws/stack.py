"""The stack itself: deployed, updated, extended by the bucket of a trail, rolled back, deleted."""

import contextlib
import gzip
import json
import re
import time

from botocore.exceptions import ClientError

from scripts.local_cloud.lambda_artifact import CannotBuildError
from tests.builders.aws import user_record
from tests.e2e_aws.installation import STACK, FailedError, Installation
from tests.e2e_aws.sign_ins import account, expect, with_mfa

RECORDS, LOGINS = 10_000, 10
BROKEN = """\
  Broken:
    Type: AWS::IAM::Policy
    DependsOn: Detector
    Properties:
      PolicyName: broken
      Roles: [nothing-has-this-name]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}
"""
"""A resource that cannot be made, after the function was changed."""


def deploy_the_landed_template(here: Installation) -> str:
    name, template = here.landed_template()
    here.deploy(template)
    return f"template of {name}"


def update_to_this_template(here: Installation) -> str:
    queue, record = here.outputs["QueueUrl"], with_mfa("No")
    here.emit(record)
    here.deploy(VisibilityTimeout="10", MaxReceiveCount="50")
    here.told(1)
    expect(here.outputs["QueueUrl"], queue)
    return "the queue stayed, what arrived meanwhile was told"


def bucket_object(here: Installation) -> str:
    """The second input: a log file of the trail, of which EventBridge brought one record already."""
    s3, owner = here.account.client("s3"), account()
    s3.create_bucket(Bucket="trail")
    here.deploy(TrailBucket="trail", TrailDelaySeconds="0", VisibilityTimeout="10", MaxReceiveCount="50")
    arn = here.outputs["ObjectQueueArn"]
    queue = here.account.client("sqs").get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    target = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(Bucket="trail", NotificationConfiguration={"QueueConfigurations": [target]})
    logins = [user_record(f"bucket-{number}", owner) for number in range(LOGINS)]
    here.emit(logins[0])
    here.told(1)
    others = [user_record("reader", owner, eventSource="s3.amazonaws.com", eventName="GetObject") for _ in range(RECORDS - LOGINS)]
    body = gzip.compress(json.dumps({"Records": [*others[:5000], *logins, *others[5000:]]}).encode())
    began = time.monotonic()
    key = f"AWSLogs/{owner}/CloudTrail/us-east-1/2026/11/28/{owner}_CloudTrail_us-east-1_20261128T1200Z_abcdefghijklmnop.json.gz"
    s3.put_object(Bucket="trail", Key=key, Body=body)
    here.told(LOGINS - 1, 120)
    took = time.monotonic() - began
    here.until(lambda: not here.waiting(queue), "the object was not done")
    expect(len(here.alerts(owner)), LOGINS)
    return f"{RECORDS} records ({len(body) / 1e6:.1f} MB packed), {LOGINS} sign-ins, {LOGINS - 1} new ones told after {took:.0f} s; the live one not again"


def rollback(here: Installation) -> str:
    """An update that fails half-way leaves what was there."""
    built = here.artifact.template
    text = re.sub(r"(CodeUri|ContentUri): (\w+)$", rf"\1: {built.parent}/\2", built.read_text("utf-8"), flags=re.MULTILINE)
    text = text.replace("Timeout: 60", "Timeout: 59").replace("\nResources:\n", f"\nResources:\n{BROKEN}", 1)
    try:
        here.deploy(here.written("broken.yaml", text))
    except CannotBuildError:
        (found,) = here.account.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        expect(found["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
        settings = here.account.client("lambda").get_function_configuration(FunctionName=here.outputs["FunctionName"])
        expect(settings["Timeout"], 60)
        here.emit(with_mfa("No"))
        here.told(1)
        return f"{found['StackStatus']}; the function is as it was and told the next sign-in"
    raise FailedError("the broken template was deployed")


def delete(here: Installation) -> str:
    here.account.client("cloudformation").delete_stack(StackName=STACK)
    here.until(lambda: not _exists(here), "the function was not deleted", 60)
    kept = [here.waiting(here.outputs[name]) for name in ("QueueUrl", "DeadLetterQueueUrl")]
    return f"the function is gone, both queues are kept with {sum(kept)} records"


def _exists(here: Installation) -> bool:
    with contextlib.suppress(ClientError):
        here.account.client("lambda").get_function(FunctionName=here.outputs["FunctionName"])
        return True
    return False
