"""Whatever bytes come in, the front gives records, named refusals or a named left-out file: it never raises and never loops."""

import bz2
import gzip
import io
import json
import lzma
import os

import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewatch.model import RawRecord
from gatewatch.reading.files import Carrier, FileLimits, Journal, read
from gatewatch.reading.files.cutter import Cut, value_end
from gatewatch.reading.json_text import value_of
from tests.unit.reading.test_containers import tarred, zipped

EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "200"))
PARTS = [
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"\\",
    b",",
    b":",
    b"\n",
    b"\r\n",
    b'{"a":1}',
    b'{"Records":[',
    b'"value":[',
    b"\xff\xfe",
    b"\x00",
    b"time;x",
]
PARTS += [
    b"2026-11-20 ",
    b"\xef\xbb\xbf",
    b"NaN",
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"BZh9",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"x" * 50,
    b"\xc3\xa4",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["Records", "value"]), inner, max_size=4)
    ),
    max_leaves=6,
)
TEXTS = st.lists(st.sampled_from(PARTS) | st.binary(max_size=12) | JSON.map(lambda value: json.dumps(value).encode()), max_size=24).map(
    b"".join
)
PACKED = st.sampled_from(
    [gzip.compress, bz2.compress, lzma.compress, zstandard.compress, lambda body: zipped(("x", body)), lambda body: tarred(("x", body))]
)


def found(body, limits):
    journal = Journal()
    records = list(read(["-"], stdin=io.BytesIO(body), carrier=Carrier(known_columns=lambda _: True), limits=limits, journal=journal))
    return records, journal.files


PAGES = {"Records", "records", "value", "Events", "hits"}
"""The names under which an object holds a list of records: it is a page, and an empty one has none."""


def accounted(records, files, size):
    """Whether each record or refusal has a name, and there is no more of them than there are bytes."""
    named = all(isinstance(item, RawRecord) or item.reason for item in records)
    return named and (records or files) and len(records) <= size + len(files)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.integers(4, 60))
def test_any_text_is_accounted_for(body, window):
    assert accounted(*found(body, FileLimits(record=window * 2, window=window, document=window * 8)), len(body))


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, PACKED, st.data())
def test_any_container_is_accounted_for(body, pack, data):
    packed = bytearray(pack(body))
    for _ in range(data.draw(st.integers(0, 3))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(packed[: data.draw(st.integers(0, len(packed)))])
    assert accounted(*found(cut, FileLimits(free=2**20, decompressed=2**22)), len(body) + len(cut))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.dictionaries(st.text(max_size=8), JSON, max_size=4), min_size=1, max_size=5),
    st.sampled_from(["\n", "", " ", ",", "\r", "\n\n"]),
)
def test_valid_records_come_out_as_they_went_in(values, between):
    """Objects that are no pages, however they are put one behind the other."""
    plain = [value for value in values if not PAGES & value.keys()]
    body = between.join(json.dumps(value) for value in plain).encode()
    records = list(read(["-"], stdin=io.BytesIO(body)))
    assert [value_of(item.data) for item in records if isinstance(item, RawRecord)] == plain


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON, st.text(max_size=8))
def test_the_end_of_a_value_is_where_json_says_it_is(value, rest):
    """Held against the standard library: the library that cuts says where a value ends in the text of its error."""
    text = json.dumps(value) + " " + rest
    end = value_end(text.encode(), 0)
    expected = json.JSONDecoder().raw_decode(text)[1]
    assert isinstance(end, Cut) or text.encode()[:end].decode().rstrip() == text[:expected]
