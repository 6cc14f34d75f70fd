"""Answers that are not whole, or not ours, are never taken for evidence."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from gatewatch.documents import alert_document
from gatewatch.errors import ConfigError, NewerDocument, StoreError, StoreUnavailable
from gatewatch.flow.familiarity import state_keys
from gatewatch.flow.policy import POLICY
from gatewatch.model import SCHEMA_VERSION, Alert, Evidence
from gatewatch.ports import AlertWrite, Appended, Written
from gatewatch.stores.elastic import Authorization, Client, ElasticStore, open_client
from gatewatch.stores.elastic.answers import stored_alert, typed, whole
from gatewatch.stores.elastic.budget import Timing
from gatewatch.stores.elastic.endpoint import endpoint
from gatewatch.stores.elastic.settings import authorization, elastic_settings, place
from gatewatch.stores.settings import ELASTIC_NAMESPACE
from tests.builders.alerts import alert
from tests.builders.aws import login, many
from tests.builders.common import stored
from tests.elastic_server.faults import ELASTIC, Answer, FaultProxy

WHOLE: dict[str, Any] = {"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": {"value": 0}}}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({**WHOLE, "timed_out": True}, id="timed out"),
        pytest.param({**WHOLE, "_shards": {"failed": 1}}, id="a shard failed"),
        pytest.param({"error": {"type": "search_phase_execution_exception"}, "status": 503}, id="an error within msearch"),
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
    ],
)
def test_part_of_an_answer_is_no_answer(answer):
    with pytest.raises(StoreUnavailable):
        whole(answer)


def test_a_whole_answer():
    assert whole(WHOLE) is WHOLE


@pytest.mark.parametrize(
    "source", [{}, {"gatewatch": {}}, {"gatewatch": {"evidence": {"id": 1}}}], ids=["empty", "not ours", "another schema"]
)
def test_a_document_that_is_not_ours_is_named(source):
    with pytest.raises(StoreError, match="evidence"):
        typed({"hits": {"hits": [{"_source": source}]}}, "evidence", Evidence)


def test_an_alert_that_cannot_be_read_now():
    with pytest.raises(StoreUnavailable, match="no_shard"):
        stored_alert({"error": {"type": "no_shard_available_action_exception"}})


def test_an_alert_of_another_schema_is_named():
    with pytest.raises(StoreError, match="alert"):
        stored_alert({"found": True, "_source": {"gatewatch": {"alert": {}}}, "_seq_no": 1, "_primary_term": 1})


def test_a_month_that_does_not_exist_holds_nothing():
    assert stored_alert({"error": {"type": "index_not_found_exception"}}) is None


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"items": {}}'], ids=["no items", "a list", "items of another shape"])
def test_a_bulk_without_items_is_an_error(body):
    with FaultProxy(lambda *_: Answer(200, ELASTIC, body)) as proxy:
        client = Client(endpoint(proxy.url), Authorization.api_key("a:b"), timing=Timing(sleep=lambda _: None))
        with pytest.raises(StoreError, match="without items"):
            ElasticStore(client).append([stored(login())])
        client.close()


def test_a_proxys_page_is_an_error_without_its_words():
    with FaultProxy(lambda *_: Answer(404, {}, b"<html>secret</html>")) as proxy:
        client = Client(endpoint(proxy.url), None)
        with pytest.raises(StoreError, match=r"404 \(unknown\)"):
            client.json("GET", "/x")
        client.close()


def test_text_that_is_no_unicode_is_refused_before_it_is_sent(client):
    (item,) = many(1)
    store = ElasticStore(client)
    broken = replace(item, event=replace(item.event, user_agent="\ud800"))
    assert [(result.status, result.reason) for result in store.append([broken])] == [(Appended.REFUSED, "text_not_unicode")]
    assert store.write_alerts([AlertWrite(alert(reason="\ud800"), None)]) == [Written.REFUSED]
    assert client.calls == 0


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        pytest.param({"ELASTIC_API_KEY": "a:b"}, "ApiKey YTpi", id="key"),
        pytest.param({"ELASTIC_USERNAME": "u", "ELASTIC_PASSWORD": "p"}, "Basic dTpw", id="user"),
        pytest.param({"ELASTIC_API_KEY": "a:b", "ELASTIC_USERNAME": "u"}, "ApiKey YTpi", id="the key before the user"),
    ],
)
def test_which_credential(settings, header):
    assert authorization(elastic_settings(settings)).header() == header


def test_where_from_settings():
    where = place(elastic_settings({"ELASTIC_URL": "https://es.example", "ELASTIC_CA_FILE": "ca.pem", "ELASTIC_CA_FINGERPRINT": "AB" * 32}))
    assert (where.url, where.ca_file, where.fingerprint) == ("https://es.example:443", "ca.pem", "ab" * 32)


def test_settings_without_an_address():
    with pytest.raises(ConfigError, match="URL or by its Cloud ID"):
        open_client({"ELASTIC_API_KEY": "a:b"})


@pytest.mark.parametrize(("given", "name"), [({}, "default"), ({"ELASTIC_NAMESPACE": "prod_1"}, "prod_1")], ids=["default", "named"])
def test_a_namespace(given, name):
    assert elastic_settings(given)[ELASTIC_NAMESPACE] == name


def of_a_later_release(own: dict[str, Any]) -> dict[str, Any]:
    return {"found": True, "_source": {"gatewatch": {**own, "schema_version": SCHEMA_VERSION + 1}}, "_seq_no": 1, "_primary_term": 1}


@pytest.mark.parametrize("whole_alert", [True, False], ids=["readable", "of another form"])
def test_an_alert_of_a_later_release_is_left_to_it(whole_alert: bool) -> None:
    own = alert_document(alert())["gatewatch"] if whole_alert else {"alert": {"status": "escalated"}}
    with pytest.raises(NewerDocument):
        stored_alert(of_a_later_release(own))


def test_a_search_leaves_out_alerts_of_a_later_release() -> None:
    mine = {"_source": alert_document(alert())}
    answer = {"hits": {"hits": [of_a_later_release({"alert": {"status": "escalated"}}), mine]}}
    assert typed(answer, "alert", Alert) == [alert()]


class Starting:
    """A server of which one shard becomes ready after some answers."""

    def __init__(self, not_ready: int) -> None:
        self.left = not_ready

    def __call__(self, *_: object) -> Answer:
        self.left -= 1
        doc = {"error": {"type": "no_shard_available_action_exception"}} if self.left >= 0 else {"found": False}
        return Answer(200, ELASTIC, json.dumps({"docs": [{"found": False}, doc]}).encode())


@pytest.mark.parametrize(("not_ready", "waits"), [(0, 0), (1, 1), (3, 3)])
def test_an_index_that_was_made_a_moment_ago_is_asked_again(not_ready, waits):
    slept: list[float] = []
    with FaultProxy(Starting(not_ready)) as proxy:
        client = Client(endpoint(proxy.url), Authorization.api_key("a:b"), timing=Timing(sleep=slept.append))

        assert ElasticStore(client).read_state((), (POLICY, *state_keys(["a"]))).documents == {}
        client.close()

    assert len(slept) == waits


def test_a_shard_that_does_not_become_ready_is_no_answer():
    with FaultProxy(Starting(100)) as proxy:
        client = Client(endpoint(proxy.url), Authorization.api_key("a:b"), timing=Timing(sleep=lambda _: None))

        with pytest.raises(StoreUnavailable, match="no_shard"):
            ElasticStore(client).read_state((), (POLICY, *state_keys(["a"])))
        client.close()
