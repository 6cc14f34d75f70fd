"""Secrets through the Parameters and Secrets extension: a server on loopback that answers as AWS's user guide says."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from aws_lambda.clients import Clients
from aws_lambda.extension import extension_reader
from aws_lambda.secrets import SecretByArn
from gatewatch.errors import StoreUnavailable

TOKEN = {"AWS_SESSION_TOKEN": "session"}


class Extension:
    """The extension: secrets by ARN, and what it answers instead."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.instead: tuple[int, bytes] | None = None
        self.asked = 0
        extension = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                extension.asked += 1
                status, body = extension.answer(self.path, self.headers.get("X-Aws-Parameters-Secrets-Token"))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def answer(self, path: str, token: str | None) -> tuple[int, bytes]:
        if self.instead is not None:
            return self.instead
        parts = urlsplit(path)
        if (parts.path, token) != ("/secretsmanager/get", "session"):
            return 401, b"unauthorized"
        (arn,) = parse_qs(parts.query)["secretId"]
        return 200, json.dumps({"ARN": arn, "Name": "key", "SecretString": self.secrets[arn]}).encode()


@pytest.fixture
def extension() -> Iterator[Extension]:
    found = Extension()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def no_sdk() -> Any:
    raise AssertionError("Secrets Manager was asked")


def secret(clients: Clients, extension: Extension, text: str) -> SecretByArn:
    """A secret that both know."""
    arn = clients.secrets.create_secret(Name="key", SecretString=text)["ARN"]
    extension.secrets[arn] = text
    return SecretByArn(arn, lambda: clients.secrets, StoreUnavailable, extension_reader(extension.port, TOKEN))


def test_a_secret_is_read_without_the_sdk_and_once(extension: Extension) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key/with space&more-AbCdEf"
    extension.secrets[arn] = json.dumps({"encoded": "first"})
    key = SecretByArn(arn, no_sdk, StoreUnavailable, extension_reader(extension.port, TOKEN))
    assert (key(), key(), extension.asked) == ("first", "first", 1)


def test_a_rotated_secret_comes_from_secrets_manager_because_the_extension_keeps_the_old_one(
    clients: Clients, extension: Extension
) -> None:
    key = secret(clients, extension, "first")
    key()
    clients.secrets.put_secret_value(SecretId=key.arn, SecretString="second")
    assert (key.renew(), key()) == (True, "second")


def test_a_secret_that_did_not_work_is_not_taken_from_the_extension_again(clients: Clients, extension: Extension) -> None:
    hook = secret(clients, extension, "https://example.com/old")
    hook()
    clients.secrets.put_secret_value(SecretId=hook.arn, SecretString="https://example.com/new")
    hook.forget()
    assert hook() == "https://example.com/new"


AWAY = [
    pytest.param((400, b"not ready to serve traffic, please wait"), id="not ready"),
    pytest.param((500, b""), id="fails"),
    pytest.param((200, b"<html>"), id="no JSON"),
    pytest.param((200, b"[]"), id="another answer"),
    pytest.param((200, b'{"SecretString": null}'), id="no text"),
    pytest.param((200, b'{"SecretBinary": "AAAA"}'), id="binary"),
    pytest.param((302, b""), id="elsewhere"),
]


@pytest.mark.parametrize("instead", AWAY)
def test_an_extension_that_does_not_answer_costs_nothing(clients: Clients, extension: Extension, instead: tuple[int, bytes]) -> None:
    key = secret(clients, extension, "first")
    extension.instead = instead
    assert (key(), extension.asked) == ("first", 1)


def test_an_extension_that_is_away_costs_nothing(clients: Clients, extension: Extension) -> None:
    key = secret(clients, extension, "first")
    extension.server.server_close()
    assert key() == "first"


def test_an_extension_that_refuses_the_token_leaves_the_error_to_secrets_manager(clients: Clients, extension: Extension) -> None:
    reader = extension_reader(extension.port, {})
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf"
    with pytest.raises(StoreUnavailable, match="ResourceNotFoundException"):
        SecretByArn(arn, lambda: clients.secrets, StoreUnavailable, reader)()


def test_what_the_extension_gives_is_checked_as_well(clients: Clients, extension: Extension) -> None:
    key = secret(clients, extension, "schl\u00fcssel")
    with pytest.raises(StoreUnavailable, match="neither a key nor an address"):
        key()
