"""Entra's control planes: applications that manage a cloud or a tenant, by id. Names differ between sources, so they are never compared.

Sources, read 2026-11-28: MFA = entra-docs concept-mandatory-multifactor-authentication (2025-02); CA = entra-docs
concept-conditional-access-cloud-apps (2026-01); LIST = the sample of Graph's "List signIns"; AKS = Azure documentation of AKS;
M = merill/microsoft-info MicrosoftApps.csv (2026-08-20) with its own source in brackets; S = ten or more public detection files.
"""

from functools import lru_cache

from .detail import EntraSignIn

PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
RESOURCE_MANAGER = "797f4846-ba00-4fd7-ba43-dac1f8f63013"

# Clients: portals, command lines and admin centres. A sign-in by one of these enters a control plane whatever the resource.
CLIENTS = {
    PORTAL: "Azure portal, Entra and Intune admin centres",  # MFA; M (EntraDocs)
    "c836cbdb-7a5b-44cc-a54f-564b4b486fc6": "Azure portal (US government)",  # MFA
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Azure CLI",  # MFA; M (Graph); azd and user-run Terraform have the same id
    "1950a258-227b-4e31-a9cf-717495945fc2": "Azure PowerShell",  # MFA; M (EntraDocs)
    "0c1307d4-29d6-4389-a11c-5cbe7f65d7fa": "Azure mobile app",  # MFA
    "2233b157-f44d-4812-b777-036cdaf9a96e": "Azure Cloud Shell",  # M (Graph)
    "14d82eec-204b-4c2f-b7e8-296a70dab67e": "Microsoft Graph Command Line Tools",  # M (Graph)
    "de8bc8b5-d9f9-48b1-a8ad-b748da725064": "Graph Explorer",  # M (Graph)
    "1b730954-1685-4b74-9bfd-dac224a7b894": "Azure Active Directory PowerShell (legacy)",  # M (Graph)
    "fb78d390-0c51-40cd-8e17-fdbfab77341b": "Exchange Online PowerShell",  # M (EntraDocs)
    "a0c73c16-a7e3-4564-9a95-2bdf47383716": "Exchange Online remote PowerShell (old)",  # M (EntraDocs)
    "497effe9-df71-4043-a8bb-14cf78c4b63b": "Exchange admin centre",  # M (EntraDocs)
    "618dd325-23f6-4b6f-8380-4df78026e39b": "Microsoft 365 admin portal",  # M (Graph)
    "9bc3ab49-b65d-410a-85ad-de819febfddc": "SharePoint Online Management Shell",  # M (community)
    "12128f48-ec9e-42f0-b203-ea49fb6af367": "Teams PowerShell",  # S
    "80ccca67-54bd-44ab-8625-4b79c4dc7775": "Microsoft 365 Security and Compliance Center",  # M (Graph)
    "a3b79187-70b2-4139-83f9-6016c58cd27b": "Defender for Endpoint portal",  # M (EntraDocs)
    "5926fc8e-304e-4f59-8bed-58ca97cc39a4": "Intune portal extension",  # S
    "065d9450-1e87-434e-ac2f-69af271549ed": "Power Platform admin centre",  # M (community)
    "80faf920-1908-4b52-b5ef-a8e7bedfc67a": "kubectl to AKS",  # AKS
}

# Resources: management APIs. Microsoft Graph, Azure AD Graph and Intune's enrolment are none, because every application calls them.
RESOURCES = {
    RESOURCE_MANAGER: "Azure Resource Manager",  # LIST, CA; M (Graph)
    "2ddfbe71-ed12-4123-b99b-d5fc8a062a79": "Teams admin centre",  # M (Graph)
    "fc780465-2017-40d4-a0c5-307022471b92": "Defender for Endpoint API",  # M (Graph)
    "8578e004-a5c6-46e7-913e-12f58912df43": "Power Platform API",  # M (EntraDocs)
    "499b84ac-1321-427f-aa17-267ca6975798": "Azure DevOps",  # M (Graph)
    "6dae42f8-4368-4678-94ff-3960e28e3630": "AKS API server",  # M (EntraDocs)
    "74658136-14ec-4630-ad9b-26e160ff0fc6": "Entra blades of the Azure portal",  # M (EntraDocs)
}

# The Microsoft 365 admin centre shares this id with the ordinary office portal (CA), so it counts for privileged people only.
OF_PRIVILEGED_PEOPLE = {"00000006-0000-0ff1-ce00-000000000000": "Microsoft 365 admin centre"}  # M (Graph)


def control_plane(sign_in: EntraSignIn, *, privileged: bool = False) -> str | None:
    """The control plane that this sign-in enters, by client or by resource; None for any other application."""
    return _plane(sign_in.app_id or "", sign_in.resource_id or "", privileged)


@lru_cache(maxsize=4_096)
def _plane(client: str, resource: str, privileged: bool) -> str | None:  # noqa: FBT001 - one of what the answer follows from
    client, resource = client.casefold(), resource.casefold()
    found = CLIENTS.get(client) or RESOURCES.get(resource)
    return found or (OF_PRIVILEGED_PEOPLE.get(client) if privileged else None)
