"""Files of any mix: every record comes out, every bad line is named, nothing stops the rest."""

import gzip
import io
import json

import pytest

from gatewatch.model import RawRecord, Refused
from gatewatch.reading.files import Carrier, FileLimits, read
from gatewatch.reading.json_text import value_of


def taken(body, **options):
    return [(item.origin, said(item)) for item in read(["-"], stdin=io.BytesIO(body), **options)]


def said(item):
    try:
        return value_of(item.data) if isinstance(item, RawRecord) else item.reason
    except ValueError:
        return "invalid_json"


A, B = {"a": 1}, {"b": [2]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", []),
        (b"\n \n", []),
        (b'{"a":1}\n{"b":[2]}', [("-:1", A), ("-:2", B)]),
        (b'{"a":1}\r\n{"b":[2]}\r\n', [("-:1", A), ("-:2", B)]),
        (b'\xef\xbb\xbf{"a":1}\n', [("-:1", A)]),
        (b'{"a":1}\nnope\n{"b":[2]}\n{"cut": ', [("-:1", A), ("-:2", "invalid_json"), ("-:3", B), ("-:4", "invalid_json")]),
        (b'[{"a":1},{"b":[2]}]', [("-:1[0]", A), ("-:1[1]", B)]),
        (b'{"Records":[{"a":1},{"b":[2]}]}', [("-:1[0]", A), ("-:1[1]", B)]),
        (b'{"value":[{"a":1}]}', [("-:1", A)]),
        (b'{\n "a": 1\n}\n', [("-:1", A)]),
        (b'[\n {"a": 1},\n {"b": [2]}\n]', [("-:1[0]", A), ("-:1[1]", B)]),
        (b'{\n "a": 1\n}\n{\n "b": [2]\n}', [("-:1", A), ("-:4", B)]),
        (b'{\n "a": \n}\n{\n "b": [2]\n}', [("-:1", "invalid_json"), ("-:4", B)]),
        (b'{"a":1}\n{\n "b": [2]\n}', [("-:1", A), ("-:2", B)]),
        (b'{"a":1,"a":2}', [("-:1", {"a": 2})]),
        (b'{"a":NaN,"b":Infinity,"c":1e999}', [("-:1", {"a": None, "b": None, "c": None})]),
        (b'{"a":"\\ud800"}', [("-:1", {"a": "\ud800"})]),
        (b'{"a":"\xff"}', [("-:1", {"a": "\ufffd"})]),
        (b"[" * 100_000 + b'\n{"a":1}\n', [("-:1", "invalid_json"), ("-:2", A)]),
        ('{"a":1}\n{"b":[2]}'.encode("utf-16"), [("-:1", A), ("-:2", B)]),
        (b"null\n", [("-:1", None)]),
    ],
)
def test_mixes(body, expected):
    assert taken(body) == expected
    assert taken(gzip.compress(body)) == expected


def test_endless_numbers_are_read():
    ((_, data),) = taken(b'{"a":1' + b"0" * 10_000 + b"}")
    assert isinstance(data["a"], int)


def test_a_cut_gzip_file_keeps_what_came_before():
    body = gzip.compress(b'{"a":1}\n' * 5 + bytes(range(256)) * 400)
    found = taken(body[:-30])
    assert found[:5] == [(f"-:{n}", A) for n in range(1, 6)]
    assert found[-1][1] == "file_truncated_or_corrupt"


def test_a_bomb_ends_at_the_bound():
    found = taken(gzip.compress(b'{"a":1}\n' * 100_000), limits=FileLimits(decompressed=8_000))
    assert len(found) < 1_100
    assert found[-1][1] == "file_too_large"


def test_a_long_line_is_refused_and_the_rest_goes_on():
    body = b'{"a":"' + b"x" * 5_000 + b'"}\n{"b":[2]}\n'
    assert taken(body, limits=FileLimits(line=1_000)) == [("-:1", "record_too_large"), ("-:2", B)]
    assert taken(body, limits=FileLimits(record=1_000)) == [("-:1", "record_too_large"), ("-:2", B)]


def test_folders_are_read_in_order(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.jsonl").write_text('{"b":[2]}\n')
    (tmp_path / "a.json").write_text(json.dumps(A, indent=1))
    (tmp_path / "notes.txt").write_text("not a record")
    (tmp_path / "sub" / "c.ndjson.gz").write_bytes(gzip.compress(b'{"a":1}'))
    assert [(item.origin.removeprefix(str(tmp_path)), said(item)) for item in read([tmp_path])] == [
        ("/a.json:1", A),
        ("/b.jsonl:1", B),
        ("/sub/c.ndjson.gz:1", A),
    ]


def test_what_cannot_be_opened_is_refused(tmp_path):
    found = list(read([tmp_path / "missing.json", "-"]))
    assert [(type(item), item.reason) for item in found] == [(Refused, "file_unreadable")] * 2


def test_the_carrier_travels_with_every_record():
    (found,) = read(["-"], stdin=io.BytesIO(b'{"a":1}'), carrier=Carrier(tenant="t-1"))
    assert (value_of(found.data), found.tenant, found.origin) == (A, "t-1", "-:1")


def test_a_document_beyond_its_bound_is_refused():
    found = taken(b'{\n "a": 1,\n "b": "' + b"x" * 500 + b'"\n}\n', limits=FileLimits(document=100))
    assert {reason for _, reason in found} == {"invalid_json", "file_too_large"}


def test_a_long_line_at_the_end_of_a_file():
    assert taken(b'{"a":"' + b"x" * 3_000_000, limits=FileLimits(line=1_000)) == [("-:1", "record_too_large")]
