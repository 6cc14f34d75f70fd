"""The front: every record comes out of a text of any layout, every bad line is named, nothing stops the rest."""

import gzip
import io
import json
import tracemalloc

import pytest

from gatewatch.model import RawRecord
from gatewatch.reading.envelopes import ENVELOPES, unwrap
from gatewatch.reading.files import Carrier, FileLimits, Journal, read
from gatewatch.reading.json_text import value_of


def taken(body, **options):
    return [(item.origin, said(item)) for item in read(["-"], stdin=io.BytesIO(body), **options)]


def said(item):
    try:
        return value_of(item.data) if isinstance(item, RawRecord) else item.reason
    except ValueError:
        return "invalid_json"


A, B = {"a": 1}, {"b": [2]}
LAYOUTS = [
    (b'{"a":1}\n{"b":[2]}', [("-:1", A), ("-:2", B)]),
    (b'{"a":1}\r\n{"b":[2]}\r\n', [("-:1", A), ("-:2", B)]),
    (b'{"a":1}\r{"b":[2]}\r', [("-:1", A), ("-:1", B)]),
    (b'{"a":1}\n\n\n{"b":[2]}\n\n', [("-:1", A), ("-:4", B)]),
    (b'{"a":1}{"b":[2]}', [("-:1", A), ("-:1", B)]),
    (b'{"a":1},{"b":[2]},\n', [("-:1", A), ("-:1", B)]),
    (b'{"a":1}\\n{"b":[2]}\\n', [("-:1", A), ("-:1", B)]),
    (b'\x1e{"a":1}\n\x1e{"b":[2]}\n', [("-:1", A), ("-:2", B)]),
    (b'\xef\xbb\xbf{"a":1}\n\xef\xbb\xbf{"b":[2]}', [("-:1", A), ("-:2", B)]),
    (b'[{"a":1},{"b":[2]}]', [("-:1[0]", A), ("-:1[1]", B)]),
    (b'[{"a":1}\n,{"b":[2]}\n]', [("-:1[0]", A), ("-:1[1]", B)]),
    (b'[{"a":1}]\n[{"b":[2]}]', [("-:1", A), ("-:2", B)]),
    (b'{"Records":[{"a":1},{"b":[2]}]}', [("-:1[0]", A), ("-:1[1]", B)]),
    (b'{"Records":[]}', []),
    (b'{"value":[{"a":1}]}', [("-:1", A)]),
    (b'{"@odata.context":"x","value":[{"a":1},{"b":[2]}],"@odata.nextLink":"y"}', [("-:1[0]", A), ("-:1[1]", B)]),
    (b'{"Records":[{"a":1}]}{"Records":[{"b":[2]}]}', [("-:1", A), ("-:1", B)]),
    (b'{"a":{"Records":[1]}}', [("-:1", {"a": {"Records": [1]}})]),
    (b'{"detail":{},"Records":[1]}', [("-:1", {"detail": {}, "Records": [1]})]),
    (b'{"value":"text","a":1}', [("-:1", {"value": "text", "a": 1})]),
    (b'{\n "a": 1\n}\n', [("-:1", A)]),
    (b'[\n {"a": 1},\n {"b": [2]}\n]', [("-:1[0]", A), ("-:1[1]", B)]),
    (b'{\n "a": 1\n}\n{\n "b": [2]\n}', [("-:1", A), ("-:4", B)]),
    (b'{"a":1}\n{\n "b": [2]\n}', [("-:1", A), ("-:2", B)]),
    (b'"{\\"a\\":1}"\n"{\\"b\\":[2]}"', [("-:1", '{"a":1}'), ("-:2", '{"b":[2]}')]),
    (b'2026-11-20T09:01:00.000Z {"a":1}\n2026-11-20T09:01:01.000Z {"b":[2]}\n', [("-:1", A), ("-:2", B)]),
    (b'<134>1 2026-11-20T09:01:00Z host ct - - - {"a":1}\n', [("-:1", A)]),
    (b'[2026-11-20 09:01:00] INFO {x} {"a":1} done\n{"b":[2]}', [("-:1", A), ("-:2", B)]),
    (b'var log = {"a":1};\n', [("-:1", A)]),
    (b'2026-11-20 host {\n "a": 1\n}\n2026-11-20 host {\n "b": [2]\n}\n', [("-:1", A), ("-:4", B)]),
    (b'callback([{"a":1},{"b":[2]}]);', [("-:1", A), ("-:1", B)]),
    (b'\x1b[32m{"a":1}\x1b[0m\n', [("-:1", A)]),
    (b"null\n", [("-:1", None)]),
    (b"", []),
    (b"\n \n", []),
]
BROKEN = [
    (b'{"a":1}\nnope\n{"b":[2]}\n{"cut": ', [("-:1", A), ("-:2", "invalid_json"), ("-:3", B), ("-:4", "invalid_json")]),
    (b'{\n "a": \n}\n{\n "b": [2]\n}', [("-:1", "invalid_json"), ("-:4", B)]),
    (b'{"a": "cut\n{"b":[2]}', [("-:1", "invalid_json"), ("-:2", B)]),
    (b'{"Records":[{"a":1},{"b":[2]},{"cu', [("-:1[0]", A), ("-:1[1]", B), ("-:1", "invalid_json")]),
    (b'[\n{"a":1},\n{"b":[2]},\n{"cu', [("-:1[0]", A), ("-:1[1]", B), ("-:4", "invalid_json")]),
    (b'{"a": nul{"b":[2]}\n', [("-:1", "invalid_json"), ("-:1", B)]),
    (b"{'a': 1}\n{'b': [2]}\n", [("-:1", A), ("-:2", B)]),
    (b'{"cut":\n2026-11-20 {"a":1}\n2026-11-20 {"b":[2]}', [("-:1", "invalid_json"), ("-:2", A), ("-:3", B)]),
    (b'{\n  "cut": [\n    1,\n  x\n}\nlog {"a":1}', [("-:1", "invalid_json"), ("-:6", A)]),
    (b'{"a":1,"a":2}', [("-:1", {"a": 2})]),
    (b'{"a":NaN,"b":Infinity,"c":1e999}', [("-:1", {"a": None, "b": None, "c": None})]),
    (b'{"a":NaN}\n{"b":[2]}', [("-:1", {"a": None}), ("-:2", B)]),
    (b'{\n"a":NaN\n}\n{"b":[2]}', [("-:1", {"a": None}), ("-:4", B)]),
    (b'{"a":"\x01"}', [("-:1", {"a": "\x01"})]),
    (b'{"a":"\\ud800"}', [("-:1", {"a": "\ud800"})]),
    (b"[" * 100_000 + b'\n{"a":1}\n', [("-:1", "invalid_json"), ("-:2", A)]),
]


@pytest.mark.parametrize(("body", "expected"), [*LAYOUTS, *BROKEN])
def test_layouts(body, expected):
    assert taken(body) == expected
    assert taken(gzip.compress(body)) == expected


@pytest.mark.parametrize(("body", "expected"), LAYOUTS)
def test_a_layout_of_any_length_is_read_in_parts(body, expected):
    """The limits decide how much is in memory, not what comes out."""
    small = FileLimits(record=40, window=12, document=200)
    assert [value for _, value in taken(body, limits=small)] == [value for _, value in expected]


@pytest.mark.parametrize(
    ("body", "layout"),
    [
        (b'{"a":1}\n{"b":2}\n', "JSON lines"),
        (b'{"a":1}\n', "JSON"),
        (b'{\n"a":1}', "JSON"),
        (b'{"a":1}{"b":2}', "JSON"),
        (b"a,b\n1,2\n", "CSV"),
    ],
)
def test_the_journal_names_the_layout(body, layout):
    journal = Journal()
    list(read(["-"], stdin=io.BytesIO(body), journal=journal))
    assert [report.formats for report in journal.files] == [(layout,)]


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (b'2026-11-20 {"a":1}', ("text_before_json",)),
        (b'{"a":1} end', ("text_after_json",)),
        (b'{"a":"\xc3\xa4\xff"}', ("broken_utf8",)),
        (b'{"a":1}', ()),
    ],
)
def test_the_journal_says_what_is_odd(body, note):
    journal = Journal()
    list(read(["-"], stdin=io.BytesIO(body), journal=journal))
    assert journal.files[0].notes == note


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"Dear all\nthis is no log\n", "no_json_and_no_csv"),
        (b"[section]\nkey = 1\n", "no_json_and_no_csv"),
        (b"# Title\n\n```\nif (x) { y(); }\n```\n", "no_json_and_no_csv"),
        (b"\x00\x01\x02picture\x00" * 50, "binary"),
    ],
)
def test_what_is_no_log_is_left_out_by_name(body, reason):
    journal = Journal()
    assert list(read(["-"], stdin=io.BytesIO(body), journal=journal)) == []
    assert [report.left_out for report in journal.files] == [reason]


def test_endless_numbers_are_read():
    ((_, data),) = taken(b'{"a":1' + b"0" * 10_000 + b"}")
    assert isinstance(data["a"], int)


SMALL = FileLimits(record=1_000, window=2_000, document=4_000)
LONG = b'{"a":"' + b"x" * 5_000 + b'"}'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (LONG + b'\n{"b":[2]}\n', [("-:1", "record_too_large"), ("-:2", B)]),
        (LONG + b'{"b":[2]}\n', [("-:1", "record_too_large"), ("-:1", B)]),
        (b'[{"a":1},' + LONG + b',{"b":[2]}]', [("-:1[0]", A), ("-:1", "record_too_large"), ("-:1[2]", B)]),
        (
            b'{"Records":[{"a":1},' + LONG + b',{"b":[2]}],"x":{"y":[1]}}\n{"a":1}',
            [("-:1[0]", A), ("-:1", "record_too_large"), ("-:1[2]", B), ("-:2", A)],
        ),
        (b"text " * 1_000 + b'\n{"b":[2]}', [("-:1", "invalid_json"), ("-:2", B)]),
        (b'{"a":"' + b"x" * 3_000, [("-:1", "record_too_large")]),
    ],
)
def test_a_long_value_is_refused_and_the_rest_goes_on(body, expected):
    assert taken(body, limits=SMALL) == expected


def test_one_enormous_line_is_read_in_bounded_memory():
    """A list of records in 4 MB on one line, of which never more than the window is in memory."""
    record = json.dumps({"eventName": "ConsoleLogin", "text": "},{" * 20, "list": [{"a": [1]}, {"b": "]}"}]}).encode()
    body = b'{"Records":[' + b",".join([record] * 20_000) + b'],"NextToken":"x"}'
    found = read(["-"], stdin=io.BytesIO(body), limits=FileLimits(window=64 * 1024))
    assert sum(bytes(item.data) == record for item in found if isinstance(item, RawRecord)) == 20_000


def test_brackets_that_are_never_closed_cost_no_later_line():
    lines = [b'{"a":[1,' if n % 50 == 0 else b'{"b":"%s"},' % (b"x" * 200) for n in range(4_000)]
    limits = FileLimits(record=20_000, window=50_000, document=100_000)
    found = list(read(["-"], stdin=io.BytesIO(b"\n".join(lines)), limits=limits))
    assert sum(isinstance(item, RawRecord) for item in found) == 3_920
    assert {item.reason for item in found if not isinstance(item, RawRecord)} <= {"invalid_json", "record_too_large"}


def test_a_list_of_any_length_needs_little_memory():
    """5 MB of blanks and records on one line, of which 64 KB are looked at."""
    body = io.BytesIO(b"[" + b'{"a":1},' * 50_000 + b" " * 5_000_000 + b'{"a":1}]')
    tracemalloc.start()
    try:
        assert sum(1 for _ in read(["-"], stdin=body, limits=FileLimits(window=64 * 1024, record=64 * 1024))) == 50_001
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_each_line_of_an_audit_log_is_a_record():
    text = b'type=EXECVE msg=audit(1795165260.000:1): argc=1 a0="az"\n\nnode=h type=SYSCALL msg=audit(1795165260.000:1): x=1\nother\n'
    assert taken(text) == [
        ("-:1", {"message": 'type=EXECVE msg=audit(1795165260.000:1): argc=1 a0="az"'}),
        ("-:3", {"message": "node=h type=SYSCALL msg=audit(1795165260.000:1): x=1"}),
        ("-:4", {"message": "other"}),
    ]


@pytest.mark.parametrize("envelope", ENVELOPES, ids=lambda one: one.name)
@pytest.mark.parametrize("window", [64, 2**20])
def test_every_envelope_gives_the_same_records_through_a_file(envelope, window):
    """Lists are taken apart as bytes before an envelope is opened: what comes out is what opening the whole gives."""
    body = envelope.wrap({"eventVersion": "1.11", "eventName": "ConsoleLogin"})
    found = read(["-"], stdin=io.BytesIO(json.dumps(body).encode()), limits=FileLimits(window=window))
    opened = [inner.data for item in found for inner in unwrap(value_of(item.data))]
    assert opened == [inner.data for inner in unwrap(json.loads(json.dumps(body)))]


def test_the_carrier_travels_with_every_record():
    (found,) = read(["-"], stdin=io.BytesIO(b'{"a":1}'), carrier=Carrier(tenant="t-1"))
    assert (value_of(found.data), found.tenant, found.origin) == (A, "t-1", "-:1")
