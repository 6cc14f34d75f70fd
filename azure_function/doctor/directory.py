"""Microsoft Graph as the doctor asks it: one token, plain requests, every answer kept."""

import base64
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from gatewatch.doctor.findings import CannotLook
from gatewatch.errors import GatewatchError
from gatewatch.ports import Clock

from .. import retry
from ..explanations import CODE
from ..settings import V1_0, GraphSettings
from .world import Reply

if TYPE_CHECKING:
    import urllib3
    from azure.core.credentials import TokenCredential

PATIENCE_SECONDS = 10.0
"""The longest pause that Graph may ask for before the doctor goes on without the answer."""
ATTEMPTS = 3
ANSWER_BYTES = 8 << 20
_BODY = msgspec.json.Decoder(dict[str, Any])


class TokenRefused(GatewatchError):  # noqa: N818 - named for the state, as callers read it
    """Entra gives no token to this identity; ``code`` is its AADSTS code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Entra refuses a token for Graph ({code})")
        self.code = code


class GraphDirectory:
    """``Directory`` over HTTPS. The token goes to the Graph of the settings and nowhere else: redirects are not followed."""

    def __init__(self, graph: GraphSettings, credential: "TokenCredential", clock: Clock, sleep: Callable[[float], None]) -> None:
        self._graph, self._credential, self._clock, self._sleep = graph, credential, clock, sleep
        self._token = ""
        self._pool: urllib3.PoolManager | None = None
        self._known: dict[str, Reply] = {}
        self.replies: list[Reply] = []

    def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            self._pool.clear()

    def claims(self) -> Mapping[str, Any]:
        """See ``Directory``."""
        part = self._bearer().split(".")[1:2]
        try:
            return _BODY.decode(base64.urlsafe_b64decode(part[0] + "=" * (-len(part[0]) % 4))) if part else {}
        except (ValueError, msgspec.MsgspecError):
            return {}

    def ask(self, path: str, parameters: Mapping[str, str] | None = None, *, api: str | None = None) -> Reply:
        """See ``Directory``. A request that Graph throttles is asked again after the pause that it names."""
        address = f"{self._graph.base_url}/{api or V1_0}/{path}" + (f"?{urlencode(parameters)}" if parameters else "")
        if address not in self._known:
            self._known[address] = self._patiently(address)
        return self._known[address]

    def _patiently(self, address: str) -> Reply:
        attempt = 0
        while True:
            attempt += 1
            reply = self._once(address)
            self.replies.append(reply)
            pause = retry.delay(reply.headers, attempt, self._graph.retry_delay, self._clock())
            if reply.status not in retry.RETRYABLE or attempt == ATTEMPTS or pause > PATIENCE_SECONDS:
                return reply
            self._sleep(pause)

    def _once(self, address: str) -> Reply:
        import urllib3  # noqa: PLC0415 - loaded only where something is asked

        if self._pool is None:
            self._pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", timeout=urllib3.Timeout(connect=5.0, read=self._graph.timeout))
        headers = {"Authorization": f"Bearer {self._bearer()}", "Accept": "application/json", "Prefer": "include-unknown-enum-members"}
        asked = self._clock()
        try:
            answer = self._pool.request("GET", address, headers=headers, retries=False, redirect=False, preload_content=False)
            data = answer.read(ANSWER_BYTES)
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise CannotLook(
                f"Graph does not answer: {type(error).__name__}", "Check the network, and GRAPH_BASE_URL for your cloud."
            ) from None
        came = self._clock()
        body = _decoded(data)
        return Reply(
            status=answer.status,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=body,
            code=_code(body),
            came=asked + (came - asked) / 2,
        )

    def _bearer(self) -> str:
        if not self._token:
            from azure.core.exceptions import AzureError, ClientAuthenticationError  # noqa: PLC0415 - heavy
            from azure.identity import CredentialUnavailableError  # noqa: PLC0415 - heavy

            try:
                self._token = self._credential.get_token(f"{self._graph.base_url}/.default").token
            except ClientAuthenticationError as error:
                found = CODE.search(str(error))
                if found is None or isinstance(error, CredentialUnavailableError):
                    raise CannotLook("nobody is signed in to Azure here", "az login --tenant TENANT_ID, or say --login device") from None
                raise TokenRefused(found[0]) from None
            except AzureError as error:
                raise CannotLook(f"Entra does not answer: {type(error).__name__}", "Check the network.") from None
        return self._token


def _decoded(data: bytes) -> dict[str, Any]:
    try:
        return _BODY.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def _code(body: Mapping[str, Any]) -> str:
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[\w .-]{1,80}", code, re.ASCII) else ""
