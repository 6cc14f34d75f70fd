"""What the function's log may hold, whatever log level is set."""

import logging
from collections.abc import Iterator

import pytest

from aws_lambda import telemetry
from aws_lambda.clients import Clients

SECRET = "c2VjcmV0LWFwaS1rZXk="


class Kept(logging.Handler):
    """Keeps every line of every logger."""

    def __init__(self) -> None:
        super().__init__(0)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def kept() -> Iterator[Kept]:
    root, handler = logging.getLogger(), Kept()
    before = {name: logging.getLogger(name).level for name in (None, *telemetry.LIBRARIES)}
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def read_secret(clients: Clients) -> None:
    clients.secrets.create_secret(Name="key", SecretString=SECRET)
    assert clients.secrets.get_secret_value(SecretId="key")["SecretString"] == SECRET


def test_at_debug_botocore_writes_the_secret(clients: Clients, kept: Kept) -> None:
    for name in (None, *telemetry.LIBRARIES):
        logging.getLogger(name).setLevel(logging.DEBUG)  # as Lambda does for ApplicationLogLevel DEBUG
    read_secret(clients)
    assert any(SECRET in line for line in kept.lines)


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_libraries_stay_at_info_at_any_level(clients: Clients, kept: Kept, level: str) -> None:
    for name in (None, *telemetry.LIBRARIES):
        logging.getLogger(name).setLevel(level)
    telemetry.keep_libraries_at_info()
    read_secret(clients)
    assert not any(SECRET in line for line in kept.lines)
    assert {logging.getLogger(name).getEffectiveLevel() for name in ("botocore.parsers", "urllib3.connectionpool", "boto3", "else")} == {
        logging.INFO
    }
