"""One HTTP conversation with Elasticsearch: verified, bounded by a deadline, retried where that is safe, and never a secret in an error."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from ... import __version__
from ...errors import StoreError, StoreUnavailable
from .budget import Budget, RequestLimits, Timing
from .endpoint import Authorization, Endpoint, tls_context

if TYPE_CHECKING:
    import ssl

    from urllib3.connectionpool import HTTPConnectionPool

RETRYABLE = frozenset({408, 429, 500, 502, 503, 504})
OPERATOR = frozenset({401, 403})
"""Expired or narrowed keys: what an operator repairs, so records wait instead of being refused."""

JSON = "application/json"
NDJSON = "application/x-ndjson"
_READ_BYTES = 1 << 16


class Answer(Struct, frozen=True):
    """A status and the decoded JSON body, None when there is none."""

    status: int
    body: Any

    @property
    def error_type(self) -> str:
        """Elasticsearch's name of the error; the reason beside it may quote a value and is never used."""
        error = self.body.get("error") if isinstance(self.body, dict) else None
        return str(error.get("type", "unknown")) if isinstance(error, dict) else "unknown"


class Peer(Struct, frozen=True):
    """The other side: its name in errors, the product that a header of every answer must name (None: no such header), and what every request carries."""

    name: str = "Elasticsearch"
    product: str | None = "Elasticsearch"
    headers: Mapping[str, str] = {}


ELASTICSEARCH = Peer()
OPENSEARCH = Peer(product=None)


class TooLarge(StoreUnavailable):
    """The answer is larger than ``Limits.answer_bytes``: ask for less."""


class _Away(Exception):  # noqa: N818 - named for the state
    """This attempt got no usable answer; trying again may help."""

    def __init__(self, problem: str, at_least: float = 0.0) -> None:
        super().__init__(problem)
        self.at_least = at_least


def _through(where: Endpoint, proxy: str, size: int, context: "ssl.SSLContext") -> "HTTPConnectionPool":
    """Connections through a proxy: it is asked to CONNECT, and TLS is spoken with the server."""
    from urllib3 import ProxyManager  # noqa: PLC0415 - loaded only where Elasticsearch is used

    return ProxyManager(proxy, maxsize=size, ssl_context=context).connection_from_host(where.host, where.port, "https")


class Client:
    """Speaks to one endpoint with one credential; keeps connections, safe for several threads.

    ``remaining`` says how many seconds the caller still has (a Lambda's or a Function's deadline). ``peer`` is what must answer.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        authorization: Authorization | None,
        *,
        limits: RequestLimits | None = None,
        timing: Timing | None = None,
        remaining: Callable[[], float] | None = None,
        peer: Peer = ELASTICSEARCH,
    ) -> None:
        self.endpoint = endpoint
        self._authorization = authorization
        self._limits, self._timing = limits or RequestLimits(), timing or Timing()
        self._remaining, self._peer = remaining, peer
        self._pool: HTTPConnectionPool | None = None
        self.calls = 0
        self.sent_bytes = 0

    def __repr__(self) -> str:
        return f"Client({self.endpoint.url})"

    def budget(self) -> Budget:
        """The time that one call of the store may take from now on."""
        seconds = self._limits.budget_seconds
        return Budget(self._timing, self._limits, seconds if self._remaining is None else min(seconds, self._remaining()))

    def json(  # noqa: PLR0913 - method, path, and what may go with a request
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
        budget: Budget | None = None,
        again: bool = True,
    ) -> Answer:
        """One request with a JSON body. ``accept`` names statuses that are answers rather than errors; ``again`` allows retries.

        Raises:
            StoreUnavailable: away, throttled, key refused, certificate or product wrong, time used up.
            StoreError: any other refusal, named by Elasticsearch's error type.
        """
        data = None if body is None else msgspec.json.encode(body)
        return self.send(method, path, data, JSON, params=params, accept=accept, budget=budget, again=again)

    def send(  # noqa: PLR0913 - as ``json``
        self,
        method: str,
        path: str,
        data: bytes | None,
        content: str,
        *,
        params: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
        budget: Budget | None = None,
        again: bool = True,
    ) -> Answer:
        """As ``json``, with the body as it goes over the wire."""
        budget = budget or self.budget()
        target = self.endpoint.prefix + path + (f"?{urlencode(params)}" if params else "")
        attempt = 0
        while True:
            try:
                answer = self._once(method, target, data, content, budget)
            except _Away as away:
                if not again:
                    raise StoreUnavailable(f"{self._peer.name} is not available: {away}") from away
                budget.wait(attempt, away.at_least, str(away))
                attempt += 1
            else:
                return _checked(answer, accept, self._peer.name)

    def _once(self, method: str, target: str, data: bytes | None, content: str, budget: Budget) -> Answer:
        from urllib3 import Timeout  # noqa: PLC0415 - loaded only where Elasticsearch is used
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - same

        if (left := budget.left()) <= 0:
            raise StoreUnavailable(f"{self._peer.name} was not asked: the time of this call is used up")
        timeout = Timeout(connect=min(self._limits.connect_seconds, left), read=min(self._limits.read_seconds, left))
        self.calls += 1
        self.sent_bytes += len(data or b"")
        try:
            response = self._connected(left).urlopen(
                method, target, data, self._headers(content), retries=False, redirect=False, timeout=timeout, preload_content=False
            )
            status, headers = response.status, response.headers
            try:
                raw = _read(iter(partial(response.read1, _READ_BYTES), b""), budget, self._limits.answer_bytes)
                response.release_conn()
            except BaseException:
                response.close()
                raise
        except (HTTPError, OSError) as error:
            raise _Away(type(error).__name__) from error
        if status in RETRYABLE:
            raise _Away(f"status {status}", _retry_after(headers.get("Retry-After"), self._limits.budget_seconds))
        if 200 <= status < 300 and self._peer.product is not None and headers.get("X-elastic-product") != self._peer.product:
            raise StoreUnavailable(f"{self.endpoint.url} answers, but is not {self._peer.name}")
        return Answer(status, _decoded(raw, status))

    def _connected(self, left: float) -> "HTTPConnectionPool":
        if self._pool is None:
            from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool  # noqa: PLC0415 - same

            where, size = self.endpoint, self._limits.connections
            if where.tls:
                context = tls_context(where, min(left, self._limits.connect_seconds))
                self._pool = (
                    HTTPSConnectionPool(where.host, where.port, maxsize=size, ssl_context=context)
                    if where.proxy is None
                    else _through(where, where.proxy, size, context)
                )
            else:
                self._pool = HTTPConnectionPool(where.host, where.port, maxsize=size)
        return self._pool

    def _headers(self, content: str) -> dict[str, str]:
        headers = {
            "Accept": JSON,
            "Content-Type": content,
            "User-Agent": f"gatewatch/{__version__}",
            "X-Opaque-Id": "gatewatch",
            **self._peer.headers,
        }
        if self._authorization is not None:
            headers["Authorization"] = self._authorization.header()
        return headers

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None


def _read(chunks: Iterable[bytes], budget: Budget, most: int) -> bytes:
    """The whole body; a server that drips it byte by byte does not outlast the budget."""
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if budget.left() <= 0:
            raise _Away("the answer came too slowly")
        if len(found) > most:
            raise TooLarge(f"Elasticsearch answered with more than {most} bytes")
    return bytes(found)


def _decoded(raw: bytes, status: int) -> object:
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if status >= 300:
            return None  # a proxy's page: the status says enough
        raise _Away("the answer is not JSON") from error


def _retry_after(written: str | None, most: float) -> float:
    """Whole seconds as Elasticsearch sends them; a date or nonsense counts as none, longer than a call may take as just that."""
    return min(float(written), most) if written is not None and written.isdecimal() else 0.0


def _checked(answer: Answer, accept: Collection[int], name: str) -> Answer:
    if 200 <= answer.status < 300 or answer.status in accept:
        return answer
    said = f"{name} answered {answer.status} ({answer.error_type})"
    raise StoreUnavailable(said) if answer.status in OPERATOR else StoreError(said)
