"""From when to when documents with the same values were written, page by page, without reading one."""

from datetime import UTC, datetime, timedelta

import pytest

from gatewatch.errors import StoreUnavailable
from gatewatch.stores.elastic.client import Answer
from gatewatch.stores.elastic.index_days import Days, IndexDays

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MS = int(NOON.timestamp() * 1000)


class FakeIndex:
    """Answers a composite aggregation over these hosts, a thousand at a time."""

    def __init__(self, hosts, **answer):
        self.hosts, self.answer, self.asked = hosts, answer, []

    def json(self, method, path, body, *, params):
        self.asked.append((method, path, body, params))
        after = body["aggs"]["by"]["composite"].get("after", {}).get("host.id", "")
        size = body["aggs"]["by"]["composite"]["size"]
        found = [host for host in sorted(self.hosts) if host > after][:size]
        buckets = [{"key": {"host.id": host, "host.name": None}, "first": {"value": MS}, "last": {"value": MS + 60_000}} for host in found]
        by = {"buckets": buckets, **({"after_key": buckets[-1]["key"]} if buckets else {})}
        return Answer(200, {"aggregations": {"by": by}, **self.answer})


def days(index):
    return IndexDays(index, ("winlogbeat-*",), query=lambda since, until: {"from": [since, until]}, fields=("host.id", "host.name"))


@pytest.mark.parametrize("count", [0, 1, 999, 1_000, 1_001, 2_500])
def test_every_host_comes_once(count):
    hosts = [f"h{number:05}" for number in range(count)]

    found = [each for page in days(FakeIndex(hosts)).days(NOON, NOON) for each in page]

    assert [each.values["host.id"] for each in found] == hosts


def test_a_host_has_its_first_and_last_moment():
    ((found,),) = days(FakeIndex(["h"])).days(NOON, NOON)

    assert found == Days({"host.id": "h", "host.name": None}, NOON, NOON + timedelta(minutes=1))


def test_no_document_is_asked_for():
    index = FakeIndex(["h"])
    list(days(index).days(NOON, NOON))

    ((method, path, body, params),) = index.asked
    assert (method, path, body["size"], params["allow_partial_search_results"]) == ("POST", "/winlogbeat-*/_search", 0, "false")
    assert body["query"] == {"from": [NOON, NOON]}


def test_an_answer_in_part_is_none():
    with pytest.raises(StoreUnavailable):
        list(days(FakeIndex(["h"], _shards={"failed": 1})).days(NOON, NOON))
