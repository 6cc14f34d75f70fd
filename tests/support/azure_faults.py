"""Faults of an Azure installation, planted through the APIs of the fake tenant, the storage emulator and the index; the doctor never sees this file.

A fault changes the world and gives back what undoes it. ``finding`` is what the doctor must say, by id and subject.
"""

import base64
import json
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.data.tables import TableClient, UpdateMode
from azure.storage.queue import QueueClient

from tests.elastic_server.server import Running

type Undo = Callable[[], object]
ROLES = ["AuditLog.Read.All", "IdentityRiskEvent.Read.All", "Application.Read.All"]
LISTED, UNLISTED = "11111111-aaaa-4aaa-8aaa-111111111111", "22222222-bbbb-4bbb-8bbb-222222222222"


@dataclass(frozen=True)
class Installation:
    """Where the parts of one installation are."""

    cloud: str  # the fake's address
    connection: str  # of the storage emulator
    state: str  # name of table and queue
    tenant: str
    client: str  # the application that polls
    index: Running
    namespace: str
    key: str  # the function's
    rights: dict[str, Any]  # its role descriptors

    def control(self, method: str, path: str, body: object = None) -> Any:
        """One call of the fake's control API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.cloud}/control/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def tenant_is(self, **changes: object) -> Undo:
        """Change what the tenant is."""
        before = self.control("GET", "tenant")
        self.control("PATCH", "tenant", changes)
        return lambda: self.control("PATCH", "tenant", {name: before[name] for name in changes})

    def row(self, stream: str, **changes: object) -> Undo:
        """Change the row of a stream's cursor."""
        with self._table() as table:
            before = dict(table.get_entity(self.tenant, stream))
            table.update_entity({**before, **changes}, UpdateMode.REPLACE)
        return lambda: self._replace(before)

    def state_document(self, index: str, name: str, changed: Callable[[Any], Any]) -> Undo:
        """Change a small document of the installation in the index."""
        path = f"/gatewatch-{index}-{self.namespace}/_doc/{sha256(name.encode()).hexdigest()}"
        before = self.index.admin("GET", path)["_source"]
        after = {**before, "gatewatch": {**before["gatewatch"], "state": changed(before["gatewatch"]["state"])}}
        self.index.admin("PUT", f"{path}?refresh=true", after)
        return lambda: self.index.admin("PUT", f"{path}?refresh=true", before)

    def key_may(self, rights: dict[str, Any]) -> None:
        """Give the function's key these rights."""
        key_id = base64.b64decode(self.key).decode().partition(":")[0]
        self.index.admin("PUT", f"/_security/api_key/{key_id}", {"role_descriptors": rights})

    def queue(self) -> QueueClient:
        """The dead-letter queue."""
        return QueueClient.from_connection_string(self.connection, self.state)

    def _table(self) -> TableClient:
        return TableClient.from_connection_string(self.connection, self.state)

    def _replace(self, entity: dict[str, Any]) -> None:
        with self._table() as table:
            table.update_entity(entity, UpdateMode.REPLACE)


@dataclass(frozen=True)
class PlantedFault:
    """One fault, and the finding that names it."""

    finding: str
    plant: Callable[[Installation], Undo]
    subject: str = ""

    def __str__(self) -> str:
        return self.finding


def _ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def _dead_letter(here: Installation) -> Undo:
    with here.queue() as queue:
        with suppress(ResourceExistsError):
            queue.create_queue()
        queue.send_message("e30=")

    def clear() -> None:
        with here.queue() as emptied:
            emptied.clear_messages()

    return clear


def _door(here: Installation) -> Undo:
    here.control("POST", "door", {"open": False})
    return lambda: here.control("POST", "door", {"open": True})


def _fewer_rights(here: Installation) -> Undo:
    (name,) = here.rights
    held = here.rights[name]
    lesser = [{**part, "privileges": [one for one in part["privileges"] if one != "create_doc"]} for part in held["indices"]]
    here.key_may({name: {**held, "indices": lesser}})
    return lambda: here.key_may(here.rights)


def _more_rights(here: Installation) -> Undo:
    (name,) = here.rights
    held = here.rights[name]
    here.key_may({name: {**held, "indices": [{**part, "privileges": [*part["privileges"], "delete"]} for part in held["indices"]]}})
    return lambda: here.key_may(here.rights)


def _old_fields(here: Installation) -> Undo:
    old = f"/gatewatch-alerts-{here.namespace}-2020.01"
    here.index.admin("PUT", old, {"mappings": {"properties": {"event": {"properties": {"risk_score": {"type": "keyword"}}}}}})
    return lambda: here.index.admin("DELETE", old)


def _aws_application(here: Installation) -> Undo:
    known = here.control("GET", "tenant")["service_principals"]
    new = {"appId": UNLISTED, "displayName": "Cloud", "applicationTemplateId": "21ed01d2-ec13-4e9e-86c1-cd546719ebc4"}
    return here.tenant_is(service_principals=[*known, new])


def _expiring(here: Installation) -> Undo:
    soon = [{"endDateTime": f"{datetime.now(UTC) + timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}"}]
    return here.tenant_is(applications=[{"appId": here.client, "passwordCredentials": soon, "keyCredentials": []}])


FAULTS = (
    PlantedFault("index-privileges-missing", _fewer_rights),
    PlantedFault("permission-missing", lambda w: w.tenant_is(roles=[r for r in ROLES if "Risk" not in r]), "IdentityRiskEvent.Read.All"),
    PlantedFault("risk-hidden", lambda w: w.tenant_is(risk_shown=False)),
    PlantedFault("filter-refused", lambda w: w.tenant_is(refused_filter="riskState"), "risky_sign_ins"),
    PlantedFault("aws-application-unlisted", _aws_application, UNLISTED),
    PlantedFault("clock-skew", lambda w: w.tenant_is(date_shift_seconds=600)),
    PlantedFault("credential-expiring", _expiring, "CLIENT"),
    PlantedFault("cursor-old", lambda w: w.row("sign_ins", watermark=_ago(hours=3).isoformat()), "sign_ins"),
    PlantedFault("lease-stuck", lambda w: w.row("risk_detections", locked_until=_ago(hours=-20).isoformat()), "risk_detections"),
    PlantedFault("dead-letters-waiting", _dead_letter),
    PlantedFault("webhook-unreachable", _door, "teams"),
    PlantedFault("policy-unreadable", lambda w: w.state_document("policy", "policy", lambda _: {"schema": 99})),
)
"""Each can stand beside every other one: what one hides of another is proved apart (a token that is refused, an index that is away)."""

ALONE = (
    PlantedFault("index-fields-old", _old_fields),
    PlantedFault("beta-fields-missing", lambda w: w.tenant_is(beta_fields=False)),
    PlantedFault("graph-throttled", lambda w: w.tenant_is(limit_used=0.93)),
    PlantedFault("engine-newer", lambda w: w.state_document("familiarity", "engine", lambda engine: [engine[0] + 1, "0"])),
    PlantedFault("credential-expired", lambda w: w.tenant_is(secret_expired=True)),
    PlantedFault("licence-missing", lambda w: w.tenant_is(premium=False)),
    PlantedFault("beta-refused", lambda w: w.tenant_is(beta=False)),
    PlantedFault("permission-too-much", lambda w: w.tenant_is(roles=[*ROLES, "User.ReadWrite.All"]), "User.ReadWrite.All"),
    PlantedFault("stream-unfinished", lambda w: w.row("sign_ins", unfinished=4), "sign_ins"),
    PlantedFault("cursor-missing", lambda w: w.row("sign_ins", watermark=""), "sign_ins"),
    PlantedFault("index-privileges-too-many", _more_rights),
)
