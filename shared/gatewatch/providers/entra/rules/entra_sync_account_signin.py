"""A directory synchronisation account did something else than synchronise."""

from collections.abc import Iterator

from ....model import Activity
from ....tuning import Tuning
from ...phrases import where, who
from ...rule import NEW_COUNTRY, NEW_NETWORK_OR_CLIENT, Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..control_planes import control_plane
from ..detail import EntraSignIn, EntraSubject
from ..flows import ON_SUCCESS, successful
from ..samples import blocked_sign_in, sign_in
from ..steps import SYNC_STEPS
from ..sync_accounts import is_cloud_sync, is_sync_account, is_sync_application, proved_by_other_than_certificate, uses_sync_only

POINTS = 73


def match(activity: Activity, _window: Window, tuning: Tuning) -> Finding | None:
    """73 points for another client or resource or a first network; for its application, anything but the certificate."""
    here, event = successful(activity), activity.event
    if here is None:
        return None
    if event.subject == EntraSubject.SERVICE_PRINCIPAL:
        found = proved_by_other_than_certificate(here) if is_sync_application(here) else None
        said = f"proved itself with {found}" if found is not None else None
    else:
        said = next(_departures(activity, here), None) if is_sync_account(event, here, tuning) else None
    return Finding(POINTS, f"The synchronisation account {who(event)} {said} (from {where(event)}).") if said is not None else None


def _departures(activity: Activity, here: EntraSignIn) -> Iterator[str]:
    """What the account does that the synchronisation does not. The clients of Cloud Sync are not documented, so a first one counts."""
    if is_cloud_sync(here):
        plane = control_plane(here)
        if plane is not None:
            yield f"entered {plane}"
        if "application" in activity.firsts:
            yield "used an application for the first time"
    elif not uses_sync_only(here):
        yield "used a client or resource that the synchronisation does not use"
    if "network" in activity.firsts:
        yield "signed in from a network for the first time"


def _sync(**changes: object) -> Activity:
    fields = {
        "upn": "Sync_DC01_1a2b3c4d5e6f@contoso.onmicrosoft.com",
        "app_id": "cb1056e2-e479-49de-ae31-7812af012ed8",
        "resource_id": "00000002-0000-0000-c000-000000000000",
    }
    return sign_in(**{**fields, **changes})


def _cloud(**changes: object) -> Activity:
    return _sync(**{"upn": "ADToAADSyncServiceAccount@contoso.onmicrosoft.com", "app_id": "a-1", "resource_id": "r-1", **changes})


def _application(**changes: object) -> Activity:
    fields = {
        "subject": EntraSubject.SERVICE_PRINCIPAL,
        "stream": "serviceprincipal",
        "service_principal_name": "ConnectSyncProvisioning_DC01_1a2b3c4d5e6f",
        "credential_type": "clientassertion",
    }
    return sign_in(**{**fields, **changes})


_AZURE_POWERSHELL = "1950a258-227b-4e31-a9cf-717495945fc2"
_LISTED = Tuning(sync_accounts=("alice@contoso.com",))

RULE = Rule(
    metadata=RuleMetadata(
        id="entra_sync_account_signin",
        title="Entra synchronisation account misused",
        meaning="The account that joins the directory on premises with the cloud was used for something else; its password is on a server.",
        family="entra",
        tier=2,
        attack=("T1078.004", "T1021.007"),
        controls=("IAM-10", "IAM-16"),
        references=(
            "https://attack.mitre.org/techniques/T1078/004/",
            "https://learn.microsoft.com/entra/identity/hybrid/connect/reference-connect-accounts-permissions",
        ),
        false_positives=(
            "The synchronisation server moved to another network: confirm with its administrators.",
            "A new version of the synchronisation uses another client: report its id, so that the table can be extended.",
        ),
        first_steps=SYNC_STEPS,
    ),
    on=ON_SUCCESS,
    match=match,
    silenced_by_wildcard=False,
    counts=frozenset({NEW_COUNTRY, NEW_NETWORK_OR_CLIENT}),
    examples=(
        hit("a command line", 73, _sync(app_id=_AZURE_POWERSHELL)),
        hit("its own client, another resource", 73, _sync(resource_id="797f4846-ba00-4fd7-ba43-dac1f8f63013")),
        hit("a first network", 73, _sync(firsts=("network",))),
        hit("named by the policy", 73, sign_in(), tuning=_LISTED),
        hit("named by its display name", 73, sign_in(display_name="On-Premises Directory Synchronization Service Account")),
        hit("Cloud Sync at a control plane", 73, _cloud(app_id=_AZURE_POWERSHELL)),
        hit("Cloud Sync with a first application", 73, _cloud(firsts=("application",))),
        hit("Cloud Sync from a first network", 73, _cloud(firsts=("network",))),
        hit("the application with a secret", 73, _application(credential_type="clientsecret")),
        hit("the application with a federated credential", 73, _application(federated_credential_id="f-1")),
        hit("the application with something else", 73, _application(credential_type="federatedidentitycredential")),
        miss("at work", _sync()),
        miss("password reset service", _sync(resource_id="93625BC8-bfe2-437a-97e0-3d0060024faa")),
        miss("the record names neither", _sync(app_id=None, resource_id=None)),
        miss("Cloud Sync at work", _cloud()),
        miss("the application with its certificate", _application()),
        miss("the record does not name the credential", _application(credential_type=None)),
        miss("another application with a secret", _application(service_principal_name="backup", credential_type="clientsecret")),
        miss("an ordinary user", sign_in(app_id=_AZURE_POWERSHELL)),
        miss("it failed", blocked_sign_in(upn="Sync_DC01_1a2b3c4d5e6f@contoso.onmicrosoft.com")),
    ),
)
