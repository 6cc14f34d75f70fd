"""Something is away, taken away or switched off, and comes back."""

import json
import time

from tests.builders.aws import root_record
from tests.e2e_aws.installation import STACK, FailedError, Installation
from tests.e2e_aws.sign_ins import account, expect, with_mfa


def index_away(here: Installation) -> str:
    urgent, ordinary = root_record(account()), with_mfa("No")
    here.gate.shut()
    began = time.monotonic()
    here.emit(urgent, ordinary)
    (first,) = here.told(1)
    at_once = time.monotonic() - began
    here.until(lambda: time.monotonic() - began > 60, "", 70)
    here.gate.open()
    (later,) = here.told(1, 120)
    here.idle()
    stored = [here.alerts(one["recipientAccountId"]) for one in (urgent, ordinary)]
    expect(([len(one) for one in stored], [one[0].pending for one in stored]), ([1, 1], [(), ()]))
    expect((first[:8], later[:6]), ("CRITICAL", "MEDIUM"))
    return f"away 60 s: root told after {at_once:.1f} s and once, the other after {time.monotonic() - began:.0f} s; lost 0"


def until_the_dead_letters(here: Installation) -> str:
    here.deploy(VisibilityTimeout="5", MaxReceiveCount="3")
    record, dead = with_mfa("No"), here.outputs["DeadLetterQueueUrl"]
    here.gate.shut()
    began = time.monotonic()
    here.emit(record)
    here.until(lambda: here.waiting(dead) == 1, "nothing was dead-lettered", 120)
    given_up = time.monotonic() - began
    here.gate.open()
    done = here.gatewatch("deadletter", "redrive", dead, "--all", "--to", here.outputs["QueueUrl"])
    if done.returncode:
        raise FailedError(done.stdout + done.stderr)
    here.told(1)
    here.idle()
    expect((len(here.alerts(record["recipientAccountId"])), here.waiting(dead)), (1, 0))
    return f"SQS gave up after {given_up:.0f} s; redriven, told once"


def topic_removed(here: Installation) -> str:
    sns, record = here.account.client("sns"), with_mfa("No")
    sns.delete_topic(TopicArn=here.topic)
    here.emit(record)
    here.idle()
    owner = record["recipientAccountId"]
    here.until(lambda: here.alerts(owner), "the alert was not stored")
    expect(here.alerts(owner)[0].pending, ("sns",))
    made = sns.create_topic(Name=here.topic.rpartition(":")[2])["TopicArn"]
    expect(made, here.topic)
    here.inbox = here.account.subscribe(here.topic)
    here.until(lambda: _swept(here, owner), "the sweep did not send it", 120)
    here.told(1)
    return "stored and pending; the next sweep told it"


def _swept(here: Installation, owner: str) -> bool:
    here.sweep()
    return here.alerts(owner)[0].pending == ()


def findings(here: Installation) -> set[str]:
    """What the doctor finds in this account; the emulator answers not everything that it asks."""
    said = here.gatewatch("doctor", "aws", "--stack", STACK, "--json")
    return {one["id"] for one in json.loads(said.stdout)["findings"]}


def subscriber_missing(here: Installation) -> str:
    sns = here.account.client("sns")
    before = findings(here)
    (known,) = sns.list_subscriptions_by_topic(TopicArn=here.topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=known["SubscriptionArn"])
    found = findings(here)
    here.inbox = here.account.subscribe(here.topic)
    expect("subscriber-missing" in found, wanted=True)
    return f"doctor aws: subscriber-missing, beside {len(before)} that the emulator itself gives"


def mapping_disabled(here: Installation) -> str:
    client = here.account.client("lambda")
    (mapping,) = client.list_event_source_mappings(FunctionName=here.outputs["FunctionName"])["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    found = findings(here)
    here.emit(with_mfa("No"))
    here.told(0, 3)
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    here.told(1)
    expect("mapping-disabled" in found, wanted=True)
    return "doctor aws: mapping-disabled; the record waited and was told"


def permission_removed(here: Installation) -> str:
    iam, role = here.account.client("iam"), _role(here)
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    document = json.loads(document) if isinstance(document, str) else document
    kept = [one for one in document["Statement"] if "sqs:SendMessage" not in _list(one.get("Action"))]
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document | {"Statement": kept}))
    here.account.client("sqs").send_message(QueueUrl=here.outputs["QueueUrl"], MessageBody="poison")
    try:
        here.until(lambda: '"DeadLetterFailed"' in here.log(), "the log has no DeadLetterFailed", 60)
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    here.until(lambda: here.waiting(here.outputs["DeadLetterQueueUrl"]) == 1, "the record was lost", 60)
    here.account.wait_for(here.outputs["DeadLetterQueueUrl"])
    return "DeadLetterFailed while the right was gone, the record came again and was dead-lettered"


def _role(here: Installation) -> str:
    found = here.account.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return next(str(one["PhysicalResourceId"]) for one in found if one["LogicalResourceId"] == "DetectorRole")


def _list(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
