"""What an error of a run means, in words for whoever operates the function app. Pure.

The codes are Microsoft's (Microsoft Learn, "Microsoft Entra authentication and authorization error codes", and "Microsoft Graph error responses").
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

NOT_PREMIUM = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
CODE = re.compile(r"AADSTS\d{4,9}")
"""A code of Entra within the text of an error."""
EXPIRED = frozenset({"AADSTS7000222", "AADSTS700027"})
"""Secret expired; certificate expired or unknown."""
_CONSENT = "the application is not let in to this tenant: an administrator of it must consent"
_TOKENS: Mapping[str, str] = {
    "AADSTS7000222": "the application's secret has expired: make a new one",
    "AADSTS7000215": "the application's secret is wrong: compare GRAPH_CLIENT_SECRET (its value, not its id)",
    "AADSTS700027": "the application's certificate has expired or is not known to Entra",
    "AADSTS700024": "the application's proof is outside its time: compare the clocks",
    "AADSTS700016": _CONSENT,
    "AADSTS7000229": _CONSENT,
    "AADSTS7000112": "the application is disabled",
    "AADSTS90002": "there is no such tenant: compare TENANT_ID, FURTHER_TENANTS and GRAPH_BASE_URL",
    "AADSTS53003": "a Conditional Access policy for workloads blocks the application",
}
_REFUSALS: Mapping[tuple[int, str], str] = {
    (
        HTTPStatus.FORBIDDEN,
        NOT_PREMIUM,
    ): "the tenant has no licence for this (Entra ID P1 for sign-ins, P2 for risk detections), or is a B2C tenant: "
    "add one, or take the stream out of STREAMS",
    (HTTPStatus.FORBIDDEN, ""): "the application lacks a permission (infra/grant_graph_permissions.sh) or the tenant a licence",
    (HTTPStatus.UNAUTHORIZED, ""): "Graph does not take the token: compare TENANT_ID, GRAPH_BASE_URL and the clocks",
}


def refusal(status: int, code: str) -> str:
    """An answer of Graph that another try would not change."""
    why = _REFUSALS.get((status, code)) or _REFUSALS.get((status, ""))
    said = f"Graph answered {status} {code}".rstrip()
    return f"{said}: {why}" if why else said


def no_token(tenant: str, problem: str, kind: str) -> str:
    """Why there is no token for a tenant: from the text of the SDK's error, of which only the code is repeated, and the error's type."""
    found = CODE.search(problem)
    if found is None:
        return f"no token for Graph in tenant {tenant}: {kind}; is there a managed identity or GRAPH_CLIENT_ID, and is Entra reachable?"
    why = _TOKENS.get(found[0], "look the code up at https://login.microsoftonline.com/error")
    return f"no token for Graph in tenant {tenant} ({found[0]}): {why}"


def of_storage(kind: str, status: int | None) -> str:
    """What an error of the storage account means; ``kind`` is the type of the SDK's error, ``status`` its HTTP status if it has one."""
    if status is None:
        return (
            f"the storage account of the state does not answer ({kind}): compare STATE_TABLE_ENDPOINT, STATE_QUEUE_ENDPOINT and the network"
        )
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return f"the storage account of the state refuses this identity ({status}): roles Storage Table and Queue Data Contributor, or its firewall"
    return f"the storage account of the state answered {status} ({kind})"
