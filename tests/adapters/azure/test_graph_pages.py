"""Pages from bytes: what is damaged in one record keeps no other record."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azure_function.graph_pages import NOT_JSON, REPLACED, Item, NotWhole, Page, PageReader, one
from gatewatch.reading.json_text import value_of
from scripts.local_cloud.fake_cloud.records import risky_sign_in

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
NEXT = "https://graph.example/v1.0/auditLogs/signIns?$skiptoken=a[1]"
RECORDS = [
    risky_sign_in(AT - timedelta(minutes=minute), id=f"id-{minute}", userAgent=f"<{minute}>", appliedConditionalAccessPolicies=policies)
    for minute, policies in enumerate(([], [{"id": "p", "displayName": "x"}, {"id": "q"}], []))
]


def page(items: list[bytes] | None = None, *, link_first: bool = False) -> bytes:
    """The page of these items, else of RECORDS."""
    items = [json.dumps(record).encode() for record in RECORDS] if items is None else items
    link = b'"@odata.nextLink":' + json.dumps(NEXT).encode()
    body = b'"value":[' + b",".join(items) + b"]"
    return b'{"@odata.context":"x",' + (link + b"," + body if link_first else body + b"," + link) + b"}"


def read(body: bytes, tries: int = 2) -> Page:
    """What a reader makes of the same answer after so many tries; the bytes of records decoded."""
    reader = PageReader("createdDateTime")
    for _ in range(tries - 1):
        try:
            return opened(reader(body))
        except NotWhole:
            continue
    return opened(reader(body))


def opened(found: Page) -> Page:
    return Page([Item(value_of(item.data), item.damage) for item in found.items], found.next_link)


def agent(value: object, number: int = 1) -> dict[str, Any]:
    return RECORDS[number] | {"userAgent": value}


@pytest.mark.parametrize("link_first", [False, True])
def test_a_whole_page_is_read_as_it_is(link_first: bool):
    assert read(page(link_first=link_first), tries=1) == Page([Item(record) for record in RECORDS], NEXT)


@pytest.mark.parametrize(
    ("bytes_", "repaired"),
    [
        pytest.param(b'"<1\xff>"', "<1\ufffd>", id="a byte that is no UTF-8"),
        pytest.param(b'"<1\xed\xa0\x80>"', "<1\ufffd\ufffd\ufffd>", id="half a pair in bytes"),
        pytest.param(b'"<1\\ud83d>"', "<1\ufffd>", id="half a pair escaped"),
        pytest.param(b'"<1\\ude00"', "<1\ufffd", id="the other half, at the end"),
        pytest.param(b'"<1\n\x00>"', "<1\n\x00>", id="raw control characters"),
        pytest.param(b"NaN", None, id="NaN"),
        pytest.param(b"-Infinity", None, id="infinity"),
        pytest.param(b'{"\\ud83d":["\xff", NaN]}', {"\ufffd": ["\ufffd", None]}, id="deeper, and in a name"),
    ],
)
@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_no_decoder_takes_is_replaced_and_marked_at_once(bytes_: bytes, repaired: object, number: int):
    body = page().replace(f'"<{number}>"'.encode(), bytes_.replace(b"<1", f"<{number}".encode()))
    value = repaired.replace("<1", f"<{number}") if isinstance(repaired, str) else repaired
    found = read(body, tries=1)
    expected = [Item(record) for record in RECORDS]
    expected[number] = Item(agent(value, number), REPLACED)
    assert found == Page(expected, NEXT)
    msgspec.json.encode(found.items[number].data)


def test_a_number_without_end_is_no_number():
    body = page().replace(b'"<1>"', b"1e999")
    assert [item.data for item in read(body, tries=1).items] == [RECORDS[0], agent(None), RECORDS[2]]


def test_records_of_a_whole_page_are_bytes_that_nobody_decoded():
    assert {type(item.data) for item in PageReader("createdDateTime")(page()).items} == {msgspec.Raw}


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b'"<1"x', id="text after a value"),
        pytest.param(b'"<1', id="a string without end"),
        pytest.param(b"", id="no value"),
        pytest.param(b'"<1\\x"', id="an escape that is none"),
        pytest.param(b"01", id="a number that is none"),
        pytest.param(b'[{"a":', id="brackets without end"),
        pytest.param(b"}]}", id="brackets too many"),
        pytest.param(b'{"a":' * 200_000 + b"1" + b"}" * 200_000, id="depth without end"),
    ],
)
@pytest.mark.parametrize("link_first", [False, True])
def test_a_record_that_is_no_json_is_kept_as_text_at_the_second_try(broken: bytes, number: int, link_first: bool):
    body = page(link_first=link_first).replace(f'"<{number}>"'.encode(), broken)
    with pytest.raises(NotWhole):
        read(body, tries=1)
    found = read(body)
    kept = [item for item in found.items if item.damage == NOT_JSON]
    assert [item.data for item in found.items if item.data in RECORDS] == [record for record in RECORDS if record is not RECORDS[number]]
    assert (len(kept), found.next_link) == (1, NEXT)
    assert f"id-{number}" in kept[0].data


@pytest.mark.parametrize("bad", [b"\xff", b"\\ud83d", b"\xe2\x82"])
def test_text_of_a_broken_record_shows_its_bytes(bad: bytes):
    (item,) = read(page([b'{"id": ' + bad + b"}"])).items
    assert item == Item('{"id": ' + bad.decode("utf-8", "backslashreplace") + "}", NOT_JSON)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>gateway</html>", id="a page of a gateway"),
        pytest.param(b"{}", id="no list"),
        pytest.param(b'{"value":{}}', id="a list that is none"),
        pytest.param(b'{"value":[],"@odata.nextLink":5}', id="a link that is none"),
        pytest.param(b'[{"value":[]}]', id="no object"),
        *(pytest.param(page()[: len(page()) * part // 7], id=f"{part} sevenths") for part in range(1, 7)),
        pytest.param(page()[: page().index(b"},{") + 1], id="cut after a record"),
        pytest.param(page()[: page().index(b'{"id": "q"}]') + 12], id="cut after a list in a record"),
        pytest.param(page()[:-1], id="the last brace is missing"),
    ],
)
def test_an_answer_that_is_not_whole_is_no_page_however_often_it_comes(body: bytes):
    for tries in (1, 2, 5):
        with pytest.raises(NotWhole):
            read(body, tries)


def test_a_byte_order_mark_and_a_comma_too_many_hurt_nobody():
    body = b"\xef\xbb\xbf" + page().replace(b'],"@', b',],"@')
    assert [item.data["id"] for item in read(body, tries=1).items] == ["id-0", "id-1", "id-2"]


@given(st.integers(0, 2), st.integers(0, 10**6), st.binary(min_size=0, max_size=3))
def test_whatever_happens_to_one_record_the_others_are_read(number: int, place: int, bytes_: bytes):
    items = [json.dumps(record).encode() for record in RECORDS]
    place %= len(items[number])
    items[number] = items[number][:place] + bytes_ + items[number][place + 1 :]
    found = read(page(items))
    others = [record for record in RECORDS if record is not RECORDS[number]]
    assert [item.data for item in found.items if item.data in others] == others
    assert found.next_link == NEXT


@given(st.binary(max_size=60))
def test_any_bytes_are_a_page_or_not_whole(body: bytes):
    for body_ in (body, b'{"value":[' + body, b'{"value":[' + body + b"]}"):
        try:
            found = read(body_)
        except NotWhole:
            continue
        assert msgspec.json.encode(found.items)


def test_a_record_by_itself_is_repaired_too():
    whole = json.dumps(RECORDS[0]).encode()
    assert one(whole) == RECORDS[0]
    assert one(b" " + whole.replace(b"<0>", b"<\xff>") + b"\n") == agent("<\ufffd>", 0)
    for body in (whole[:-1], whole + b"x", b"[]", b"", b'["\xff"]'):
        with pytest.raises(NotWhole):
            one(body)


@pytest.mark.parametrize("damage", [b"", b"\xff"], ids=["whole", "with a damaged record"])
def test_a_page_with_an_error_in_it_is_not_whole(damage: bytes):
    body = page().replace(b'{"', b'{"error": {"code": "generalException"}, "', 1)
    with pytest.raises(NotWhole):
        read(body.replace(b'"<1>"', b'"<1' + damage + b'>"'))


def test_an_error_that_is_null_is_none():
    assert read(page().replace(b'{"', b'{"error": null, "', 1), tries=1) == Page([Item(record) for record in RECORDS], NEXT)
