"""Cmdlets that log in, mint tokens or attack, with their aliases. Sources are module manifests, help pages and public detections."""

from fnmatch import fnmatchcase

from msgspec import Struct

from .attack import MODULES
from .row import Tool, ToolClass

_TABLE = """
login  | Az PowerShell | Connect-AzAccount Login-AzAccount Add-AzAccount | learn.microsoft.com/powershell/module/az.accounts; patterns
login  | AzureRM | Connect-AzureRmAccount Login-AzureRmAccount Add-AzureRmAccount Add-AzureAccount | retired 2024: an old script or an old tool
token  | Az PowerShell | Get-AzAccessToken | learn.microsoft.com/powershell/module/az.accounts; azure-identity starts it as well
login  | Az PowerShell | Import-AzContext | the same; a session that was carried here
read   | Az PowerShell | Set-AzContext Select-AzContext Select-AzSubscription | no sign-in; az account set counts only because a published pattern names it
read   | Az PowerShell | Save-AzContext | writes a session to a file: recorded, no login
login  | AzureAD | Connect-AzureAD | learn.microsoft.com/powershell/module/azuread; retired
login  | MSOnline | Connect-MsolService | learn.microsoft.com/powershell/module/msonline; retired
login  | Graph PowerShell | Connect-MgGraph Connect-Graph | learn.microsoft.com/powershell/module/microsoft.graph.authentication; patterns
login  | Entra PowerShell | Connect-Entra | learn.microsoft.com/powershell/entra-powershell
login  | Intune PowerShell | Connect-MSGraph | Microsoft.Graph.Intune; old, so a hit says much
login  | Exchange PowerShell | Connect-ExchangeOnline Connect-EXOPSSession | learn.microsoft.com/powershell/module/exchangepowershell; patterns
login  | Exchange PowerShell | Connect-IPPSSession | the same; Security and Compliance
login  | PnP PowerShell | Connect-PnPOnline | pnp.github.io/powershell/cmdlets/Connect-PnPOnline
token  | PnP PowerShell | Get-PnPAccessToken Get-PnPAppAuthAccessToken | pnp.github.io/powershell/cmdlets/Get-PnPAccessToken
login  | Teams PowerShell | Connect-MicrosoftTeams | learn.microsoft.com/powershell/module/microsoftteams
login  | SharePoint PowerShell | Connect-SPOService | learn.microsoft.com/powershell/module/sharepoint-online
login  | AWS PowerShell | Set-AWSCredential Set-AWSCredentials Initialize-AWSDefaultConfiguration Initialize-AWSDefaults | AWS.Tools.Common; stores or selects keys
login  | AWS PowerShell | Initialize-AWSSSOConfiguration Invoke-AWSSSOLogin Invoke-AWSLogin | AWS.Tools.Common, version 5
token  | AWS PowerShell | Use-STSRole Use-STSRoleWithSAML Use-STSWebIdentityRole Use-STSRoot | AWS.Tools.SecurityToken
token  | AWS PowerShell | Get-STSSessionToken Get-STSFederationToken Get-SSORoleCredential New-SSOOIDCToken | AWS.Tools.SecurityToken, SSO, SSOOIDC
login  | AWS PowerShell | Get-STSCallerIdentity | twin of aws sts get-caller-identity
attack | AADInternals | *-AADInt* | Gerenios/AADInternals: every cmdlet has this prefix
attack | TokenTactics | Invoke-RefreshTo*Token RefreshTo-*Token Get-AzureTokenFromESTSCookie Get-ForgedUserAgent | f-bader/TokenTacticsV2, rvrsh3ll/TokenTactics
attack | GraphRunner | Get-GraphTokens Invoke-GraphRunner Invoke-RefreshGraphTokens Get-AzureAppTokens Invoke-InjectOAuthApp | dafthack/GraphRunner README
attack | MSOLSpray | Invoke-MSOLSpray | dafthack/MSOLSpray README
attack | MFASweep | Invoke-MFASweep Invoke-GraphAPIAuth Invoke-AzureManagementAPIAuth Invoke-EWSAuth Invoke-O365WebPortalAuth | dafthack/MFASweep README
attack | MFASweep | Invoke-O365ActiveSyncAuth Invoke-ADFSAuth Invoke-BruteClientIDs | the same
attack | PowerZure | PowerZure Show-AzureCurrentUser Create-Backdoor Get-AllKeyVaultContents Set-AzureElevatedPrivileges | hausec/PowerZure README
attack | MicroBurst | Get-AzurePasswords Get-AzPasswords Invoke-EnumerateAzureBlobs Invoke-EnumerateAzureSubDomains | NetSPI/MicroBurst README
attack | MicroBurst | Invoke-AzVMBulkCMD Invoke-AzVMCommandREST Get-AzKeyVaultKeysREST Get-AzKeyVaultSecretsREST | the same
attack | AzureHound | Invoke-AzureHound | the old script of AzureHound
attack | BAADTokenBroker | Request-PRTCookie Create-PRTCookie Acquire-Token | Mayyhem/BAADTokenBroker README
"""


class _Cmdlet(Struct, frozen=True):
    pattern: str
    tool: Tool


def _cmdlets() -> list[_Cmdlet]:
    found: list[_Cmdlet] = []
    for line in _TABLE.strip().splitlines():
        kind, family, names, source = (part.strip() for part in line.split("|", 3))
        first = names.split()[0]
        for name in names.split():
            shown = first if kind == "login" else name
            tool = Tool(name=shown if "*" not in shown else family, family=family, kind=ToolClass(kind), source=source)
            found.append(_Cmdlet(name.casefold(), tool))
    return found


_CMDLETS = _cmdlets()
_EXACT = {cmdlet.pattern: cmdlet.tool for cmdlet in _CMDLETS if "*" not in cmdlet.pattern}
_PATTERNS = tuple(cmdlet for cmdlet in _CMDLETS if "*" in cmdlet.pattern)
_AZURE_TOKEN = {
    True: Tool(
        name="Get-AzureToken", family="TokenTactics", kind=ToolClass.ATTACK, source="f-bader/TokenTacticsV2: -Client is its parameter"
    ),
    False: Tool(
        name="Get-AzureToken", family="own script", kind=ToolClass.TOKEN, source="without -Client a common name of home-made functions"
    ),
}
_REMOTE_EXCHANGE = Tool(
    name="New-PSSession to Exchange Online",
    family="Exchange PowerShell",
    kind=ToolClass.LOGIN,
    source="learn.microsoft.com/powershell/exchange: remote PowerShell before Connect-ExchangeOnline",
)
_EXCHANGE = "powershell-liveid"
LOADERS = frozenset({"import-module", "ipmo", "install-module", "save-module", "using", "install-psresource", "save-psresource"})
"""Cmdlets that load or install a module."""

NAMES = frozenset(_EXACT) | {"get-azuretoken", "new-pssession"}
"""The cmdlets of the table in lower case, without those that only a pattern names."""


def cmdlet_of(name: str, arguments: list[str]) -> Tool | None:
    """The row of this cmdlet, with or without module prefix; None for other cmdlets and for help."""
    if "-?" in arguments:
        return None
    name = name.rpartition("\\")[2].casefold()
    if name == "get-azuretoken":
        return _AZURE_TOKEN[any("-client".startswith(argument.casefold()[:7]) and len(argument) > 2 for argument in arguments)]
    if name == "new-pssession":
        return _REMOTE_EXCHANGE if any(_EXCHANGE in argument.casefold() for argument in arguments) else None
    if name in LOADERS:
        return _loaded(arguments)
    found = _EXACT.get(name)
    return found if found is not None else next((each.tool for each in _PATTERNS if fnmatchcase(name, each.pattern)), None)


def by_wildcard(pattern: str) -> str | None:
    """A login or attack cmdlet that PowerShell's ``Get-Command`` would find by this name pattern; None when there is none."""
    pattern = pattern.casefold()
    if not any(char in pattern for char in "*?["):
        return pattern if pattern in NAMES else None
    return next((name for name, tool in _EXACT.items() if tool.kind is not ToolClass.READ and fnmatchcase(name, pattern)), None)


def _loaded(arguments: list[str]) -> Tool | None:
    for argument in arguments:
        base = argument.replace("\\", "/").rstrip("/").rpartition("/")[2].casefold()
        name = base.removesuffix(".psd1").removesuffix(".psm1").removesuffix(".ps1")
        if name in MODULES:
            return Tool(name=f"module {name}", family=name, kind=ToolClass.ATTACK, source="the module is loaded")
    return None
