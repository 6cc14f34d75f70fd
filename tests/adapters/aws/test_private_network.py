"""A function in a private network: an OpenSearch with a user of its own, and an index behind a proxy."""

import base64
import json
import socketserver
import threading
from collections.abc import Iterator

import pytest

from aws_lambda.clients import Clients
from aws_lambda.secrets import Secrets, plain
from aws_lambda.settings import load
from gatewatch.errors import ConfigError, StoreUnavailable
from gatewatch.settings import Configuration
from gatewatch.stores.elastic.endpoint import Authorization, endpoint
from gatewatch.stores.elastic.settings import authorization, elastic_client, elastic_store

USER = {"engine": "opensearch", "username": "gatewatch", "password": "s3cret:with:colons"}
GOOD = {
    "ELASTIC_URL": "https://index.example.com:9243",
    "NOTIFICATION_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:alerts",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
}


def configuration(clients: Clients, secret: str, **more: str) -> Configuration:
    arn = clients.secrets.create_secret(Name="key", SecretString=secret)["ARN"]
    return Configuration(load({**GOOD, "ELASTIC_API_KEY_SECRET_ARN": arn, **more}), Secrets(lambda: clients.secrets).source)


@pytest.mark.parametrize("secret", [json.dumps(USER), "gatewatch:s3cret:with:colons"], ids=["as Secrets Manager writes it", "text"])
def test_an_opensearch_is_given_a_user(clients: Clients, secret: str) -> None:
    header = authorization(configuration(clients, secret, ELASTIC_PRODUCT="opensearch")).header()
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == "gatewatch:s3cret:with:colons"


def test_an_elasticsearch_is_given_a_key(clients: Clients) -> None:
    assert authorization(configuration(clients, json.dumps({"encoded": "aWQ6a2V5"}))).header() == "ApiKey aWQ6a2V5"


@pytest.mark.parametrize("secret", ["only-a-key", ":hunter2", "hunter2:"])
def test_a_credential_that_is_no_user_waits_and_is_not_quoted(clients: Clients, secret: str) -> None:
    with pytest.raises(StoreUnavailable, match="must be user:password") as error:
        authorization(configuration(clients, secret, ELASTIC_PRODUCT="opensearch")).header()
    assert secret.strip(":") not in str(error.value)


def test_a_user_never_shows_its_password() -> None:
    assert "s3cret" not in repr(Authorization.user("gatewatch:s3cret"))


def test_the_answers_of_an_opensearch_need_no_header_of_elasticsearch(clients: Clients) -> None:
    here = configuration(clients, json.dumps(USER), ELASTIC_PRODUCT="opensearch")
    assert (elastic_client(here)._peer.product, elastic_store(here)._data_streams_only) == (None, False)


def test_a_key_with_a_user_beside_it_stays_a_key() -> None:
    assert plain(json.dumps({"encoded": "aWQ6a2V5", "username": ""})) == "aWQ6a2V5"


class Proxy(socketserver.ThreadingTCPServer):
    """A proxy that notes what it is asked and opens nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        proxy = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                proxy.asked.append(self.rfile.readline().decode().strip())
                self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    found = Proxy()
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def test_the_index_is_reached_through_the_proxy_and_only_there(clients: Clients, proxy: Proxy) -> None:
    """CONNECT: TLS, and with it the key, is spoken with the server and not with the proxy."""
    address = f"http://127.0.0.1:{proxy.server_address[1]}"
    client = elastic_client(configuration(clients, "aWQ6a2V5", ELASTIC_PROXY=address))
    with pytest.raises(StoreUnavailable):
        client.json("GET", "/", again=False)
    client.close()
    assert set(proxy.asked) == {"CONNECT index.example.com:9243 HTTP/1.1"}


def test_a_fingerprint_behind_a_proxy_is_refused() -> None:
    with pytest.raises(ConfigError, match="CA file"):
        endpoint("https://index.example.com", fingerprint="a" * 64, proxy="http://proxy:3128")
