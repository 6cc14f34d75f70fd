"""One fake of what the function app talks to: managed identity, Entra's token endpoint, Graph, and a Teams workflow. Loopback only.

with FakeCloud() as cloud:
    cloud.graph.add_sign_ins(risky_sign_in(now))
    ... run the function with cloud.environment() ...
    assert cloud.teams.cards
"""

import asyncio
import base64
import json
import secrets
import ssl
import threading
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import trustme
from aiohttp import web

from . import control, graph, tenant
from .records import TENANT

CLIENT_ID = "5d1c6c0e-0000-4000-8000-00000000c11e"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
APP_SECRET = "not-a-real-secret"
IDENTITY_HEADER = "only-this-process-may-ask"


class Teams:
    """A Workflows webhook: what it received, and what it answers next (202 when nothing is planned)."""

    HANG = 0  # no answer at all

    def __init__(self) -> None:
        self.cards: list[Any] = []
        self.answers: deque[int] = deque()
        self.refused = 0

    def then(self, *answers: int) -> None:
        """Plan the next answers."""
        self.answers.extend(answers)

    async def receive(self, request: web.Request) -> web.Response:
        """Keep a posted card, or answer as the test asked."""
        body = await request.read()
        answer = self.answers.popleft() if self.answers else 202
        if answer in {200, 202}:
            self.cards.append(json.loads(body))
        else:
            self.refused += 1
        if answer == self.HANG:
            await asyncio.Event().wait()
        return web.Response(status=answer)


class FakeCloud:
    """Starts on free loopback ports in a thread of its own."""

    def __init__(self) -> None:
        self.graph = graph.GraphState()
        self.teams = Teams()
        self.resources_asked: list[str] = []
        self._tls_connections: set[asyncio.BaseTransport] = set()
        self._sig = secrets.token_urlsafe(24)
        self._started = threading.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fake-cloud", daemon=True)
        self._folder = TemporaryDirectory(prefix="fake-cloud-")
        self._runner: web.AppRunner | None = None
        self._door: web.TCPSite | None = None
        self.url = self.secure_url = self.door_url = ""
        self.authority_file = Path(self._folder.name) / "authority.pem"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(20):
            raise RuntimeError("the fake cloud did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self.graph.release()
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        self._folder.cleanup()

    @property
    def webhook(self) -> str:
        """The workflow's address; its ``sig`` is the secret."""
        return f"{self.url}/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sig={self._sig}"

    @property
    def door(self) -> str:
        """The same workflow on a port of its own, which ``POST /control/door`` closes and opens again."""
        return self.webhook.replace(self.url, self.door_url)

    @property
    def secret(self) -> str:
        """What no log may hold."""
        return self._sig

    def environment(self) -> dict[str, str]:
        """App settings that lead the function app here; no pauses between requests."""
        return {
            "IDENTITY_ENDPOINT": f"{self.url}/msi/token",
            "IDENTITY_HEADER": IDENTITY_HEADER,
            "AZURE_CLIENT_ID": CLIENT_ID,
            "TENANT_ID": TENANT,
            "GRAPH_API": "v1.0",
            "GRAPH_BASE_URL": self.url,
            "GRAPH_INTERVAL_SECONDS": "0",
            "GRAPH_RISK_INTERVAL_SECONDS": "0",
            "GRAPH_RETRY_SECONDS": "0.01",
            "END_DELAY_SECONDS": "0",
            "TEAMS_WEBHOOK_URL": self.webhook,
            "POLL_SCHEDULE": "0 */5 * * * *",
            "SWEEP_SCHEDULE": "0 17 */6 * * *",
        }

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self.graph.loop = self._loop
        app = web.Application(client_max_size=2**20)
        app.add_routes(graph.routes(self.graph))
        app.add_routes(tenant.routes(self.graph.tenant, self.graph.held))
        app.add_routes(control.routes(self.graph))
        app.on_response_prepare.append(self._remember)
        app.router.add_get("/msi/token", self._managed_identity)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_post("/{tenant}/oauth2/v2.0/devicecode", self._device_code)
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._discovery)
        app.router.add_post("/workflows/{id}/triggers/manual/paths/invoke", self._workflow)
        app.router.add_post("/control/door", self._turn_door)
        runner = self._runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._tls()).start()
        await self._open_door(0)
        (_, plain), (_, secure), (_, door) = runner.addresses
        self.door_url = f"http://127.0.0.1:{door}"
        self.url, self.secure_url = f"http://127.0.0.1:{plain}", f"https://localhost:{secure}"
        self.graph.root = self.url
        self._started.set()
        try:
            await self._stop.wait()
        finally:
            await self._hang_up()
            await runner.cleanup()

    async def _open_door(self, port: int) -> None:
        self._door = web.TCPSite(self._runner, "127.0.0.1", port)
        await self._door.start()

    async def _turn_door(self, request: web.Request) -> web.Response:
        """``{"open": false}`` closes the port of ``door``, true opens it."""
        wanted = (await request.json())["open"]
        if wanted and self._door is None:
            await self._open_door(int(self.door_url.rpartition(":")[2]))
        elif not wanted and self._door is not None:
            await self._door.stop()
            self._door = None
        return web.json_response({"open": wanted})

    def _tls(self) -> ssl.SSLContext:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.authority_file)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
        return context

    def _issue(self, resource: str) -> dict[str, Any]:
        self.resources_asked.append(resource)
        roles = list(self.graph.tenant.roles) if resource == self.url else []
        token = _jwt(resource, roles)
        if resource == self.url:
            self.graph.tokens[token] = roles
        return {"token_type": "Bearer", "access_token": token, "expires_in": 86399, "resource": resource}

    async def _managed_identity(self, request: web.Request) -> web.Response:
        """App Service's identity endpoint, 2019-08-01: the header proves that the caller lives in the app."""
        known = request.headers.get("X-IDENTITY-HEADER") == IDENTITY_HEADER and request.query.get("client_id") == CLIENT_ID
        if not known:
            return web.json_response({"statusCode": 400, "message": "No User Assigned Managed Identity found"}, status=400)
        issued = self._issue(request.query["resource"])
        return web.json_response(issued | {"client_id": CLIENT_ID, "expires_on": str(int(time.time()) + 86399)})

    async def _token(self, request: web.Request) -> web.Response:
        """Entra's token endpoint, client credentials."""
        form = await request.post()
        if form.get("grant_type") == DEVICE_GRANT:
            return web.json_response(self._issue(self.url) | _person(str(form["client_id"])))
        if request.match_info["tenant"] in self.graph.tenant.no_consent_in:
            said = "AADSTS700016: Application was not found in the directory"
            return web.json_response({"error": "unauthorized_client", "error_description": said}, status=400)
        if self.graph.tenant.secret_expired:
            return web.json_response({"error": "invalid_client", "error_description": "AADSTS7000222: The secret is expired"}, status=401)
        if form.get("client_secret") != APP_SECRET or form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret"}, status=401)
        issued = self._issue(str(form["scope"]).removesuffix("/.default"))
        self.graph.tenants[issued["access_token"]] = request.match_info["tenant"]
        return web.json_response(issued)

    async def _device_code(self, _request: web.Request) -> web.Response:
        """The code is entered at once: the first question for the token is answered."""
        place = f"{self.secure_url}/device"
        said = {"user_code": "ABCD1234", "device_code": "d", "verification_uri": place, "expires_in": 900, "interval": 1, "message": place}
        return web.json_response(said)

    async def _discovery(self, request: web.Request) -> web.Response:
        issuer = f"{self.secure_url}/{request.match_info['tenant']}"
        return web.json_response(
            {
                "token_endpoint": f"{issuer}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{issuer}/oauth2/v2.0/devicecode",
                "authorization_endpoint": f"{issuer}/oauth2/v2.0/authorize",
                "issuer": f"{issuer}/v2.0",
            }
        )

    async def _workflow(self, request: web.Request) -> web.Response:
        if request.query.get("sig") != self._sig:
            return web.Response(status=401)
        return await self.teams.receive(request)

    async def _remember(self, request: web.Request, response: web.StreamResponse) -> None:
        if request.path.startswith(("/v1.0/", "/beta/")):
            response.headers.update(self.graph.tenant.headers(datetime.now(UTC)))
        if request.secure and request.transport is not None:
            self._tls_connections.add(request.transport)

    async def _hang_up(self) -> None:
        """Credentials keep their connection to Entra open for ever, and TLS waits for their goodbye."""
        for transport in self._tls_connections:
            transport.abort()
        for _ in range(3):  # the loop closes sockets in its next rounds
            await asyncio.sleep(0)


def _person(client: str) -> dict[str, str]:
    """Who signed in, as MSAL wants to know."""
    now = int(time.time())
    claims = {
        "aud": client,
        "iss": "fake",
        "sub": "s",
        "tid": TENANT,
        "preferred_username": "ana@contoso.example",
        "iat": now,
        "exp": now + 999,
    }
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims, {"uid": "u", "utid": TENANT})]
    head, body, info = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return {"id_token": f"{head}.{body}.s", "client_info": info}


def _jwt(resource: str, roles: list[str]) -> str:
    """An unsigned token with the claims that a storage emulator looks at."""
    now = int(time.time())
    claims = {"aud": resource, "iss": f"https://sts.windows.net/{TENANT}/", "nbf": now - 60, "iat": now - 60, "exp": now + 86400}
    claims |= {"roles": roles, "oid": "principal"} if roles else {}
    parts = ({"alg": "none", "typ": "JWT"}, claims, secrets.token_hex(8))
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
