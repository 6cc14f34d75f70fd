"""Encodings: the same records from the same text, however it was written."""

import codecs
import io

import pytest

from gatewatch.model import RawRecord
from gatewatch.reading.files import Journal, read
from gatewatch.reading.files.encodings import CP1252, EVERY
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
