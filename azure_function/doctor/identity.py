"""Who asks Graph, what it may read, and how long its credential lasts."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from gatewatch.doctor.findings import CannotLook, Diagnosis
from gatewatch.model import Severity

from ..explanations import EXPIRED
from ..graph_streams import queries
from .directory import TokenRefused
from .world import AzureWorld, Reply

GRAPH_APPLICATION = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph, in every tenant."""
ROLES: Mapping[str, str] = {
    "signIns": "AuditLog.Read.All",
    "directoryAudits": "AuditLog.Read.All",
    "riskDetections": "IdentityRiskEvent.Read.All",
    "servicePrincipalRiskDetections": "IdentityRiskyServicePrincipal.Read.All",
}
"""The least application permission for each collection (Microsoft Learn, the "Permissions" table of each list call)."""
READ_DIRECTORY = "Application.Read.All"
"""What only this doctor needs, to see applications and their credentials; the function app works without it."""
MADE_ANEW = EXPIRED | {"AADSTS700024"}
"""Codes that a new credential mends: what has expired, and an assertion outside its time."""
SOON = timedelta(days=30)


def token(world: AzureWorld) -> Iterator[Diagnosis]:
    """Whether Entra gives a token."""
    try:
        world.directory.claims()
    except TokenRefused as error:
        client = world.settings.graph.app_client_id or world.settings.graph.client_id or "APP_ID"
        if error.code in MADE_ANEW:
            yield Diagnosis(
                id="credential-expired",
                severity=Severity.CRITICAL,
                problem=f"The credential of application {client} has expired ({error.code}): no sign-in is read.",
                fix=f"az ad app credential reset --id {client} --append --years 1, then store the new secret as graph-client-secret in the vault.",
            )
        else:
            yield Diagnosis(
                id="token-refused",
                severity=Severity.CRITICAL,
                problem=f"Entra gives no token to application {client} ({error.code}): no sign-in is read.",
                fix="Look the code up at https://login.microsoftonline.com/error, then compare TENANT_ID, GRAPH_CLIENT_ID and GRAPH_AUTHORITY.",
            )


def permissions(world: AzureWorld) -> Iterator[Diagnosis]:
    """The application permissions that the streams need against those that are granted."""
    held, principal = _held(world)
    asked = queries(world.settings.graph)
    needed: dict[str, list[str]] = {}
    for stream in world.settings.graph.streams:
        if stream in asked and asked[stream].resource in ROLES:
            needed.setdefault(ROLES[asked[stream].resource], []).append(stream)
    for role, streams in needed.items():
        if role not in held:
            yield Diagnosis(
                id="permission-missing",
                severity=Severity.CRITICAL,
                subject=role,
                problem=f"The permission {role} is not granted: {', '.join(streams)} cannot be read.",
                fix=f"As an administrator: infra/grant_graph_permissions.sh {principal}\n"
                f"or Entra admin centre > Enterprise applications > {principal} > Permissions > Grant admin consent.",
            )
    for role in sorted(one for one in held if "Write" in one):
        yield Diagnosis(
            id="permission-too-much",
            severity=Severity.HIGH,
            subject=role,
            problem=f"The identity may write to Graph ({role}), and Gatewatch only reads.",
            fix=f"Entra admin centre > Enterprise applications > {principal} > Permissions > {role} > Revoke permission.",
        )


def credential(world: AzureWorld) -> Iterator[Diagnosis]:
    """How long the secrets and certificates of the application last; a managed identity has none."""
    client = world.settings.graph.app_client_id
    if client is None:
        return
    reply = world.directory.ask(f"applications(appId='{client}')", {"$select": "appId,passwordCredentials,keyCredentials"})
    if reply.status == HTTPStatus.NOT_FOUND and world.settings.graph.further_tenants:
        return  # it lives in one of the tenants, and the others know it by its service principal alone
    must_answer(reply, f"the application {client}", READ_DIRECTORY)
    ends = [end for name in ("passwordCredentials", "keyCredentials") for end in _ends(reply.body.get(name))]
    last = max(ends, default=None)
    if last is not None and last - world.clock() < SOON:
        yield Diagnosis(
            id="credential-expiring",
            severity=Severity.HIGH,
            subject=client,
            problem=f"The last credential of application {client} ends on {last:%Y-%m-%d}; then no sign-in is read.",
            fix=f"az ad app credential reset --id {client} --append --years 1, then store the new secret as graph-client-secret in the vault.",
        )


def must_answer(reply: Reply, what: str, permission: str) -> None:
    """Raise ``CannotLook`` for anything but 200, with what would help."""
    if reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise CannotLook(
            f"Graph does not show {what} to this identity ({reply.status})",
            f"Grant {permission} to it, or sign in as somebody who may read applications: gatewatch doctor azure --login device",
        )
    if reply.status != HTTPStatus.OK:
        raise CannotLook(f"Graph answers {reply.status} {reply.code} when asked for {what}".strip())


def _held(world: AzureWorld) -> tuple[Collection[str], str]:
    """The application permissions of the identity that polls, and who that is."""
    graph, claims = world.settings.graph, world.directory.claims()
    client = graph.app_client_id or graph.client_id
    if "scp" not in claims:
        roles = claims.get("roles")
        return (roles if isinstance(roles, list) else []), str(claims.get("oid") or client or "PRINCIPAL_ID")
    if client is None:
        raise CannotLook(
            "you are signed in yourself, and the settings do not say which identity polls",
            "Set AZURE_CLIENT_ID to the function's identity.",
        )
    granted = world.directory.ask(f"servicePrincipals(appId='{client}')/appRoleAssignments")
    must_answer(granted, f"the permissions of {client}", READ_DIRECTORY)
    known = world.directory.ask(f"servicePrincipals(appId='{GRAPH_APPLICATION}')", {"$select": "appRoles"})
    must_answer(known, "its own permissions", READ_DIRECTORY)
    names = {one.get("id"): str(one.get("value")) for one in known.body.get("appRoles") or () if isinstance(one, dict)}
    assignments = granted.records()
    principal = str(assignments[0].get("principalId")) if assignments else client
    return [names.get(one.get("appRoleId"), "") for one in assignments], principal


def _ends(credentials: Any) -> Iterator[datetime]:  # noqa: ANN401 - of Graph's JSON
    for one in credentials if isinstance(credentials, list) else ():
        try:
            yield datetime.fromisoformat(one["endDateTime"])
        except (KeyError, TypeError, ValueError):
            continue
