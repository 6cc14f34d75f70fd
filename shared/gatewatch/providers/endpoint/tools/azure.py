"""Programs of Azure, Entra and Microsoft 365. Sources are public documentation, packages or other detections; "patterns" = the published ones."""

from .row import Tool, rows

AZ = rows("az", """
login | login                            | | learn.microsoft.com/cli/azure/reference-index; patterns
login | account set                      | | patterns; changes the local default only, but shows a session that was carried here
token | account get-access-token         | | learn.microsoft.com/cli/azure/account; azure-identity starts it as well
token | ad sp create-for-rbac            | | learn.microsoft.com/cli/azure/ad/sp; makes a secret that logs in later (T1098.001)
token | ad sp credential reset           | | the same for an application that exists
token | ad app credential reset          | | the same
token | aks get-credentials              | with --admin -a | learn.microsoft.com/cli/azure/aks; a cluster-admin certificate
read  | aks get-credentials              | | without --admin it writes a kubeconfig; Entra clusters still ask kubelogin
token | acr login                        | with --expose-token | learn.microsoft.com/cli/azure/acr; prints a token
read  | acr login                        | | a registry login from the session that exists; every container build does it
read  | rest                             | | uses the session that exists
read  | account *                        | | list, show, clear: no sign-in
""")  # fmt: skip

AZD = rows("azd", """
read  | auth login                       | with --check-status | looks only
login | auth login                       | | learn.microsoft.com/azure/developer/azure-developer-cli/reference
login | login                            | without --check-status | old spelling of auth login
token | auth token                       | | hidden command; azure-identity AzureDeveloperCliCredential starts it
""")  # fmt: skip

M365 = rows("m365", """
login | login                            | | pnp.github.io/cli-microsoft365/cmd/login
token | util accesstoken get             | | pnp.github.io/cli-microsoft365/cmd/util/accesstoken/accesstoken-get
read  | connection use                   | | switches between sessions that exist
""")  # fmt: skip

MGC = rows("mgc", """
login | login                            | | learn.microsoft.com/graph/cli/get-started; archived 2025
""")  # fmt: skip

KUBELOGIN = rows("kubelogin", """
read  | get-token                        | with --oidc-issuer-url | int128/kubelogin has the same name and is no cloud login
token | get-token                        | with --server-id --environment ; under cluster | azure.github.io/kubelogin; kubectl starts it for every call
read  | convert-kubeconfig               | | rewrites a file
""")  # fmt: skip

CLASSIC_AZURE = rows("azure", """
login | login                            | | npm azure-cli 0.10: its only program is named azure; rare
""")  # fmt: skip

TOKEN_SERVICE = rows("microsoft.asal.tokenservice", """
token |                                  | under shell | Visual Studio's token service; .NET programs start it, a shell seldom does
""")  # fmt: skip

AZCOPY = rows("azcopy", """
read  | login status                     | | looks only
login | login                            | | learn.microsoft.com/azure/storage/common/storage-ref-azcopy-login
""")  # fmt: skip

PAC = rows("pac", """
login | auth create                      | | learn.microsoft.com/power-platform/developer/cli/reference/auth
read  | auth *                           | | list, select, who, clear: profiles that exist
""")  # fmt: skip

FUNC = rows("func", """
read  | azure                            | | borrows a token: the az or pwsh that it starts is evaluated
""")  # fmt: skip

PROGRAMS: dict[str, tuple[Tool, ...]] = {
    "az": AZ, "azps": AZ, "azd": AZD, "m365": M365, "microsoft365": M365, "mgc": MGC, "kubelogin": KUBELOGIN, "azure": CLASSIC_AZURE,
    "microsoft.asal.tokenservice": TOKEN_SERVICE, "func": FUNC, "azcopy": AZCOPY, "pac": PAC,
}  # fmt: skip

VALUED = {
    "az": "--subscription --output -o --query --cloud --name -n --resource-group -g",
    "azd": "--cwd -c --environment -e",
    "m365": "--output -o",
    "kubelogin": "-v",
}
"""Options that take the next word as their value, so that "az -o json login" is still "az login"."""
