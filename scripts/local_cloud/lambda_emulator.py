"""One execution environment of Lambda: the Runtime Interface Emulator and awslambdaric on the built artifact.

Facts about the emulator (measured): an exception answers 200 with ``errorType``; concurrent invocations crash it; one process group.
"""

import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from .lambda_artifact import ROOT, Artifact, architecture, environment

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "test"}
START_SECONDS = 30
HANDLER = "aws_lambda.handler.lambda_handler"


class FunctionError(Exception):
    """The function raised, timed out or died; ``kind`` is the runtime's errorType."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Emulator:
    """One execution environment. Invocations are serialised; the process group is killed at the end."""

    def __init__(self, artifact: Artifact, variables: Mapping[str, str], *, log: Path | None = None, handler: str = HANDLER) -> None:
        self._artifact = artifact
        self._variables, self._handler = variables, handler
        self._log = (log or ROOT / "build" / f"emulator-{uuid.uuid4().hex[:8]}.log").resolve()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._url = ""

    def __enter__(self) -> Self:
        runtime = environment(".venv-rie", "requirements/rie.txt")
        tools = environment(".venv-sam", "requirements/sam.txt")
        name = f"aws-lambda-rie-{'arm64' if architecture() == 'arm64' else 'x86_64'}"
        binary = next(tools.glob(f"lib/python3.*/site-packages/samcli/local/rapid/{name}"))
        here, api = free_port(), free_port()
        command = [str(binary), "--log-level", "info", "--runtime-interface-emulator-address", f"127.0.0.1:{here}"]
        command += ["--runtime-api-address", f"127.0.0.1:{api}"]
        command += [str(runtime / "bin" / "python"), "-m", "awslambdaric", self._handler]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self._artifact.function, env=self._environment(), stdout=log, stderr=log, start_new_session=True
            )
        self._url = f"http://127.0.0.1:{here}/2015-03-31/functions/function/invocations"
        _wait_for_port(here, self._process)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)

    def invoke(self, payload: object, seconds: float = 90) -> Any:
        """The function's answer; raises ``FunctionError``."""
        request = urllib.request.Request(self._url, json.dumps(payload).encode(), {"Content-Type": "application/json"})
        with self._lock:
            try:
                with urllib.request.urlopen(request, timeout=seconds) as answer:
                    body = answer.read()
            except urllib.error.HTTPError as error:
                with error:
                    body = error.read()
        return _answer(body)

    def log(self) -> str:
        """Everything the function and the runtime wrote."""
        return self._log.read_text("utf-8", "replace")

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        function = {
            "AWS_LAMBDA_FUNCTION_NAME": "gatewatch-detector",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "60",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "PYTHONPATH": self._artifact.path,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return kept | CREDENTIALS | function | dict(self._variables)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.05)
    raise FunctionError("EmulatorNotReady", f"exit code {process.poll()}")


def _answer(body: bytes) -> Any:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise FunctionError("Runtime.Failed", body.decode("utf-8", "replace")[:500]) from error
    if isinstance(answer, dict) and "errorType" in answer:
        raise FunctionError(str(answer["errorType"]), str(answer.get("errorMessage", ""))[:2000])
    return answer
