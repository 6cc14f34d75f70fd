"""The Teams notifier against a real HTTP server on loopback: what it accepts, what stays owed, what it never tells."""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from gatewatch.errors import NotifyError, NotifyUnavailable
from gatewatch.notify.card import PAYLOAD_LIMIT_BYTES
from gatewatch.notify.teams import TeamsNotifier

SECRET = "sig=s3cr3t-signature"


class Sink:
    """Answers with the statuses it was given, then 202; keeps what it got. Status 0 hangs up, -1 never answers."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.release = threading.Event()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sink.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                sink.headers.append(dict(self.headers))
                status, headers = sink.answers.pop(0) if sink.answers else (202, {})
                if status == -1:
                    sink.release.wait(10)
                if status <= 0:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/workflows/1?{SECRET}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def answer(self, status: int, **headers: str) -> None:
        self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}))


class Time:
    """A clock that only ``sleep`` and the test move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    sink.thread.start()
    yield sink
    sink.release.set()
    sink.server.shutdown()
    sink.thread.join()
    sink.server.server_close()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager() as pool:
        yield pool


@pytest.fixture
def teams(sink, time, pool) -> TeamsNotifier:
    return TeamsNotifier(lambda: sink.url, pool, monotonic=time, sleep=time.sleep)


@pytest.mark.parametrize("status", [200, 202])
def test_accepted(teams, sink, notice, status):
    sink.answer(status)
    teams.send(notice())
    message = json.loads(sink.bodies[0])
    assert message["type"] == "message"
    assert message["attachments"][0]["content"]["version"] == "1.4"
    assert sink.headers[0]["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("status", [0, 408, 429, 500, 502, 503, 504])
def test_away_stays_owed(teams, sink, notice, status):
    sink.answer(status)
    with pytest.raises(NotifyUnavailable):
        teams.send(notice())
    assert len(sink.bodies) == 1


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 410])
def test_refused_is_given_up(teams, sink, notice, status):
    sink.answer(status, Location="http://127.0.0.1:1/elsewhere")
    with pytest.raises(NotifyError) as refusal:
        teams.send(notice())
    assert not isinstance(refusal.value, NotifyUnavailable)
    assert len(sink.bodies) == 1


def test_too_large_is_halved_and_sent_once_more(teams, sink, notice):
    sink.answer(413)
    teams.send(notice(reason="x" * 10_000))
    assert len(sink.bodies) == 2
    assert len(sink.bodies[1]) <= PAYLOAD_LIMIT_BYTES // 2


def test_too_large_twice_is_given_up(teams, sink, notice):
    sink.answer(413)
    sink.answer(413)
    with pytest.raises(NotifyError):
        teams.send(notice())
    assert len(sink.bodies) == 2


class Impatient:
    """The pool with a read timeout a test can wait for."""

    def __init__(self, pool: urllib3.PoolManager) -> None:
        self.pool = pool

    def request(self, method: str, url: str, **options):
        return self.pool.request(method, url, **{**options, "timeout": 0.05})


def test_no_answer_in_time_stays_owed(sink, time, pool, notice):
    sink.answer(-1)
    with pytest.raises(NotifyUnavailable, match="ReadTimeoutError"):
        TeamsNotifier(lambda: sink.url, Impatient(pool), monotonic=time, sleep=time.sleep).send(notice())


def test_nobody_listens_stays_owed(time, pool, notice):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotifyUnavailable):
        TeamsNotifier(lambda: f"http://127.0.0.1:{port}/?{SECRET}", pool, monotonic=time, sleep=time.sleep).send(notice())


def test_four_a_second_at_most(teams, time, notice):
    for _ in range(5):
        teams.send(notice())
    assert time.slept == [0.25] * 4


def test_a_pause_teams_asks_for_is_kept_without_waiting_for_it(teams, sink, time, notice):
    sink.answer(429, Retry_After="30")
    with pytest.raises(NotifyUnavailable):
        teams.send(notice())
    with pytest.raises(NotifyUnavailable, match="30 s are left"):
        teams.send(notice())
    assert len(sink.bodies) == 1
    time.now += 30
    teams.send(notice())
    assert len(sink.bodies) == 2
    assert max(time.slept, default=0) <= 1


@pytest.mark.parametrize("header", ["soon", "nan", "Wed, 21 Oct 2026 07:28:00 GMT", "-5"])
def test_a_pause_we_cannot_read_is_short(teams, sink, time, notice, header):
    sink.answer(503, Retry_After=header)
    with pytest.raises(NotifyUnavailable):
        teams.send(notice())
    time.now += 2
    teams.send(notice())


@pytest.mark.parametrize("url", ["http://teams.example/hook?sig=x", "ftp://127.0.0.1/x", "", "javascript:alert(1)", "https://", "//x/y"])
def test_only_https_leaves_this_machine(pool, notice, url):
    with pytest.raises(NotifyError, match="must start with https"):
        TeamsNotifier(lambda: url, pool).send(notice())


@pytest.mark.parametrize("status", [0, 403, 500])
def test_the_address_is_told_to_nobody(teams, sink, notice, caplog, status):
    caplog.set_level(logging.INFO)
    sink.answer(status)
    with pytest.raises(NotifyError) as refusal:
        teams.send(notice())
    said = f"{refusal.value!r} {refusal.value} {refusal.value.__cause__!r} {refusal.value.__context__!r} {teams!r} {vars(refusal.value)}"
    assert "s3cr3t" not in said + caplog.text
    assert "workflows" not in said + caplog.text


def test_a_certificate_nobody_vouches_for_stays_owed(time, notice):
    trustme = pytest.importorskip("trustme")
    import ssl  # noqa: PLC0415

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    sink = Sink()
    sink.server.socket = context.wrap_socket(sink.server.socket, server_side=True, do_handshake_on_connect=False)
    sink.thread.start()
    teams = TeamsNotifier(lambda: sink.url.replace("http://", "https://"), monotonic=time, sleep=time.sleep)
    try:
        with pytest.raises(NotifyUnavailable, match="SSLError"):
            teams.send(notice())
    finally:
        sink.server.shutdown()
        sink.thread.join()
        sink.server.server_close()
    assert sink.bodies == []
