"""Which calls weaken what CloudTrail records or what reaches Gatewatch."""

import pytest

from gatewatch.providers.aws.raw_samples import call
from tests.builders.common import detail

BASIC = {"includeManagementEvents": True, "readWriteType": "All", "excludeManagementEventSources": []}


def selectors(*found):
    return {"trailName": "t", "eventSelectors": [BASIC | one for one in found]}


def advanced(*fields):
    named = [{"field": field, **test} for field, test in fields]
    return {"trailName": "t", "advancedEventSelectors": [{"name": "all", "fieldSelectors": named}]}


MANAGEMENT = ("eventCategory", {"equals": ["Management"]})
REMOVED = "management_events_removed"

TRAILS = [
    pytest.param("StopLogging", {"name": "t"}, "logging_stopped", id="logging stops"),
    pytest.param("DeleteTrail", {"name": "t"}, "trail_deleted", id="a trail is deleted"),
    pytest.param("UpdateTrail", {"name": "t", "isMultiRegionTrail": False}, "trail_narrowed", id="one Region is left"),
    pytest.param("UpdateTrail", {"name": "t", "includeGlobalServiceEvents": "false"}, "trail_narrowed", id="global services are left out"),
    pytest.param("UpdateTrail", {"name": "t", "isMultiRegionTrail": True, "s3BucketName": "b"}, None, id="another bucket"),
    pytest.param("PutEventSelectors", selectors({}), None, id="everything is recorded"),
    pytest.param("PutEventSelectors", selectors({"includeManagementEvents": False}), REMOVED, id="no management events"),
    pytest.param("PutEventSelectors", selectors({"readWriteType": "WriteOnly"}), REMOVED, id="writes only"),
    pytest.param("PutEventSelectors", selectors({"readWriteType": "ReadOnly"}, {"readWriteType": "WriteOnly"}), None, id="together all"),
    pytest.param("PutEventSelectors", selectors({"excludeManagementEventSources": ["kms.amazonaws.com"]}), None, id="without KMS"),
    pytest.param("PutEventSelectors", selectors({"excludeManagementEventSources": ["sts.amazonaws.com"]}), REMOVED, id="without STS"),
    pytest.param("PutEventSelectors", {"trailName": "t", "eventSelectors": []}, REMOVED, id="no selector"),
    pytest.param("PutEventSelectors", advanced(MANAGEMENT), None, id="advanced: everything"),
    pytest.param("PutEventSelectors", advanced(("eventCategory", {"equals": ["Data"]})), REMOVED, id="advanced: data events"),
    pytest.param("PutEventSelectors", advanced(MANAGEMENT, ("readOnly", {"equals": ["false"]})), REMOVED, id="advanced: writes only"),
    pytest.param("PutEventSelectors", advanced(MANAGEMENT, ("eventSource", {"notEquals": ["kms.amazonaws.com"]})), None, id="advanced: without KMS"),
    pytest.param("PutEventSelectors", advanced(MANAGEMENT, ("eventSource", {"notEquals": ["signin.amazonaws.com"]})), REMOVED, id="without sign-in"),
    pytest.param("PutEventSelectors", advanced(MANAGEMENT, ("eventSource", {"notStartsWith": ["s"]})), REMOVED, id="an unreadable exclusion"),
    pytest.param("PutEventSelectors", advanced(MANAGEMENT, ("eventName", {"equals": ["RunInstances"]})), REMOVED, id="one event name"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "request_", "weakening"), TRAILS)
def test_calls_about_a_trail(read, name, request_, weakening):
    change = detail(read(call("cloudtrail", name, 1, request_))).change

    assert (change.weakening, change.target, change.ours) == (weakening, "t", None)


@pytest.mark.parametrize("name", ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"])
def test_without_parameters_the_worst_is_assumed_of_a_trail(read, name):
    change = detail(read(call("cloudtrail", name, 1, None, errorCode="AccessDenied"))).change

    assert change.weakening is not None
    assert (change.target, change.ours) == (None, None)


OURS = "prod-gatewatch-sign-in"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:prod-Detector-1A2B3C4D5E6F"
DELIVERY = [
    pytest.param("events", "DisableRule", {"name": OURS}, "rule_disabled", True, id="our rule is disabled"),
    pytest.param("events", "DisableRule", {"name": "nightly"}, "rule_disabled", False, id="somebody else's rule"),
    pytest.param("events", "DisableRule", {"name": "r", "eventBusName": "prod-Gatewatch-central"}, "rule_disabled", True, id="on our bus"),
    pytest.param("events", "DeleteRule", {"name": OURS}, "rule_deleted", True, id="deleted"),
    pytest.param("events", "RemoveTargets", {"rule": OURS, "ids": ["queue"]}, "targets_removed", True, id="without its target"),
    pytest.param("events", "PutTargets", {"rule": OURS, "targets": [{"id": "queue", "arn": "arn:aws:sqs:us-east-1:111122223333:q"}]}, "targets_changed", True, id="with another target in the place of ours"),
    pytest.param("events", "PutTargets", {"rule": "nightly", "targets": []}, "targets_changed", False, id="targets of somebody else's rule"),
    pytest.param("events", "PutRule", {"name": OURS, "state": "DISABLED"}, "rule_disabled", True, id="put as disabled"),
    pytest.param("events", "PutRule", {"name": OURS, "eventPattern": "{}"}, "rule_changed", True, id="with another pattern"),
    pytest.param("events", "DeleteEventBus", {"name": "prod-gatewatch-central"}, "bus_deleted", True, id="the bus"),
    pytest.param("events", "RemovePermission", {"statementId": "organization", "eventBusName": "prod-gatewatch-central"}, "bus_policy_changed", True, id="nobody may send to our bus"),
    pytest.param("events", "PutPermission", {"policy": "{}", "eventBusName": "prod-gatewatch-central"}, "bus_policy_changed", True, id="others may send to our bus"),
    pytest.param("events", "RemovePermission", {"removeAllPermissions": True}, "bus_policy_changed", False, id="nobody may send to the default bus"),
    pytest.param("lambda", "UpdateEventSourceMapping20150331", {"functionName": FUNCTION, "enabled": False}, "mapping_stopped", True, id="stopped"),
    pytest.param("lambda", "UpdateEventSourceMapping20150331", {"functionName": FUNCTION, "filterCriteria": {"filters": [{"pattern": "{}"}]}}, "mapping_stopped", True, id="filtered"),
    pytest.param("lambda", "UpdateEventSourceMapping20150331", {"functionName": FUNCTION, "batchSize": 5}, None, True, id="a batch size"),
    pytest.param("lambda", "PutFunctionConcurrency20171031", {"functionName": FUNCTION, "reservedConcurrentExecutions": 0}, "function_stopped", True, id="no concurrency"),
    pytest.param("lambda", "PutFunctionConcurrency20171031", {"functionName": FUNCTION, "reservedConcurrentExecutions": 5}, None, True, id="some concurrency"),
    pytest.param("lambda", "DeleteFunction20150331", {"functionName": "another"}, "function_stopped", False, id="another function"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "name", "request_", "weakening", "ours"), DELIVERY)
def test_calls_about_delivery(read, service, name, request_, weakening, ours):
    change = detail(read(call(service, name, 1, request_))).change

    assert (change.weakening, change.ours) == (weakening, ours)


def test_the_answer_names_the_function_of_a_mapping(read):
    record = call(
        "lambda", "UpdateEventSourceMapping20150331", 1, {"uuid": "u", "enabled": False}, responseElements={"functionArn": FUNCTION}
    )

    assert detail(read(record)).change.ours is True


def test_without_parameters_nothing_is_known_of_a_rule(read):
    change = detail(read(call("events", "DisableRule", 1, None, errorCode="AccessDenied"))).change

    assert (change.weakening, change.ours) == (None, None)
