"""CSV: rows under the names of their columns, whatever wrote them; columns that are not known are refused, once."""

import io

import pytest

from gatewatch.model import RawRecord
from gatewatch.reading.files import Carrier, FileLimits, read

ROW = {"time": "2026-11-20", "name": "J\u00f6rg, M", "text": 'a "b"'}


def taken(body, **options):
    carrier = Carrier(known_columns=lambda header: "time" in header)
    return [
        item.data if isinstance(item, RawRecord) else (item.origin, item.reason, item.detail)
        for item in read(["-"], stdin=io.BytesIO(body), carrier=carrier, **options)
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('time,name,text\n2026-11-20,"J\u00f6rg, M","a ""b"""\n', id="comma"),
        pytest.param('time;name;text\r\n2026-11-20;J\u00f6rg, M;"a ""b"""\r\n', id="semicolon-as-in-Excel"),
        pytest.param('time\tname\ttext\n2026-11-20\tJ\u00f6rg, M\t"a ""b"""\n', id="tab"),
        pytest.param('"time"|"name"|"text"\n"2026-11-20"|"J\u00f6rg, M"|"a ""b"""', id="bar-and-no-last-line-end"),
        pytest.param('\ufefftime,name,text,empty\n2026-11-20,"J\u00f6rg, M","a ""b""",\n', id="mark-and-empty-cell"),
        pytest.param('#TYPE System.Object\ntime,name,text\n2026-11-20,"J\u00f6rg, M","a ""b"""\n', id="PowerShell-type-line"),
        pytest.param('sep=;\ntime;name;text\n2026-11-20;J\u00f6rg, M;"a ""b"""\n', id="Excel-separator-line"),
        pytest.param('time,name,text,\n2026-11-20,"J\u00f6rg, M","a ""b""",\n', id="delimiter-at-the-end"),
        pytest.param('time,name,text\r2026-11-20,"J\u00f6rg, M","a ""b"""\r', id="line-ends-of-CR-alone"),
        pytest.param('time,name,text\n\n2026-11-20,"J\u00f6rg, M","a ""b"""\ntime,name,text\n', id="empty-line-and-header-again"),
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1252"])
def test_a_row_is_the_same_however_it_is_written(text, codec):
    body = text.encode(codec) if codec != "cp1252" else text.removeprefix("\ufeff").encode(codec)
    assert taken(body) == [ROW]


def test_a_cell_may_have_lines_and_json():
    assert taken(b'time,data\n1,"{""a"":\n [1,2]}"\n2,x\n') == [{"time": "1", "data": '{"a":\n [1,2]}'}, {"time": "2", "data": "x"}]


def test_a_first_column_without_a_name_is_the_index_of_pandas():
    assert taken(b",time,name\n0,1,x\n,time,name\n1,2,y\n") == [
        {"Unnamed: 0": "0", "time": "1", "name": "x"},
        {"Unnamed: 0": "1", "time": "2", "name": "y"},
    ]


def test_a_file_of_one_column_is_a_csv_if_it_holds_json():
    assert taken(b'time\n"{""a"": 1}"\n"{""a"": 2}"\n') == [{"time": '{"a": 1}'}, {"time": '{"a": 2}'}]


def test_a_file_behind_another_has_columns_of_its_own():
    body = b'time,name\n1,x\n"text",time,"name"\na,2,"b\r\nc"\nkind,name\n'
    assert taken(body) == [{"time": "1", "name": "x"}, {"text": "a", "time": "2", "name": "b\r\nc"}, {"text": "kind", "time": "name"}]


def test_of_a_column_that_stands_there_twice_the_first_counts():
    assert taken(b"time,type,name,type\n1,a,x,b\n2,,y,c\n") == [
        {"time": "1", "type": "a", "name": "x"},
        {"time": "2", "type": "c", "name": "y"},
    ]


@pytest.mark.parametrize(
    ("clear", "read"),
    [
        pytest.param("20/11/2026 10:00:00", "2026-11-05T10:00:00+00:00", id="day-first"),
        pytest.param("11/20/2026 10:00:00", "05/11/2026 10:00:00", id="month-first"),
        pytest.param("06/11/2026 10:00:00", "05/11/2026 10:00:00", id="nothing-decides"),
    ],
)
def test_one_date_decides_the_order_of_all_dates_of_a_file(clear, read):
    found = taken(f"time,name\n05/11/2026 10:00:00,a\n,b\n{clear},c\n05/11/2026 10:00:00,d\n".encode())
    assert [row.get("time") for row in found if row["name"] in {"a", "d"}] == [read, read]


def test_a_file_without_a_deciding_date_is_read_in_bounded_memory():
    rows = "".join(f"05/11/2026 10:00:00,{n}\n" for n in range(3_000))
    assert [row["name"] for row in taken(f"time,name\n{rows}".encode())] == [str(n) for n in range(3_000)]


def test_columns_that_are_not_known_are_refused_once():
    assert taken(b"when,who\n" + b"1,2\n" * 1_000) == [("-:1", "csv_columns_unknown", "when, who")]


def test_a_row_with_more_cells_than_columns_is_refused_and_the_rest_goes_on():
    assert taken(b"time,name\n1,2\n1,2,3\n4,5\n") == [{"time": "1", "name": "2"}, ("-:3", "csv_row_broken", ""), {"time": "4", "name": "5"}]


def test_an_endless_cell_is_refused_in_bounded_memory():
    found = taken(b'time,name\n1,"' + b"x" * 5_000 + b"\n4,5\n", limits=FileLimits(record=1_000))
    assert ("csv_row_broken" in {reason for _, reason, _ in (item for item in found if isinstance(item, tuple))}) is True


WHOLE = b'time,name,text\n1,a,"b\n ""c"""\n2,d,"e\n f"\n'
LAST = WHOLE.index(b"2,d")


@pytest.mark.parametrize("end", range(LAST + 1, len(WHOLE)))
def test_a_file_that_ends_within_its_last_row_says_so(end):
    """The last cell may be cut too, which nobody can see; a cell that is missing is never taken for an empty one."""
    *before, last = taken(WHOLE[:end])
    assert before == [{"time": "1", "name": "a", "text": 'b\n "c"'}]
    assert isinstance(last, dict) == (WHOLE[LAST:end].count(b",") == 2), last


def test_a_row_in_between_may_leave_out_its_last_cells():
    assert taken(b"time,name,text\n1,a\n2\n3,b,c\n4,d\n") == [
        {"time": "1", "name": "a"},
        {"time": "2"},
        {"time": "3", "name": "b", "text": "c"},
        {"time": "4", "name": "d"},
    ]
