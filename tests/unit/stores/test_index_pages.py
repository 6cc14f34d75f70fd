"""The documents of other programs page by page: every document once, whatever the ties, the page and the bytes."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.errors import ConfigError, StoreUnavailable
from gatewatch.providers.endpoint.search import INDICES, starts
from gatewatch.stores.elastic.client import Answer, TooLarge
from gatewatch.stores.elastic.files import files
from gatewatch.stores.elastic.index_pages import IndexPages, pattern
from gatewatch.stores.elastic.names import Names

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


class FakeIndex:
    """Answers searches as shards do: sorted by time and sequence number, ties in no order one could count on."""

    def __init__(self, documents, most_bytes=1 << 20):
        self.documents = documents  # (time in ms, sequence number, id, source)
        self.most_bytes = most_bytes
        self.asked = []
        self.answer = {}

    def json(self, method, path, body, *, params):
        self.asked.append((method, path, body, params))
        after = tuple(body.get("search_after", (-1, -1)))
        left_out = {name for clause in body["query"]["bool"].get("must_not", ()) for name in clause.get("ids", {}).get("values", ())}
        found = [d for d in self.documents if (d[0], d[1]) > after and d[2] not in left_out]
        found.sort(key=lambda d: (d[0], d[1], hash((d[2], len(self.asked)))))
        hits = [{"_index": "w", "_id": d[2], "_source": d[3], "sort": [d[0], d[1]]} for d in found[: body["size"]]]
        if sum(len(json.dumps(hit["_source"])) for hit in hits) > self.most_bytes:
            raise TooLarge("Elasticsearch answered with more than that")
        return Answer(200, {"_shards": {"total": 3}, "hits": {"hits": hits}} | self.answer)


def events(index, size=3, **more):
    return IndexPages(index, INDICES, query=starts, clock=lambda: NOON, size=size, **more)


def read(found):
    return [[record.data for record in page] for page in found.pages(NOON - timedelta(hours=1), NOON)]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 60)), max_size=20),
    st.integers(1, 6),
    st.integers(60, 200),
)
def test_every_document_comes_once_whatever_the_ties_the_page_and_the_bytes(ties, size, most_bytes):
    documents = [(ms, number, f"d{at}", {"n": at, "pad": "x" * pad}) for at, (ms, number, pad) in enumerate(ties)]
    pages = read(events(FakeIndex(documents, max(most_bytes, 100)), size))
    flat = [data["n"] for page in pages for data in page]
    assert sorted(flat) == list(range(len(ties)))
    assert [documents[n][:2] for n in flat] == sorted(d[:2] for d in documents)


def test_records_say_when_and_where_they_were_read():
    (page,) = events(FakeIndex([(1, 0, "a", {"process": {"name": "az"}})])).pages(NOON, NOON)
    assert [(r.data, r.fetched, r.origin, r.wanted) for r in page] == [({"process": {"name": "az"}}, NOON, "elastic:w", False)]


def test_a_document_that_nothing_can_hold_is_an_error_and_never_skipped():
    with pytest.raises(StoreUnavailable, match="more than"):
        read(events(FakeIndex([(1, 0, "a", {"pad": "x" * 500})], most_bytes=100)))


@pytest.mark.parametrize("answer", [{"timed_out": True}, {"_shards": {"total": 3, "failed": 1}}])
def test_part_of_an_answer_is_no_answer(answer):
    index = FakeIndex([(1, 0, "a", {})])
    index.answer = answer
    with pytest.raises(StoreUnavailable):
        read(events(index))


def test_an_index_that_is_not_there_is_said_aloud(caplog):
    index = FakeIndex([])
    index.answer = {"_shards": {"total": 0}}
    assert read(events(index)) == []
    assert f"no index matches {', '.join(INDICES)}" in caplog.text


def test_the_request_asks_for_no_more_than_it_needs():
    index = FakeIndex([(1, 0, "a", {})])
    read(events(index))
    ((method, path, body, params),) = index.asked
    assert (method, path) == ("POST", f"/{','.join(INDICES)}/_search")
    assert (body["size"], body["track_total_hits"], "search_after" in body) == (3, False, False)
    assert params["allow_partial_search_results"] == "false"
    assert (params["ignore_unavailable"], params["allow_no_indices"]) == ("true", "true")


@pytest.mark.parametrize("name", ["*", "**", "_all", "-secret*", "Winlogbeat-*", "a b", "a/_doc/1", "x?y", "a,b"])
def test_what_is_no_index_pattern(name):
    with pytest.raises(ConfigError, match="index pattern"):
        pattern(name)


def test_the_shipped_key_reads_the_default_patterns_and_no_more():
    key = msgspec.json.decode(files(Names())["api_key_endpoint.json"])
    (held,) = key["role_descriptors"].values()
    assert held == {"cluster": [], "indices": [{"names": list(INDICES), "privileges": ["read"]}]}
