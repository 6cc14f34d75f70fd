"""Directory synchronisation accounts: how they are named, and what they sign in to when Microsoft's own programs use them.

Sources, read 2026-11-28: entra-docs authenticate-application-id (2025-07) and reference-connect-accounts-permissions;
Cloud-Architekt/AzureAD-Attack-Defense AADCSyncServiceAccount.md and EntraSyncAba.md (2025-12-31).
"""

import re
from functools import lru_cache

from ...model import Event
from ...reading.late_pattern import LatePattern
from ...tuning import Tuning
from .detail import EntraSignIn, EntraSubject

# Connect Sync: one user for each server, at most 20 (``Sync_SERVER_0123456789ab@tenant``). Cloud Sync: one user.
_CONNECT = LatePattern(r"sync_.{1,64}_[0-9a-f]{12}@.{1,255}", re.IGNORECASE | re.DOTALL)
_CLOUD = LatePattern(r"adtoaadsyncserviceaccount(?:[0-9a-f]{0,16})@.{1,255}", re.IGNORECASE | re.DOTALL)
_DISPLAY_NAME = "on-premises directory synchronization service account"
_APPLICATION = LatePattern(r"connectsyncprovisioning_.{1,300}", re.IGNORECASE | re.DOTALL)

CLIENTS = frozenset({
    "cb1056e2-e479-49de-ae31-7812af012ed8",  # Microsoft Azure Active Directory Connect
    "6eb59a73-39b2-4c23-a70f-e2e3ce8965b1",  # AAD Connect v2
})  # fmt: skip
RESOURCES = frozenset({
    "00000002-0000-0000-c000-000000000000",  # the old synchronisation service shares this id with Azure AD Graph
    "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016",  # Microsoft Entra AD Synchronization Service
    "93625bc8-bfe2-437a-97e0-3d0060024faa",  # password reset service
    "2e5ecfc8-ea79-48bd-8140-c19324acb278",  # password reset service, US government
})  # fmt: skip

_CERTIFICATE = frozenset({"clientassertion", "certificate"})


def is_sync_account(event: Event, sign_in: EntraSignIn, tuning: Tuning) -> bool:
    """Whether a user is a synchronisation account: by the policy's list, by its name, or by its display name."""
    if event.subject != EntraSubject.USER:
        return False
    if _is_named_as_one(sign_in.upn or "", event.display_name or ""):
        return True
    return bool(tuning.sync_accounts) and tuning.is_sync_account(event.names)


@lru_cache(maxsize=2_048)
def _is_named_as_one(upn: str, display_name: str) -> bool:
    return any(pattern.fullmatch(upn) is not None for pattern in (_CONNECT, _CLOUD)) or display_name.strip().casefold() == _DISPLAY_NAME


def is_cloud_sync(sign_in: EntraSignIn) -> bool:
    """Whether the user is named as Cloud Sync names its own: ``ADToAADSyncServiceAccount@tenant``."""
    return _is_named(_CLOUD, sign_in.upn or "")


def is_sync_application(sign_in: EntraSignIn) -> bool:
    """Whether a service principal is the application of Connect Sync. An administrator may give it another name."""
    program, application = sign_in.service_principal_name, sign_in.app_name
    return (program is not None and _is_named(_APPLICATION, program)) or (application is not None and _is_named(_APPLICATION, application))


@lru_cache(maxsize=4_096)
def _is_named(pattern: LatePattern, name: str) -> bool:
    return pattern.fullmatch(name) is not None


def is_legitimate(event: Event, sign_in: EntraSignIn, tuning: Tuning) -> bool:
    """Whether this is a synchronisation account that uses a client and a resource of the synchronisation.

    What the record does not name is no contradiction. The clients of Cloud Sync are not documented, so a Cloud Sync account is
    legitimate here whatever it uses; ``entra_sync_account_signin`` has its own tests for it.
    """
    if not is_sync_account(event, sign_in, tuning):
        return False
    return is_cloud_sync(sign_in) or uses_sync_only(sign_in)


def uses_sync_only(sign_in: EntraSignIn) -> bool:
    """Whether client and resource are those of the synchronisation, as far as the record names them."""
    client, resource = (sign_in.app_id or "").casefold(), (sign_in.resource_id or "").casefold()
    return (not client or client in CLIENTS) and (not resource or resource in RESOURCES)


def proved_by_other_than_certificate(sign_in: EntraSignIn) -> str | None:
    """With what the synchronisation application proved itself if not with its certificate; None if it did, or if the record is silent."""
    if sign_in.federated_credential_id:
        return "a federated credential"
    credential = sign_in.credential_type or "none"
    if credential == "none" or credential in _CERTIFICATE:
        return None
    return "a secret" if credential == "clientsecret" else "another credential"
