"""CloudTrail's LookupEvents, which moto does not have: a client with a history, its limits and its errors.

Every call and every answer is checked against the service model that botocore ships. Throttles as AWS documents: more than two calls a second.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

_MODEL = botocore.session.get_session().get_service_model("cloudtrail").operation_model("LookupEvents")
PAGE = 50


class EventHistory:
    """The history of one account in one Region."""

    def __init__(self, records: Sequence[Mapping[str, Any]], clock: Callable[[], float]) -> None:
        self._records, self._clock = records, clock
        self.calls: list[float] = []
        self.denied = False

    def lookup_events(self, **asked: Any) -> dict[str, Any]:
        _check(asked, _MODEL.input_shape)
        now = self._clock()
        if self.denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "LookupEvents")
        if asked["StartTime"] > asked["EndTime"]:
            raise ClientError({"Error": {"Code": "InvalidTimeRangeException"}}, "LookupEvents")
        if sum(now - 1 < call <= now for call in self.calls) >= 2:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "LookupEvents")
        self.calls.append(now)
        found = self._found(asked)
        start = int(asked.get("NextToken", 0))
        answer: dict[str, Any] = {"Events": found[start : start + asked["MaxResults"]]}
        if start + asked["MaxResults"] < len(found):
            answer["NextToken"] = str(start + asked["MaxResults"])
        _check(answer, _MODEL.output_shape)
        return answer

    def _found(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        (lookup,) = asked["LookupAttributes"]
        name = {"EventName": "eventName", "EventSource": "eventSource"}[lookup["AttributeKey"]]
        events = [_event(record) for record in self._records if record[name] == lookup["AttributeValue"]]
        inside = [event for event in events if asked["StartTime"] <= event["EventTime"] <= asked["EndTime"]]
        return sorted(inside, key=lambda event: event["EventTime"], reverse=True)


def _event(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "EventSource": record["eventSource"],
        "EventTime": datetime.fromisoformat(record["eventTime"]),
        "CloudTrailEvent": json.dumps(record),
    }


def _check(value: Mapping[str, Any], shape: Any) -> None:
    report = ParamValidator().validate(value, shape)
    assert not report.has_errors(), report.generate_report()
