"""Encodings: the same records from the same text, however it was written."""

import codecs
import io

import pytest

from gatewatch.model import RawRecord
from gatewatch.reading.files import Journal, read
from gatewatch.reading.files.encodings import CP1252, EVERY
from gatewatch.reading.files.streams import CHUNK
from gatewatch.reading.json_text import value_of

TEXT = '{\n "name": "J\u00f6rg M\u00fcller"\n}\n{"b":[2]}\n'
EXPECTED = [{"name": "J\u00f6rg M\u00fcller"}, {"b": [2]}]


def read_bytes(body):
    journal = Journal()
    found = [
        value_of(item.data) if isinstance(item, RawRecord) else item.reason for item in read(["-"], stdin=io.BytesIO(body), journal=journal)
    ]
    return found, journal.files[0].encoding


@pytest.mark.parametrize("encoding", EVERY, ids=lambda one: one.name)
def test_every_encoding_is_read_and_said(encoding):
    assert read_bytes(encoding.mark + TEXT.encode(encoding.codec)) == (EXPECTED, encoding.name)


@pytest.mark.parametrize("encoding", EVERY, ids=lambda one: one.name)
def test_a_long_text_keeps_its_encoding(encoding):
    body = encoding.mark + (TEXT * 20_000).encode(encoding.codec)
    found, said = read_bytes(body)
    assert (len(found), found[-2:], said) == (40_000, EXPECTED, encoding.name)


def test_cp1252_is_noticed_wherever_it_begins():
    body = b'{"a":1}\n' * 50_000 + TEXT.encode("cp1252")
    found, said = read_bytes(body)
    assert (found[-2:], said) == (EXPECTED, CP1252.name)


def test_text_that_was_utf8_before_stays_utf8():
    found, said = read_bytes(TEXT.encode() + b'{"name":"J\xf6rg"}')
    assert (found[-1], said) == ({"name": "J\ufffdrg"}, "UTF-8")


def test_a_cut_utf16_file_keeps_what_came_before():
    assert read_bytes(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1])[0] == EXPECTED


WIDE = "utf-16-le"
LINE = '{"name": "J\u00f6rg"}\r\n'
PUT_TOGETHER = {
    "UTF-16 behind UTF-8": [("utf-8", ""), (WIDE, "")],
    "UTF-16 with a mark behind UTF-8": [("utf-8", ""), (WIDE, "\ufeff")],
    "UTF-8 behind UTF-16": [(WIDE, "\ufeff"), ("utf-8", "")],
    "UTF-8 with a mark behind UTF-16": [(WIDE, "\ufeff"), ("utf-8", "\ufeff")],
    "by turns": [("utf-8", ""), (WIDE, ""), ("utf-8", ""), (WIDE, "\ufeff"), ("utf-8", "")],
}


@pytest.mark.parametrize("many", [1, 3_000])
@pytest.mark.parametrize("parts", PUT_TOGETHER.values(), ids=PUT_TOGETHER)
def test_texts_of_two_encodings_in_one_file_are_both_read(parts, many):
    found, said = read_bytes(b"".join((mark + LINE * many).encode(codec) for codec, mark in parts))
    assert (found, said) == ([{"name": "J\u00f6rg"}] * many * len(parts), "UTF-8, UTF-16LE")


@pytest.mark.parametrize("place", range(-40, 4))
def test_a_change_of_encoding_is_seen_wherever_a_chunk_ends(place):
    before = b'{"a":1}\n'.ljust(CHUNK + place - 1) + b"\n"
    assert read_bytes(before + LINE.encode(WIDE))[0] == [{"a": 1}, {"name": "J\u00f6rg"}]


def test_encodings_that_change_without_end_are_read_in_bounded_time():
    body = b'{"a":1}\n'.join([('{"b":2}\n' * 2).encode(WIDE)] * 20_000)
    assert read_bytes(body)[0][:3] == [{"b": 2}, {"b": 2}, {"a": 1}]
