"""A record's data is a JSON value, or the bytes of one that are not parsed yet: both say the same."""

import msgspec
import pytest

from gatewatch.flow.decoding import decode
from gatewatch.model import RawRecord, Refused
from gatewatch.reading.json_text import shown, value_of
from tests.builders.aws import raw_login
from tests.builders.entra import raw_sign_in


@pytest.mark.parametrize("value", [{"a": [1, None, "\u00e9"]}, [], "text", 1.5, None], ids=["object", "list", "text", "number", "null"])
def test_bytes_and_value_say_the_same(value):
    assert value_of(value) == value
    assert value_of(msgspec.Raw(msgspec.json.encode(value))) == value


def test_what_a_strict_decoder_refuses_is_still_read():
    assert value_of(msgspec.Raw(b'{"a":NaN,"b":"\\ud800","c":"\xff"}')) == {"a": None, "b": "\ud800", "c": "\ufffd"}


def test_bytes_that_are_no_json_are_refused_by_name_and_shown_as_text():
    broken = RawRecord(data=msgspec.Raw(b'{"a":\xff'), origin="file:1")
    assert decode(broken) == [Refused(origin="file:1", reason="invalid_json")]
    assert shown(broken.data) == '{"a":\ufffd'
    assert shown({"a": 1}) == {"a": 1}


@pytest.mark.parametrize("raw", [raw_login(1), raw_sign_in("s-1")], ids=["aws", "entra"])
def test_a_record_decodes_alike_from_its_bytes(raw):
    packed = RawRecord(data=msgspec.Raw(msgspec.json.encode(raw.data)), tenant=raw.tenant, origin=raw.origin)
    assert decode(packed) == decode(raw)


def test_a_container_of_records_is_opened_where_it_is_decoded():
    page = msgspec.json.encode({"@odata.context": "x" * 300, "value": [raw_sign_in("s-1").data, raw_sign_in("s-2").data]})
    assert [event.vendor_id for event in decode(RawRecord(data=msgspec.Raw(page)))] == ["entra|s-1", "entra|s-2"]
