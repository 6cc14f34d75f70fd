"""Events beside a login: connections to addresses where clouds log in, and changed files that hold credentials. They give no points.

The one exception is a connection by a program that nobody knows: it may carry a login of its own.
"""

import re

from .agent_document import Document
from .programs import is_known, stem

LOGIN_DOMAINS = (
    "login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "login.microsoftonline.us", "login.partner.microsoftonline.cn",
    "device.login.microsoftonline.com", "signin.aws.amazon.com", "device.sso.amazonaws.com", "accounts.google.com",
)  # fmt: skip
_DOMAIN = re.compile(
    rf"(?:[\w-]+\.)?(?:{'|'.join(map(re.escape, LOGIN_DOMAINS))})|(?:oidc|portal\.sso|device\.sso|[\w-]+\.signin)\.[\w-]+\.(?:amazonaws|aws\.amazon)\.com"
)
CREDENTIAL_FILES = (
    r".*[\\/]\.aws[\\/](credentials|config|sso[\\/]cache[\\/].*|cli[\\/]cache[\\/].*|login[\\/]cache[\\/].*)",
    r".*[\\/]\.azure[\\/](msal_token_cache.*|accesstokens\.json|azureprofile\.json|azurermcontext.*\.json|tokencache\.dat)",
    r".*[\\/]\.azure[\\/](service_principal_entries.*|msal_http_cache.*)",
    r".*[\\/]\.?gcloud[\\/](credentials\.db|access_tokens\.db|application_default_credentials\.json|legacy_credentials[\\/].*)",
    r".*[\\/]\.(oci|aliyun|azd)[\\/].*",
    r".*[\\/]\.boto",
)
"""Files that hold credentials, as expressions that Python and Lucene both read."""

_FILE = re.compile("|".join(CREDENTIAL_FILES), re.IGNORECASE)
_KNOWN = re.compile(
    r"(?:chrome|msedge|msedgewebview2|firefox|safari|opera|brave|iexplore|vivaldi|google chrome.*|microsoft edge.*|com\.apple\..*|webkit.*"
    r"|outlook|olk|winword|excel|powerpnt|onenote.*|onedrive.*|teams|ms-teams|msteams.*|lync|officeclicktorun|office.*|sdxhelper|microsoft .*"
    r"|svchost|lsass|backgroundtaskhost|runtimebroker|taskhostw|explorer|searchapp|searchhost|startmenuexperiencehost|systemsettings|dsregcmd"
    r"|microsoft\..*|wwahost|usercoworker|usoclient|mousocoreworker|omadmclient|deviceenroller|msmpeng|mssense.*|sensecncproxy|sense.*|mdatp.*"
    r"|code|code - insiders|devenv|rider64|idea64|pycharm64|datagrip64|ssms|azuredatastudio|storageexplorer|powerbi.*|pbidesktop|msmdsrv"
    r"|git|git-credential-manager.*|git-remote-https|node|nodejs|java|javaw|dotnet|deno|bun|ruby|php|curl|wget|go|cargo"
    r"|azureconnectedmachineagent|azcmagent|himds|waagent|windowsazureguestagent|gc_service|monitoringhost|healthservice|amazon-ssm-agent|ssm-.*"
    r"|terraform.*|tofu|pulumi.*|packer|kubectl|helm|docker.*|com\.docker.*|sqlcmd|sqlpackage|azcopy|func|logioptionsplus_agent|slack|zoom)"
)


def login_domain(doc: Document) -> str | None:
    """The domain where a cloud logs in to which this document records a connection, or None."""
    if "network" not in doc.any_of("event.category") and doc.folded("event.code", "winlog.event_id") != "3":
        return None
    for path in ("destination.domain", "dns.question.name", "winlog.event_data.DestinationHostname", "url.domain", "server.domain"):
        domain = doc.folded(path).rstrip(".")
        if domain and _DOMAIN.fullmatch(domain[:253]):
            return domain
    return None


def credential_file(doc: Document) -> str | None:
    """The file with credentials that this document says was made or changed, or None."""
    code = doc.folded("event.code", "winlog.event_id")
    if "file" not in doc.any_of("event.category") and code != "11":
        return None
    types = doc.any_of("event.type")
    if types and not {"creation", "change"} & set(types):
        return None
    path = doc.get("file.path") or doc.get("winlog.event_data.TargetFilename")
    return path if isinstance(path, str) and _FILE.fullmatch(path[:4096]) else None


def knows(program: str | None) -> bool:
    """Whether a program of this name connects to login addresses ordinarily. Without a name nobody can say, so yes."""
    if not program:
        return True
    name = stem(program)
    return is_known(name) or _KNOWN.fullmatch(name) is not None
