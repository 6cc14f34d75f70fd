"""Takes secrets out of command lines before anything is stored or sent. Rather one word too many than one secret."""

import re

from .invocation import decoded_command

REDACTED = "[REDACTED]"

_VALUE = r"(?:\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|[^\s\"';|&]+)"
_SENSITIVE = (
    r"(?:[\w-]*(?:password|passwd|passphrase|client[-_]?secret|secret[-_]?access[-_]?key|secret[-_]?key|secret|api[-_]?key|access[-_]?token"
    r"|auth[-_]?token|session[-_]?token|refresh[-_]?token|id[-_]?token|federated[-_]?token|sas[-_]?token|account[-_]?key|storage[-_]?key"
    r"|shared[-_]?access[-_]?key|connection[-_]?string|private[-_]?key|credentials?)|pwd|pass|token|sas|token[-_]?code|assertion)"
)
_SIMPLE = (
    # -----BEGIN ... PRIVATE KEY-----
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), REDACTED),
    # --password value, -ClientSecret value, /pwd:value, --client-secret=value
    (
        re.compile(rf"(?<![\w-])((?:--?|/){_SENSITIVE}(?:\s*[=:]\s*|\s+))(?!-)(?!\$[\w:]+(?![\w:])(?!\s*[=:])){_VALUE}", re.IGNORECASE),
        rf"\1{REDACTED}",
    ),
    # NAME=value, $env:NAME = 'value', set NAME=value, ;AccountKey=value, ?sig=value
    (re.compile(rf"(\$env:\w+\s*=\s*)(?!\$env:){_VALUE}", re.IGNORECASE), rf"\1{REDACTED}"),
    (
        re.compile(
            rf"(?<![A-Za-z0-9])((?:[A-Za-z0-9]+_)*(?:{_SENSITIVE}|sig|SharedAccessSignature|AWS_ACCESS_KEY_ID)\s?=\s?)(?!\$|\(|Get-|Read-){_VALUE}",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"([?&;]sig=)[^&\s\"']+", re.IGNORECASE), rf"\1{REDACTED}"),
    (
        re.compile(
            r"((?:SetEnvironmentVariable|setx?|export)\s*\(?\s*['\"]?\w*(?:SECRET|TOKEN|PASSW|KEY|SAS)\w*['\"]?[\s,]+)" + _VALUE,
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    # "password": "value"
    (re.compile(rf"([\"']{_SENSITIVE}[\"']\s*:\s*)(?:\"[^\"]*\"?|'[^']*'?)", re.IGNORECASE), rf"\1{REDACTED}"),
    # aws configure set aws_secret_access_key value
    (re.compile(r"(\b(?:aws_secret_access_key|aws_session_token|aws_access_key_id)\s+)" + _VALUE, re.IGNORECASE), rf"\1{REDACTED}"),
    # ConvertTo-SecureString "value" -AsPlainText; PSCredential('user', 'value'); [PSCredential]::new('user', 'value')
    (
        re.compile(r"(ConvertTo-SecureString\s+(?:-AsPlainText\s+|-Force\s+|-String\s+)*)(?![-$(])" + _VALUE, re.IGNORECASE),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"((?:PSCredential|NetworkCredential)\b[^,;|]{0,256},\s*)(?![$(])" + _VALUE, re.IGNORECASE), rf"\1{REDACTED}"),
    # scheme://user:value@host
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"']{1,256}:)[^\s/@\"']+(?=@)", re.IGNORECASE), rf"\1{REDACTED}"),
    # Authorization: Bearer value
    (re.compile(r"\b((?:Bearer|Basic)\s+)[A-Za-z0-9+/_.~=-]{8,}", re.IGNORECASE), rf"\1{REDACTED}"),
    # JSON web tokens; AWS key ids; Entra client secrets; GitHub, Slack and Google tokens
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}"), REDACTED),
    (re.compile(r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{12,}\b"), REDACTED),
    (re.compile(r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{20,}", re.ASCII), REDACTED),
    (re.compile(r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|ya29\.[\w-]{20,}|AIza[\w-]{30,})", re.ASCII), REDACTED),
    # a secret piped into a command line
    (
        re.compile(
            r"(\b(?:echo|printf)\s+(?:-\w+\s+)*)" + _VALUE + r"(?=\s*\|\s*(?:sudo\s+)?\S*(?:az|aws|gcloud)(?:\.\w+)?\s)", re.IGNORECASE
        ),
        rf"\1{REDACTED}",
    ),
)
_KEY40 = re.compile(
    r"(?<![A-Za-z0-9/+=_.-])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[0-9])[A-Za-z0-9+][A-Za-z0-9/+]{39}(?![A-Za-z0-9/+_.-])"
)
_AZ = re.compile(r"(?:\baz(?:\.cmd|\.exe|\.bat|\.ps1)?[\"']?|azure\.cli)\s", re.IGNORECASE)
_SHORT_PASSWORD = re.compile(r"((?<=\s)-p(?:\s*=\s*|\s+))(?!-)" + _VALUE)
_SHORT_GLUED = re.compile(r"((?<=\s)-p)(?=[^\s=-])(?!rofile)" + _VALUE)
_CREDENTIAL = re.compile(r"((?<=\s)-Cred(?:ential)?\s*[\s:=]\s*)(?![$(@-])" + _VALUE, re.IGNORECASE)
_ENCODED = re.compile(r"((?<=\s)[-/\u2013\u2014\u2015](?:e|ec|en|enc|enco[a-z]{0,11})\s+)([\"']?)([A-Za-z0-9+/=]{8,})\2", re.IGNORECASE)
_PS = re.compile(r"powershell|pwsh", re.IGNORECASE)
_OPTION = re.compile(rf"(?:--?|/){_SENSITIVE}", re.IGNORECASE)
_AWS_NAME = re.compile(r"aws_(?:secret_access_key|session_token|access_key_id)", re.IGNORECASE)


def redact(text: str) -> str:
    """The text without secrets; an encoded PowerShell command becomes its decoded, redacted script."""
    if _PS.search(text[:4096]):
        text = _ENCODED.sub(_shown, text)
    return _plain(text, az=_AZ.search(text) is not None)


def redact_args(args: list[str]) -> tuple[str, ...]:
    """The same for arguments already split into words."""
    line = " ".join(args)
    az, powershell = _AZ.search(line) is not None, _PS.search(line[:4096]) is not None
    found: list[str] = []
    before = ""
    for arg in args:
        if before and not arg.startswith("-") and _takes_secret(before, az=az):
            found.append(arg if arg.startswith("$") else REDACTED)
        elif powershell and _ENCODED.fullmatch(f" {before} {arg}", 1):
            found.append(f"[decoded] {_plain(decoded_command(arg) or REDACTED, az=True)}")
        else:
            found.append(redact(arg))
        before = arg
    return tuple(found)


def _takes_secret(option: str, *, az: bool) -> bool:
    return _OPTION.fullmatch(option) is not None or _AWS_NAME.fullmatch(option) is not None or (az and option == "-p")


def _shown(match: re.Match[str]) -> str:
    script = decoded_command(match.group(3))
    return f"{match.group(1)}[decoded] {script}" if script is not None else f"{match.group(1)}{REDACTED}"


def _plain(text: str, *, az: bool) -> str:
    for pattern, replacement in _SIMPLE:
        text = pattern.sub(replacement, text)
    text = _CREDENTIAL.sub(rf"\1{REDACTED}", text)
    if az or _AZ.search(text):
        text = _SHORT_GLUED.sub(rf"\1{REDACTED}", _SHORT_PASSWORD.sub(rf"\1{REDACTED}", text))
    return _KEY40.sub(REDACTED, text)
