"""Answers that are no HTTP worth the name: a body that its encoding belies, dates beyond every calendar. They cost a try, never the run."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
from azure.core.credentials import AccessToken

from azure_function.graph import Graph
from azure_function.graph_http import GraphHttp
from azure_function.graph_streams import queries, streams
from azure_function.settings import GraphSettings, PollSettings
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.streams import Slice
from gatewatch.reading.json_text import value_of

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BODY = json.dumps({"value": [{"id": "a", "createdDateTime": "2026-03-14T11:30:00Z"}]}).encode()
FAR = "1 Jan 99999999999999999999 00:00:00"


class Credential:
    """Gives a token."""

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken("token", 2**33)


class Answers(httpx.AsyncBaseTransport):
    """One answer after the other, each streamed as it would come."""

    def __init__(self, *answers: tuple[int, bytes, dict[str, str]]) -> None:
        self._answers: Iterator[tuple[int, bytes, dict[str, str]]] = iter(answers)

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        """See ``httpx.AsyncBaseTransport``."""
        status, body, headers = next(self._answers)
        return httpx.Response(status, stream=httpx.ByteStream(body), headers=headers)


def read(*answers: tuple[int, bytes, dict[str, str]]) -> list[str]:
    settings = GraphSettings(tenant_id="t", base_url="https://graph.example", api="v1.0", interval=0)
    http = GraphHttp(settings, Credential(), lambda: NOW, lambda _: None, Answers(*answers))
    with Graph(http, "t", queries(settings)) as graph:
        pages = graph.pages(
            streams(settings, PollSettings())["sign_ins"],
            Slice(NOW - timedelta(hours=1), NOW),
            Deadline(lambda: NOW, NOW + timedelta(minutes=4)),
        )
        return [value_of(raw.data)["id"] for page in pages for raw in page]


def test_a_body_that_is_not_what_its_encoding_says_is_asked_for_again():
    zipped = {"content-encoding": "gzip"}
    whole = gzip.compress(BODY)
    assert read((200, b"\x1f\x8b no gzip", zipped), (200, whole[:-30], zipped), (200, whole, zipped)) == ["a"]


def test_dates_beyond_every_calendar_are_no_dates():
    assert read((429, b"", {"Retry-After": FAR}), (200, BODY, {"Date": FAR})) == ["a"]
