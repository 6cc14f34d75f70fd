"""One real request over TLS: to the checked address, under the host's certificate, no redirect followed, little of the answer read."""

import http.server
import ssl
import threading
from collections.abc import Iterator

import pytest
import trustme
import urllib3

from gatewatch.notify import outside
from gatewatch.notify.outside import Target


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers 302 with a long body, and remembers."""

    got: list[tuple[str, str, bytes]] = []  # noqa: RUF012 - shared by the handler's instances on purpose

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, self.headers["Host"], body))
        self.send_response(302)
        self.send_header("Location", "https://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(1 << 20))
        self.end_headers()
        self.wfile.write(b"x" * outside.ANSWER_LIMIT_BYTES)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(tmp_path, monkeypatch) -> Iterator[int]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hooks.example").configure_cert(context)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Receiver.got.clear()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_the_request_goes_to_the_checked_address_under_the_hosts_name(receiver: int) -> None:
    assert outside.post(Target("127.0.0.1", "hooks.example", receiver, "/in?a=b"), b"{}", {"Content-Type": "application/json"}) == 302
    assert Receiver.got == [("/in?a=b", f"hooks.example:{receiver}", b"{}")]


def test_a_certificate_of_another_host_ends_it(receiver: int) -> None:
    with pytest.raises(urllib3.exceptions.SSLError):
        outside.post(Target("127.0.0.1", "other.example", receiver, "/in"), b"{}", {})
    assert Receiver.got == []


def test_the_system_resolves_this_machine() -> None:
    assert {"127.0.0.1", "::1"} & set(outside.resolve("localhost", 443))
