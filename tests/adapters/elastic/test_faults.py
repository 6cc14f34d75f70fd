"""What the client makes of answers that no healthy server gives: retried where that is safe, named where it is not, never believed."""

import pytest

from gatewatch.errors import StoreError, StoreUnavailable
from gatewatch.stores.elastic import RequestLimits, Timing
from gatewatch.stores.elastic.bulk import BulkStatus, bulk
from tests.adapters.elastic.conftest import SECRET
from tests.elastic_server.faults import Fault

DELIVERED = {BulkStatus.DONE, BulkStatus.EXISTS}

PASSING = [
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.STALL,
    Fault.STALL_AFTER,
    Fault.THROTTLED,
    Fault.THROTTLED_ITEMS,
    Fault.UNAVAILABLE,
    Fault.TRUNCATED,
    Fault.WRONG_COUNT,
]
LASTING = [*(fault for fault in PASSING if fault is not Fault.THROTTLED_ITEMS), Fault.KEY_EXPIRED, Fault.FORBIDDEN, Fault.NOT_ELASTIC]


def named(faults):
    return [pytest.param(fault, id=fault.name.lower()) for fault in faults]


@pytest.mark.parametrize("fault", named(PASSING))
@pytest.mark.parametrize("times", [1, 3])
def test_a_passing_fault_costs_nothing_but_time(client, proxy, server, ops, fault, times):
    proxy.faults = [fault] * times
    assert {item.status for item in bulk(client, ops(8))} <= DELIVERED
    assert len(server.documents) == 8


@pytest.mark.parametrize("fault", named(LASTING))
def test_a_lasting_fault_is_unavailable(client, proxy, ops, fault):
    proxy.always = lambda path: fault
    with pytest.raises(StoreUnavailable) as caught:
        bulk(client, ops(8))
    assert SECRET not in repr(caught.getrepr(style="long"))


@pytest.mark.parametrize("fault", named(LASTING))
def test_after_the_fault_everything_is_there_once(client, proxy, server, ops, fault):
    proxy.faults = [fault] * 4
    while proxy.faults:
        with pytest.raises(StoreUnavailable):
            bulk(client, ops(8))
    assert {item.status for item in bulk(client, ops(8))} <= DELIVERED
    assert len(server.documents) == 8


def test_at_most_three_retries_with_growing_waits(client, proxy, ops, clock):
    proxy.always = lambda path: Fault.UNAVAILABLE
    with pytest.raises(StoreUnavailable, match=r"503 \(4 tries\)"):
        bulk(client, ops(1))
    assert (len(proxy.met), clock.slept) == (4, [0.25, 0.5, 1.0])


def test_retry_after_is_waited_for(client, proxy, ops, clock):
    proxy.faults = [Fault.THROTTLED]
    bulk(client, ops(1))
    assert clock.slept == [1.25]


def test_no_retry_beyond_the_time_of_the_caller(connect, proxy, ops, clock):
    proxy.always = lambda path: Fault.UNAVAILABLE
    with pytest.raises(StoreUnavailable):
        bulk(connect(remaining=lambda: 0.6), ops(1))
    assert (len(proxy.met), clock.slept) == (2, [0.25])


def test_nothing_is_asked_when_the_time_is_used_up(connect, proxy, ops):
    with pytest.raises(StoreUnavailable, match="used up"):
        bulk(connect(remaining=lambda: -1.0), ops(1))
    assert proxy.seen == []


def test_only_throttled_items_are_sent_again(client, proxy, server, ops):
    proxy.faults = [Fault.THROTTLED_ITEMS]
    assert [item.status for item in bulk(client, ops(4))] == [BulkStatus.DONE] * 4
    assert server.requests == [["d0", "d2"], ["d1", "d3"]]


def test_a_redirect_to_the_failure_store_is_not_delivered(client, proxy, ops):
    proxy.faults = [Fault.FAILURE_STORE]
    assert [(item.status, item.reason) for item in bulk(client, ops(2))] == [(BulkStatus.REFUSED, "failure_store_used")] * 2


def test_413_is_halved(client, server, ops):
    server.most_bytes = 150
    assert [item.status for item in bulk(client, ops(8))] == [BulkStatus.DONE] * 8
    assert max(map(len, server.requests)) < 8


def test_one_document_that_is_too_large_is_refused_alone(client, proxy, ops):
    proxy.faults = [Fault.TOO_LARGE] * 4
    assert [item.reason for item in bulk(client, ops(3))] == ["too_large", "too_large", ""]


def test_one_bad_action_does_not_lose_its_neighbours(client, server, ops):
    server.bad = frozenset({"d3"})
    items = bulk(client, ops(8))
    assert [place for place, item in enumerate(items) if item.status is BulkStatus.REFUSED] == [3]
    assert items[3].reason == "action_request_validation_exception"
    assert len(server.documents) == 7


@pytest.mark.parametrize(
    ("told", "status"),
    [
        pytest.param(
            {"status": 400, "error": {"type": "document_parsing_exception", "reason": "secret"}}, BulkStatus.REFUSED, id="bad value"
        ),
        pytest.param({"status": 400, "error": {"type": "strict_dynamic_mapping_exception"}}, BulkStatus.REFUSED, id="strict mapping"),
        pytest.param({"status": 400, "error": {"type": "illegal_argument_exception"}}, BulkStatus.REFUSED, id="empty id"),
        pytest.param({"status": 400, "error": {}}, BulkStatus.REFUSED, id="no type"),
        pytest.param({"status": 201, "failure_store": "failed"}, BulkStatus.REFUSED, id="failure store failed"),
        pytest.param({"status": 409, "error": {"type": "version_conflict_engine_exception"}}, BulkStatus.EXISTS, id="exists"),
        pytest.param({"status": 200}, BulkStatus.DONE, id="done"),
        pytest.param({"status": 201, "failure_store": "not_applicable_or_unknown"}, BulkStatus.DONE, id="failure store not used"),
    ],
)
def test_each_item_has_its_fate(client, server, ops, told, status):
    server.told = {"d1": told}
    assert [item.status for item in bulk(client, ops(3))] == [BulkStatus.DONE, status, BulkStatus.DONE]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"status": 400, "error": {"type": "index_closed_exception"}}, id="closed index"),
        pytest.param({"status": 403, "error": {"type": "cluster_block_exception"}}, id="write block"),
        pytest.param({"status": 403, "error": {"type": "security_exception"}}, id="privilege"),
        pytest.param({"status": 404, "error": {"type": "index_not_found_exception"}}, id="no template"),
        pytest.param({"status": 400, "error": {"type": "validation_exception"}}, id="no room for a shard"),
    ],
)
def test_what_an_operator_repairs_waits(client, server, ops, told, clock):
    server.told = {"d1": told}
    with pytest.raises(StoreUnavailable, match="elastic verify"):
        bulk(client, ops(3))
    assert clock.slept == []


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"status": 429, "error": {"type": "es_rejected_execution_exception"}}, id="write queue"),
        pytest.param({"status": 429, "error": {"type": "cluster_block_exception"}}, id="disk flood stage"),
        pytest.param({"status": 503, "error": {"type": "unavailable_shards_exception"}}, id="no shard"),
        pytest.param({"nonsense": True}, id="unreadable"),
    ],
)
def test_backpressure_on_one_item_is_retried_then_raised(client, server, ops, told, clock):
    server.told = {"d1": told}
    with pytest.raises(StoreUnavailable):
        bulk(client, ops(3))
    assert (len(clock.slept), server.requests[1:]) == (3, [["d1"]] * 3)


def test_a_whole_refusal_of_a_search_is_no_outage(client, proxy):
    proxy.faults = [Fault.BAD_REQUEST]
    with pytest.raises(StoreError) as caught:
        client.json("POST", "/x/_search", {})
    assert not isinstance(caught.value, StoreUnavailable)
    assert "as told" not in str(caught.value)


def test_a_server_that_drips_does_not_outlast_the_budget(connect, proxy, ops):
    proxy.faults = [Fault.DRIP] * 9
    ticking = iter(range(1_000))
    impatient = connect(timing=Timing(clock=lambda: float(next(ticking)), sleep=lambda _: None), limits=RequestLimits(budget_seconds=20.0))
    with pytest.raises(StoreUnavailable):
        bulk(impatient, ops(50))


def test_a_body_that_never_ends_is_given_up(connect, proxy, ops):
    with pytest.raises(StoreUnavailable, match="more than 10 bytes"):
        bulk(connect(limits=RequestLimits(answer_bytes=10)), ops(1))


def test_not_retried_where_told_so(client, proxy):
    proxy.always = lambda path: Fault.RESET_AFTER
    with pytest.raises(StoreUnavailable):
        client.json("POST", "/_bulk", {}, again=False)
    assert len(proxy.met) == 1


def test_no_secret_in_repr(client):
    assert SECRET not in f"{client!r} {client._authorization!r} {vars(client)}"
