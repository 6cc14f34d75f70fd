"""Removes secrets from command lines before they are stored or sent. When in doubt, a word is removed.

Every pattern is linear in the length of the text: it uses bounded or possessive repetition and one attempt per word.
"""

import re

from .programs import stem
from .unwrap import decoded_command

REDACTED = "[REDACTED]"

_QUOTED = r"\\\"[^\"]*+\"?+|\"(?:[^\"\\]|\\.)*+\"?+|'[^']*+'?+"
_VALUE = re.compile(rf"{_QUOTED}|[^\s\"'`]++")
_PART = re.compile(rf"{_QUOTED}|[^\s\"'`;|&,)]++")
_NAME = re.compile(r"(?<![\w-])((?:--?|/|\$env:|\$)?)([A-Za-z][\w-]{0,63})(?![\w-])", re.IGNORECASE)
_BEFORE_VALUE = re.compile(r"[\"']?\]?\s{0,8}[=:]\s{0,8}|[\"']\s{0,8},\s{0,8}|\s{1,64}")
_VARIABLE = re.compile(r"[$@][A-Za-z_][\w.:]{0,63}|[$@][({].*")  # a PowerShell variable: the secret itself is not in the text
_CMDLET = re.compile(r"[A-Za-z]+-[A-Za-z]\w+")

_SENSITIVE_ENDINGS = (
    "password", "passwd", "passphrase", "secret", "secretvalue", "secretaccesskey", "secretkey", "apikey", "token", "accountkey", "storagekey",
    "sharedaccesskey", "connectionstring", "privatekey", "sharedaccesssignature", "awsaccesskeyid", "assertion", "devicecode", "identityheader",
    "setkeys", "sessionkey", "keycontent", "refreshtokencredential", "alicloudaccesskey", "accesskeysecret",
)  # fmt: skip
_SENSITIVE_NAMES = frozenset(
    {"pwd", "pw", "pass", "sas", "sig", "tokencode", "credential", "credentials", "cred", "prt", "rp", "prtcookie"}
)
_POSITIONAL_NAMES = frozenset({"aws_secret_access_key", "aws_session_token", "aws_access_key_id", "secretkey", "secretid"})
"""Names of ``aws configure set NAME VALUE``, also behind a profile (``profile.x.aws_secret_access_key``), and of ``tccli``."""

_PATTERNS = (
    (re.compile(r"-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|\Z)", re.DOTALL), REDACTED),
    (re.compile(r"([?&;]sig=)[^&\s\"']++", re.IGNORECASE), rf"\1{REDACTED}"),
    (
        re.compile(
            rf"(ConvertTo-SecureString\s+(?:-AsPlainText\s+|-Force\s+|-String\s+){{0,3}})(?![-$(])(?:{_VALUE.pattern})", re.IGNORECASE
        ),
        rf"\1{REDACTED}",
    ),
    (
        re.compile(rf"((?:PSCredential|NetworkCredential)\b[^,;|]{{0,256}}+,\s{{0,8}})(?![$(])(?:{_PART.pattern})", re.IGNORECASE),
        rf"\1{REDACTED}",
    ),
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"']{1,256}+:)[^\s/@\"']{1,512}+(?=@)", re.IGNORECASE), rf"\1{REDACTED}"),
    (re.compile(r"\b((?:Bearer|Basic)\s+)[A-Za-z0-9+/_.~=!-]{8,}+", re.IGNORECASE), rf"\1{REDACTED}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+){1,4}"), REDACTED),  # JSON web token
    (re.compile(r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{12,}+\b"), REDACTED),  # AWS key ids
    (re.compile(r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{20,}+", re.ASCII), REDACTED),  # Entra client secrets
    (
        re.compile(r"\b(?:gh[pousr]_\w{20,}+|github_pat_\w{20,}+|xox[abprs]-[\w-]{10,}+|ya29\.[\w-]{20,}+|AIza[\w-]{30,}+)", re.ASCII),
        REDACTED,
    ),
    (re.compile(r"((?<=\s)(?:-u|--user)\s+[^\s:\"'/]{1,128}+:)[^\s\"']++"), rf"\1{REDACTED}"),  # curl -u user:value
    (re.compile(rf"(<<<\s{{0,8}})(?:{_PART.pattern})"), rf"\1{REDACTED}"),  # a here-string
    (  # a secret piped into a command line
        re.compile(
            rf"(\b(?:echo|printf)\s+(?:-\w{{1,8}}\s+){{0,4}})(?:{_PART.pattern})(?=\s{{0,8}}\|\s{{0,8}}(?:sudo\s+)?[\w./\\:-]{{0,128}}?(?:az|aws|gcloud)(?:\.\w+)?\s)",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    (  # an AWS secret access key, at any place
        re.compile(
            r"(?<![A-Za-z0-9/+=_.-])(?=[a-z0-9/+]*+[A-Z])(?=[A-Z0-9/+]*+[a-z])(?=[A-Za-z/+]*+[0-9])[A-Za-z0-9+][A-Za-z0-9/+]{39}(?![A-Za-z0-9/+_.-])"
        ),
        REDACTED,
    ),
)
_AZ = re.compile(r"(?:\baz(?:\.cmd|\.exe|\.bat|\.ps1)?[\"']?|azure\.cli|\blogin|\bsshpass)\s", re.IGNORECASE)
_SHORT_OPTIONS = (  # short options that carry a secret, by the tools that have them
    (re.compile(r"\b(?:roadtx|roadrecon|azurehound|o365spray|msolspray|psexec(?:64)?|paexec|winrs|ibmcloud)\b", re.IGNORECASE), "p"),
    (re.compile(r"\baws_consoler\b", re.IGNORECASE), "st"),
    (re.compile(r"\bazurehound\b", re.IGNORECASE), "rj"),
    (re.compile(r"\bdoctl\b", re.IGNORECASE), "t"),
)
_CREDENTIAL_CALL = re.compile(r"(?:ClientSecret|UsernamePassword)Credential")
_THIRD_ARGUMENT = re.compile(
    r"(\(\s{0,8}(?:\w{1,40}\s{0,8}=\s{0,8})?(?:'[^']{0,512}'|\"[^\"]{0,512}\")\s{0,8},\s{0,8}(?:'[^']{0,512}'|\"[^\"]{0,512}\")\s{0,8},\s{0,8})(?:'[^']*+'|\"[^\"]*+\")"
)
_SHORT_PASSWORD = re.compile(rf"((?<=\s)-p(?:\s{{0,8}}=\s{{0,8}}|\s{{1,64}}|(?=[^\s=-])(?!rofile)))(?!-)(?:{_VALUE.pattern})")
_ENCODED = re.compile(r"((?<=\s)[-/\u2013\u2014\u2015](?:e|ec|en|enc|enco[a-z]{0,11})\s+)([\"']?)([A-Za-z0-9+/=]{8,}+)\2", re.IGNORECASE)
_POWERSHELL = re.compile(r"powershell|pwsh", re.IGNORECASE)


def redact(text: str) -> str:
    """The text without secrets. An encoded PowerShell command is replaced by its decoded and redacted script."""
    if _POWERSHELL.search(text[:4096]):
        text = _ENCODED.sub(_shown, text)
    return _short(_plain(text, az=_AZ.search(text) is not None), text)


def redact_args(args: list[str]) -> tuple[str, ...]:
    """The same for arguments that are already split."""
    line = " ".join(args)
    az, powershell = _AZ.search(line) is not None, _POWERSHELL.search(line[:4096]) is not None
    found: list[str] = []
    before = setting = ""
    for arg in args:
        if (
            before
            and not arg.startswith("-")
            and (_takes_secret(before, az=az, line=line) or (setting == "setx" and _is_sensitive(before)))
        ):
            found.append(arg if powershell and _VARIABLE.fullmatch(arg) else REDACTED)
        elif powershell and _ENCODED.fullmatch(f" {before} {arg}", 1):
            found.append(f"[decoded] {_plain(decoded_command(arg) or REDACTED, az=True)}")
        else:
            found.append(_short(f" {redact(arg)}", line)[1:])
        setting, before = stem(before), arg
    return tuple(found)


def _takes_secret(option: str, *, az: bool, line: str) -> bool:
    name = option.lstrip("-/")
    positional = option.casefold().rpartition(".")[2] in _POSITIONAL_NAMES
    return (
        (name != option and _is_sensitive(name))
        or positional
        or (az and option == "-p")
        or (len(option) == 2 and option[0] == "-" and option[1] in _shorts(line))
    )


def _shorts(line: str) -> str:
    """The options of one character that carry a secret in this line."""
    return "".join(flags for tools, flags in _SHORT_OPTIONS if tools.search(line))


def _short(text: str, line: str) -> str:
    """The text without the values of the short options that carry a secret in the line of which it is a part."""
    shorts = _shorts(line)
    if shorts:
        option = rf"((?<=\s)-[{shorts}](?:\s{{0,8}}[=:]\s{{0,8}}|\s{{1,64}}|(?=[^\s=:-])))(?!-|\[REDACTED)(?:{_VALUE.pattern})"
        text = re.sub(option, rf"\1{REDACTED}", text)
    return _THIRD_ARGUMENT.sub(rf"\1{REDACTED}", text) if _CREDENTIAL_CALL.search(line) else text


def _is_sensitive(name: str) -> bool:
    squashed = name.casefold().replace("_", "").replace("-", "")
    return squashed in _SENSITIVE_NAMES or squashed.endswith(_SENSITIVE_ENDINGS)


def _shown(match: re.Match[str]) -> str:
    script = decoded_command(match.group(3))
    return f"{match.group(1)}[decoded] {script}" if script is not None else f"{match.group(1)}{REDACTED}"


def _plain(text: str, *, az: bool) -> str:
    text = _named(text)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return _SHORT_PASSWORD.sub(rf"\1{REDACTED}", text) if az or _AZ.search(text) else text


def _named(text: str) -> str:
    """The text without the values of options, variables and properties whose name suggests a secret."""
    kept: list[str] = []
    done = 0
    for match in _NAME.finditer(text):
        if match.start() < done:
            continue
        prefix, name = match.group(1).casefold(), match.group(2)
        if prefix != "$env:" and not _is_sensitive(name):
            continue
        span = _value_span(text, match.end(), prefix, name)
        if span is not None:
            kept += (text[done : span[0]], REDACTED)
            done = span[1]
    return "".join((*kept, text[done:]))


def _value_span(text: str, at: int, prefix: str, name: str) -> tuple[int, int] | None:
    """The span of the value of this name; None when there is no value, or when it is a variable or a prompt."""
    between = _BEFORE_VALUE.match(text, at)
    if between is None:
        return None
    option, blank = prefix in {"-", "--", "/"}, between.group().isspace()
    if blank and not option and name.casefold() not in _POSITIONAL_NAMES and not _after_setx(text, at - len(name)):
        return None
    value = (_VALUE if option else _PART).match(text, between.end())
    if value is None:
        return None
    word = value.group()
    if word.startswith(("(", "[REDACTED")) or (blank and word.startswith(("-", "|", "&", ";"))):
        return None
    if prefix != "--" and _VARIABLE.fullmatch(word):
        return None
    return None if prefix.startswith("$") and _CMDLET.match(word) else value.span()


def _after_setx(text: str, at: int) -> bool:
    return text[max(0, at - 8) : at].rstrip("'\" \t").casefold().endswith("setx")
