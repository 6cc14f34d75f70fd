"""A proxy on loopback that does to a conversation what a real server cannot be told to do: reset, stall, cut, lie.

Each fault applies to the next request whose path matches; a request without a fault goes to the backend as it is. The backend is a
real server, or the small fake in ``fake.py``.
"""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self

import urllib3

from .server import Running


class Fault(StrEnum):
    """What happens to one request; ``after`` marks those where the server has done its work and only the answer suffers."""

    RESET_BEFORE = "reset before the request is passed on"
    RESET_AFTER = "reset in the middle of the answer"
    STALL = "no answer until the client gives up"
    STALL_AFTER = "the work done, no answer until the client gives up"
    THROTTLED = "429 for the whole request"
    THROTTLED_ITEMS = "429 for every other item"
    UNAVAILABLE = "503"
    TOO_LARGE = "413"
    BAD_REQUEST = "400 for the whole request"
    TRUNCATED = "half of the JSON"
    WRONG_COUNT = "one item less than actions"
    FAILURE_STORE = "201 and failure_store: used"
    MAPPING_CONFLICT = "400 for every item: the mapping does not take it"
    KEY_EXPIRED = "401"
    FORBIDDEN = "403"
    NOT_ELASTIC = "an answer without the product's header"
    DRIP = "one byte at a time"


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


type Backend = Callable[[str, str, Mapping[str, str], bytes], Answer]

ELASTIC = {"Content-Type": "application/json", "X-elastic-product": "Elasticsearch"}


class Forward:
    """Passes requests on to a real server."""

    def __init__(self, server: Running) -> None:
        self._url = server.url
        self._pool = urllib3.PoolManager(ca_certs=str(server.ca) if server.ca else None, retries=False, maxsize=8)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request."""
        kept = {name: value for name, value in headers.items() if name.lower() in {"authorization", "content-type", "accept"}}
        answer = self._pool.request(method, self._url + path, body=body or None, headers=kept)
        return Answer(answer.status, dict(answer.headers), answer.data)

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()


def _error(status: int, kind: str, **headers: str) -> Answer:
    return Answer(status, ELASTIC | headers, json.dumps({"error": {"type": kind, "reason": "as told"}, "status": status}).encode())


def _items(answer: Answer, change: Callable[[list[dict[str, dict[str, object]]]], list[dict[str, dict[str, object]]]]) -> Answer:
    body = json.loads(answer.body)
    body["items"] = change(body["items"])
    return answer._replace(
        body=json.dumps(body).encode(), headers={k: v for k, v in answer.headers.items() if k.lower() != "content-length"}
    )


def _refused_items(body: bytes) -> Answer:
    """Nothing is passed on: every action is answered as a document that its mapping does not take."""
    refused = {"status": 400, "error": {"type": "document_parsing_exception", "reason": "as told"}}
    items = [{next(iter(json.loads(action))): refused} for action in body.splitlines()[::2]]
    return Answer(200, ELASTIC, json.dumps({"errors": True, "items": items}).encode())


_INSTEAD = {
    Fault.THROTTLED: _error(429, "es_rejected_execution_exception", **{"Retry-After": "1"}),
    Fault.UNAVAILABLE: _error(503, "unavailable_shards_exception"),
    Fault.TOO_LARGE: Answer(413, ELASTIC, b""),
    Fault.BAD_REQUEST: _error(400, "action_request_validation_exception"),
    Fault.KEY_EXPIRED: _error(401, "security_exception"),
    Fault.FORBIDDEN: _error(403, "security_exception"),
}


@dataclass
class FaultProxy:
    """Listens on ``url`` until closed. ``faults`` are used up one a matching request; ``always`` is used when they are gone."""

    backend: Backend
    matching: str = ""
    faults: list[Fault | None] = field(default_factory=list)
    always: Callable[[str], Fault | None] = lambda path: None
    tls: ssl.SSLContext | None = None
    seen: list[str] = field(default_factory=list)
    met: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.open = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.open.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_fault(self, path: str) -> Fault | None:
        """The fault of this request."""
        with self.lock:
            self.seen.append(path.partition("?")[0])
            if self.matching not in path:
                return None
            fault = self.faults.pop(0) if self.faults else self.always(path)
            if fault is not None:
                self.met.append(fault)
            return fault

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(_Handler):
            faults = proxy

        return Handler


class _Handler(BaseHTTPRequestHandler):
    faults: FaultProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # the client hung up, or did not trust us
            self.close_connection = True

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.faults.next_fault(self.path)
        if fault is Fault.RESET_BEFORE:
            self._reset()
            return
        if fault is Fault.STALL:
            self._stall()
            return
        if fault in _INSTEAD:
            self._send(_INSTEAD[fault])
            return
        if fault is Fault.THROTTLED_ITEMS:
            self._send(self._half_throttled(body))
            return
        if fault is Fault.MAPPING_CONFLICT:
            self._send(_refused_items(body))
            return
        self._suffer(fault, self.faults.backend(self.command, self.path, self.headers, body))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any  # noqa: N815

    def _suffer(self, fault: Fault | None, answer: Answer) -> None:
        """The answer as it is, or as the fault leaves it."""
        match fault:
            case Fault.RESET_AFTER:
                self._send(answer, most=len(answer.body) // 2)
                self._reset()
            case Fault.STALL_AFTER:
                self._stall()
            case Fault.TRUNCATED:
                self._send(answer._replace(body=answer.body[: len(answer.body) // 2]))
            case Fault.WRONG_COUNT:
                self._send(_items(answer, lambda items: items[:-1]))
            case Fault.FAILURE_STORE:
                self._send(
                    _items(
                        answer, lambda items: [{verb: {**item, "failure_store": "used"} for verb, item in entry.items()} for entry in items]
                    )
                )
            case Fault.NOT_ELASTIC:
                self._send(answer._replace(headers={"Content-Type": "application/json"}))
            case Fault.DRIP:
                self._drip(answer)
            case _:
                self._send(answer)

    def _half_throttled(self, body: bytes) -> Answer:
        """Every other action is passed on, the rest is told to come again."""
        lines = body.splitlines(keepends=True)
        pairs = [(lines[at], lines[at + 1]) for at in range(0, len(lines), 2)]
        passed = b"".join(one + two for one, two in pairs[::2])
        answer = self.faults.backend(self.command, self.path, self.headers, passed)
        taken = iter(json.loads(answer.body)["items"])
        told = {"status": 429, "error": {"type": "es_rejected_execution_exception"}}
        verbs = [next(iter(json.loads(one))) for one, _ in pairs]
        merged = [{verb: told} if at % 2 else next(taken) for at, verb in enumerate(verbs)]
        return _items(answer, lambda _: merged)

    def _send(self, answer: Answer, most: int | None = None) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[:most])
        self.wfile.flush()

    def _drip(self, answer: Answer) -> None:
        self._send(answer, most=0)
        for at in range(len(answer.body)):
            if self.faults.open.wait(0.01):
                return
            self.wfile.write(answer.body[at : at + 1])
            self.wfile.flush()

    def _stall(self) -> None:
        """Until the client hangs up, or the test ends."""
        self.connection.settimeout(0.05)
        while not self.faults.open.is_set():
            try:
                if self.connection.recv(1) == b"":
                    break
            except TimeoutError:
                continue
        self.close_connection = True

    def _reset(self) -> None:
        """A reset rather than an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
