"""What the real runtime writes at DEBUG: no secret, no token, no word of a record."""

import json
from pathlib import Path

import pytest

from scripts.local_cloud.lambda_emulator import free_port
from scripts.local_cloud.lambda_runtime import Artifact, Cloud, Emulator, Stage
from tests.builders.aws import root_record, user_record

pytestmark = [pytest.mark.emulator, pytest.mark.slow]

API_KEY = "YXBpLWtleS1vZi1lbGFzdGlj"
WEBHOOK = "https://127.0.0.1:1/workflows/signature-of-the-webhook"
TOKEN = "session-token-of-the-role"
SECRET_KEY = "secret-key-of-the-role"
IN_A_RECORD = "Zaphod-was-here"
AT_DEBUG = {
    "AWS_LAMBDA_LOG_FORMAT": "JSON",  # what Lambda itself sets for LoggingConfig
    "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
    "POWERTOOLS_LOG_LEVEL": "DEBUG",
    "POWERTOOLS_LOGGER_LOG_EVENT": "true",
    "AWS_SESSION_TOKEN": TOKEN,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
}


def run(artifact: Artifact, stage: Stage, log: Path, **store: str) -> str:
    """A batch with an urgent record, an ordinary one and poison, and a sweep; what was logged."""
    stage.sign_in(root_record(userAgent=IN_A_RECORD))
    stage.sign_in(user_record(IN_A_RECORD))
    stage.send(json.dumps({"hello": IN_A_RECORD}))
    stage.send("{" + IN_A_RECORD)
    with Emulator(artifact, stage.environment(**AT_DEBUG, **store), log=log) as function:
        polled = stage.poll(function)
        function.invoke({"source": "gatewatch", "action": "sweep"})
        written = function.log()
    assert (len(polled.received), polled.error) == (4, "")
    return written


def holds_nothing(written: str) -> bool:
    return not any(word in written for word in (API_KEY, "signature-of-the-webhook", TOKEN, SECRET_KEY, IN_A_RECORD))


def test_an_index_that_is_away_at_debug(artifact: Artifact, cloud: Cloud, tmp_path: Path) -> None:
    stage = cloud.stage(API_KEY, webhook=WEBHOOK)
    written = run(artifact, stage, tmp_path / "function.log", ELASTIC_URL=f"http://127.0.0.1:{free_port()}", NOTIFY_CHANNELS="sns,teams")
    assert "store unavailable" in written
    assert [told["Subject"][:8] for told in stage.inbox()] == ["CRITICAL"]  # so SNS and SQS were called, with the record in the request
    assert holds_nothing(written)


def test_stored_and_told_at_debug(artifact: Artifact, cloud: Cloud, tmp_path: Path) -> None:
    stage = cloud.stage(API_KEY, webhook=WEBHOOK)
    written = run(
        artifact, stage, tmp_path / "function.log", GATEWATCH_STORE=f"sqlite:{tmp_path / 'g.sqlite'}", NOTIFY_CHANNELS="sns,teams"
    )
    assert '"processed"' in written
    assert len(stage.inbox()) == 2
    assert holds_nothing(written)
