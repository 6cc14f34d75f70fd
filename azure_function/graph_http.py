"""Requests to Microsoft Graph: the SDK builds and authenticates them, the answer is taken as raw bytes, retries and pace are ours.

The SDK's models are not used: they take 100 times as long, lose unknown enum values, and lose a page over one bad date.
Everything heavy is imported when the first client is made, inside an invocation.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from gatewatch.errors import GatewatchError
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.errors import DeadlineReached, SourceUnavailable
from gatewatch.ports import Clock

from . import explanations, retry
from .graph_observed import GraphObserved
from .graph_pages import NotWhole
from .graph_streams import RISKS
from .request_slots import IDENTITY_PROTECTION, REPORTS, RequestSlots
from .settings import GraphSettings

if TYPE_CHECKING:
    import httpx
    from azure.core.credentials import TokenCredential
    from kiota_abstractions.request_information import RequestInformation
    from msgraph.graph_service_client import GraphServiceClient

LOG = logging.getLogger(__name__)


class GraphError(GatewatchError):
    """Graph said no: ``status`` is its answer, ``code`` its error code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(explanations.refusal(status, code))
        self.status = status
        self.code = code


class GraphUnavailable(SourceUnavailable):
    """Graph is away, throttles beyond the deadline, or answers nonsense."""


class _Failed(Exception):  # noqa: N818 - one failed attempt, caught in this module
    """One attempt failed in a way that another may not."""

    def __init__(self, what: str, headers: "httpx.Headers | dict[str, str]") -> None:
        super().__init__(what)
        self.headers = headers


class GraphHttp:
    """One connection to one tenant's Graph. Not for two threads at once; ``close`` it."""

    def __init__(
        self,
        settings: GraphSettings,
        credential: "TokenCredential",
        clock: Clock,
        sleep: Callable[[float], None],
        transport: "httpx.AsyncBaseTransport | None" = None,
        slots: RequestSlots | None = None,
    ) -> None:
        """``slots`` are shared by all connections of a process to this tenant."""
        self._settings, self._clock, self._sleep = settings, clock, sleep
        self._slots = slots or RequestSlots()
        self.observed = GraphObserved()  # what the answers say of Graph's state
        self.api = settings.api  # v1.0 or beta
        self.clock = clock
        self.root = f"{settings.base_url}/{settings.api}"
        self._runner = asyncio.Runner()
        self._http, self.client = _connect(settings, credential, self.root, transport)

    def close(self) -> None:
        """Release connections and the event loop."""
        self._runner.run(self._http.aclose())
        self._runner.close()

    def get[T](
        self, build: Callable[[], "RequestInformation"], decode: Callable[[bytes], T], resource: str, deadline: Deadline
    ) -> tuple[T, datetime]:
        """What a 200 says and when it came, after as many tries as settings and deadline allow. ``decode`` raises ``NotWhole``.

        Raises ``SourceUnavailable``, and ``GraphError`` for an answer that another try would not change.
        """
        attempt = 0
        while True:
            attempt += 1
            self._keep_pace(resource, deadline)
            try:
                return self._attempt(build(), decode, deadline)
            except _Failed as failure:
                wait = retry.delay(failure.headers, attempt, self._settings.retry_delay, self._clock())
                LOG.warning("graph %s: attempt %d failed: %s", resource, attempt, failure)
                if deadline.left() <= 0:
                    raise DeadlineReached("the deadline of this run came within a request") from failure
                if attempt > self._settings.retries or wait >= deadline.left():
                    raise GraphUnavailable(f"Graph {resource} did not answer: {failure}") from failure
                self._sleep(wait)

    def _attempt[T](self, request: "RequestInformation", decode: Callable[[bytes], T], deadline: Deadline) -> tuple[T, datetime]:
        """One request; ``_Failed`` when it is worth another."""
        import httpx  # noqa: PLC0415 - heavy
        from azure.core.exceptions import AzureError  # noqa: PLC0415 - heavy

        try:
            response = self._runner.run(self._send(request, deadline))
        except (httpx.RequestError, TimeoutError) as error:
            raise _Failed(type(error).__name__, {}) from error
        except AzureError as error:
            self.observed.no_token(str(error))
            raise GraphUnavailable(explanations.no_token(self._settings.tenant_id, str(error), type(error).__name__)) from error
        came = self._clock()
        self.observed.answer(response.status_code, response.headers.get("Date", ""), came)
        if response.status_code in retry.RETRYABLE:
            raise _Failed(f"status {response.status_code}", response.headers)
        if response.status_code != HTTPStatus.OK:
            code = _code(response.content)
            self.observed.refused(response.status_code, code)
            raise GraphError(response.status_code, code)
        try:
            return decode(response.content), came
        except NotWhole as error:
            raise _Failed(f"an answer that is not whole: {error}", {}) from error

    def _keep_pace(self, resource: str, deadline: Deadline) -> None:
        """Wait for a slot; raises ``DeadlineReached`` where none comes in time."""
        group, gap = (IDENTITY_PROTECTION, self._settings.risk_interval) if resource in RISKS else (REPORTS, self._settings.interval)
        wait = self._slots.reserve(group, gap, self._clock(), deadline.left())
        if wait is None:
            raise DeadlineReached("the deadline of this run is reached")
        if wait:
            self._sleep(wait)

    async def _send(self, request: "RequestInformation", deadline: Deadline) -> "httpx.Response":
        """One request through the adapter, which adds the token, for our host only.

        Prefer: values newer than this API version come as they are, not masked as unknownFutureValue.
        """
        from kiota_abstractions.native_response_handler import NativeResponseHandler  # noqa: PLC0415 - heavy
        from kiota_http.middleware.options import ResponseHandlerOption  # noqa: PLC0415 - heavy

        request.headers.add("Prefer", "include-unknown-enum-members")
        request.path_parameters["baseurl"] = self.root
        request.url = request.url  # the template is expanded once: the adapter asks three times, and a long filter costs 10 ms each
        request.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        async with asyncio.timeout(deadline.left()):
            return await self.client.request_adapter.send_primitive_async(request, "bytes", {})  # type: ignore[return-value] # native handler


def _connect(
    settings: GraphSettings, credential: "TokenCredential", root: str, transport: "httpx.AsyncBaseTransport | None"
) -> tuple["httpx.AsyncClient", "GraphServiceClient"]:
    """The SDK's client over a bare HTTP client: no middleware and no redirects, which could carry the token elsewhere."""
    import httpx  # noqa: PLC0415 - heavy
    from kiota_authentication_azure.azure_identity_authentication_provider import (  # noqa: PLC0415 - heavy
        AzureIdentityAuthenticationProvider,
    )
    from msgraph.graph_request_adapter import GraphRequestAdapter  # noqa: PLC0415 - heavy
    from msgraph.graph_service_client import GraphServiceClient  # noqa: PLC0415 - heavy

    host = urlsplit(settings.base_url).hostname or ""
    auth = AzureIdentityAuthenticationProvider(credential, scopes=[f"{settings.base_url}/.default"], allowed_hosts=[host])
    http = httpx.AsyncClient(timeout=settings.timeout, follow_redirects=False, transport=transport)
    adapter = GraphRequestAdapter(auth, client=http)
    adapter.base_url = root
    return http, GraphServiceClient(request_adapter=adapter)


_ERROR = msgspec.json.Decoder(dict[str, object])


def _code(body: bytes) -> str:
    """Graph's error code, if it is one: letters, digits and a few signs, so that it is safe to log."""
    try:
        error = _ERROR.decode(body).get("error")
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[\w .-]{1,80}", code, re.ASCII) else ""
