"""The metric line that the alarms read."""

import json
import logging

import pytest

from azure_function.metrics import METRICS, PREFIX, emit


def test_a_line_is_one_json_object_without_what_is_unknown(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "gatewatch.metrics"):
        emit("tenant-1", "sign_ins", "done", lag_seconds=12.5, records=3, levels=None)
    (line,) = (record.getMessage() for record in caplog.records)
    assert json.loads(line.removeprefix(PREFIX)) == {
        "tenant": "tenant-1",
        "stream": "sign_ins",
        "state": "done",
        "lag_seconds": 12.5,
        "records": 3,
    }


@pytest.mark.parametrize(("state", "numbers"), [("done", {"lag": 1}), ("gone", {})], ids=["number", "state"])
def test_what_is_not_listed_is_refused(state: str, numbers: dict[str, float]):
    with pytest.raises(ValueError, match="no such metric or state"):
        emit("tenant-1", "sign_ins", state, **numbers)


def test_no_metric_is_listed_twice():
    assert len({metric.name for metric in METRICS}) == len(METRICS)
