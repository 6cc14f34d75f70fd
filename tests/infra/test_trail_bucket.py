"""The second input of the template: who may tell of log files, what its function may read, and what the log-archive account must allow."""

import json
from typing import Any

import pytest

from aws_lambda import bucket_settings, settings
from aws_lambda.bucket import SPARE_SECONDS
from aws_lambda.deadline import RESERVE_SECONDS
from scripts.local_cloud.lambda_artifact import ROOT
from tests.support.aws_templates import HOME, expanded
from tests.support.iam import granted, statements

ARCHIVE = ROOT / "infra" / "aws" / "log-archive"
SENDERS = {"ThisTopic": "sns.amazonaws.com", "ThisRule": "events.amazonaws.com", "ThisBucket": "s3.amazonaws.com"}
OWN = {
    "ObjectQueue", "ObjectDeadLetterQueue", "ObjectQueuePolicy", "ObjectDeadLetterQueuePolicy", "BucketReader", "BucketReaderRole",
    "BucketReaderLogGroup", "ObjectDeadLetterAlarm", "ObjectErrorsAlarm", "BucketReaderErrorsAlarm", "ObjectUnreadAlarm", "LiveMissingAlarm",
}  # fmt: skip


def archive(name: str) -> dict[str, Any]:
    found = json.loads((ARCHIVE / name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_nothing_of_it_is_made_where_no_bucket_is_named(resources: dict[str, Any]) -> None:
    """Whoever updates a stack gets no new function, queue or right."""
    for name in OWN:
        assert resources[name]["Condition"] == "HasTrail"
    mapping = next(one for one in resources.values() if one["Type"] == "AWS::Lambda::EventSourceMapping" and "ObjectQueue" in str(one))
    assert mapping["Condition"] == "HasTrail"
    assert {one["Condition"] for name, one in resources.items() if name in {"TrailSubscription", "TrailObjectRule"}} == {
        "TrailBySns",
        "TrailByRule",
    }


def test_only_the_named_source_may_send_to_its_queue(resources: dict[str, Any]) -> None:
    found = {
        one.content["Sid"]: one.content for one in statements({"p": resources["ObjectQueuePolicy"]}) if one.content["Effect"] == "Allow"
    }
    assert {sid: one["Principal"]["Service"] for sid, one in found.items()} == SENDERS
    bucket = found["ThisBucket"]["Condition"]
    assert bucket["ArnEquals"] == {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:s3:::${TrailBucket}"}}
    account = {"Fn::If": ["HasTrailAccount", {"Ref": "TrailBucketAccount"}, {"Ref": "AWS::AccountId"}]}
    assert bucket["StringEquals"] == {"aws:SourceAccount": account}
    letters = [one.content for one in statements({"p": resources["ObjectDeadLetterQueuePolicy"]})]
    assert {one["Sid"]: one["Condition"] for one in letters if one["Effect"] == "Allow"} == {
        sid: found[sid]["Condition"] for sid in ("ThisTopic", "ThisRule")
    }


def test_the_queue_waits_longer_than_the_function_and_outlasts_four_days(resources: dict[str, Any]) -> None:
    queue, function = resources["ObjectQueue"]["Properties"], resources["BucketReader"]["Properties"]
    assert queue["VisibilityTimeout"] == 6 * function["Timeout"]
    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] >= 4 * 86400
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["ObjectDeadLetterQueue", "Arn"]}
    assert function["Timeout"] > 4 * (SPARE_SECONDS + RESERVE_SECONDS)


def test_its_function_has_every_setting_and_no_other(resources: dict[str, Any]) -> None:
    variables = set(resources["BucketReader"]["Properties"]["Environment"]["Variables"])
    detector = set(resources["Detector"]["Properties"]["Environment"]["Variables"])
    own = {setting.name for setting in bucket_settings.SETTINGS}
    assert variables - detector == own
    assert detector - variables == {settings.QUEUE_URL.name}


def test_it_may_read_log_files_below_the_prefix_and_nothing_else(resources: dict[str, Any]) -> None:
    (files,) = (
        one.content for one in statements({"BucketReaderRole": resources["BucketReaderRole"]}) if one.content.get("Sid") == "LogFiles"
    )
    pattern, names = files["Resource"]["Fn::Sub"]
    assert pattern == "arn:${AWS::Partition}:s3:::${TrailBucket}/${Prefix}AWSLogs/*"
    assert names["Prefix"]["Fn::If"] == ["HasTrailPrefix", {"Fn::Sub": "${TrailPrefix}/"}, ""]


@pytest.mark.parametrize("name", ["bucket-policy-statement.json", "key-policy-statement.json"])
def test_the_log_archive_allows_what_the_role_has_and_no_more(name: str) -> None:
    statement = archive(name)
    assert statement["Action"] in granted(expanded(HOME)["Resources"], "BucketReaderRole")
    assert statement["Principal"] == {"AWS": "BUCKET_READER_ROLE_ARN"}
    assert statement["Resource"] == "*" if "Condition" in statement else statement["Resource"].endswith("/AWSLogs/*")


def test_the_archives_notification_names_log_files_alone() -> None:
    (queue,) = archive("notification.json")["QueueConfigurations"]
    rules = {rule["Name"]: rule["Value"] for rule in queue["Filter"]["Key"]["FilterRules"]}
    assert rules == {"prefix": "TRAIL_PREFIX/AWSLogs/", "suffix": ".json.gz"}
    assert queue["Events"] == ["s3:ObjectCreated:*"]
