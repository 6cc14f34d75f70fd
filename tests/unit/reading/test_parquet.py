"""Parquet: each row is a record by the names of its columns, read by a process that may fail alone."""

import io
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from pyarrow import parquet

from gatewatch.model import RawRecord
from gatewatch.reading.files import FileLimits, Journal, read
from gatewatch.reading.files.limits import FrontError
from gatewatch.reading.files.parquet import parquet_rows
from gatewatch.reading.files.streams import Peekable
from gatewatch.reading.json_text import value_of
from tests.unit.reading.test_containers import zipped

ROWS = [
    {"eventTime": datetime(2026, 11, 20, 9, 1, tzinfo=UTC), "who": {"type": "Root", "ids": [1, 2]}, "flag": None},
    {"eventTime": datetime(2026, 11, 20, 9, 2, tzinfo=UTC), "who": {"type": "IAMUser", "ids": []}, "flag": True},
]
EXPECTED = [
    {"eventTime": "2026-11-20T09:01:00Z", "who": {"type": "Root", "ids": [1, 2]}, "flag": None},
    {"eventTime": "2026-11-20T09:02:00Z", "who": {"type": "IAMUser", "ids": []}, "flag": True},
]


def written(table):
    body = io.BytesIO()
    parquet.write_table(table, body)
    return body.getvalue()


def taken(body):
    journal = Journal()
    found = read(["-"], stdin=io.BytesIO(body), journal=journal)
    return [value_of(item.data) if isinstance(item, RawRecord) else item.reason for item in found], journal.files[-1].formats


def test_rows_are_records():
    body = written(pa.Table.from_pylist(ROWS))
    assert taken(body) == (EXPECTED, ("Parquet",))
    assert taken(zipped(("x.parquet", body))) == (EXPECTED, ("zip", "Parquet"))


def test_maps_bytes_and_times_without_a_zone_are_what_json_has():
    table = pa.table(
        {
            "map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
            "bytes": pa.array([b"\xff"]),
            "time": pa.array([datetime(2026, 11, 20, 9, 1)], pa.timestamp("us")),  # noqa: DTZ001 - Athena writes such times
            "number": pa.array([12], pa.decimal128(4, 0)),
        }
    )
    assert taken(written(table))[0] == [{"map": {"a": 1}, "bytes": "/w==", "time": "2026-11-20T09:01:00Z", "number": 12}]


@pytest.mark.parametrize("cut", [4, 100, -9])
def test_a_broken_file_is_refused_by_name(cut):
    assert taken(written(pa.Table.from_pylist(ROWS))[:cut])[0] == ["parquet_unreadable"]


def test_the_worker_may_not_fill_the_memory():
    body = written(pa.table({"text": pa.array(["x" * 2**20] * 200)}))
    with pytest.raises(FrontError, match="parquet_unreadable"):
        for _ in parquet_rows(Peekable(io.BytesIO(body)), FileLimits(), worker_memory=64 * 2**20):
            pass
