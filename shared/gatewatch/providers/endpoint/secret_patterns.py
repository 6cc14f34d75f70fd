"""Where secrets stand on a command line: names, options and forms. What a pattern keeps is its first group; the rest of a match is the secret.

Every pattern is linear in the length of the text: it uses bounded or possessive repetition and one attempt per word.
"""

import re

_QUOTED = r"\\\"[^\"]*+\"?+|\"(?:[^\"\\]|\\.)*+\"?+|'[^']*+'?+"
VALUE = re.compile(rf"{_QUOTED}|[^\s\"'`]++")
PART = re.compile(rf"{_QUOTED}|[^\s\"'`;|&,)]++")
NAME = re.compile(r"(?<![\w-])((?:--?|/|\$env:|\$)?)([A-Za-z][\w-]{0,63})(?![\w-])", re.IGNORECASE)
BEFORE_VALUE = re.compile(r"[\"']?\]?\s{0,8}[=:]\s{0,8}|[\"']?\s{0,8},\s{0,8}|\s{1,64}")
VARIABLE = re.compile(r"[$@][A-Za-z_][\w.:]{0,63}|[$@][({].*")  # a PowerShell variable: the secret itself is not in the text
CMDLET = re.compile(r"[A-Za-z]+-[A-Za-z]\w+")

SENSITIVE_ENDINGS = (
    "password", "passwd", "passphrase", "secret", "secretvalue", "secretaccesskey", "secretkey", "apikey", "token", "accountkey", "storagekey",
    "sharedaccesskey", "connectionstring", "privatekey", "sharedaccesssignature", "awsaccesskeyid", "assertion", "devicecode", "identityheader",
    "setkeys", "sessionkey", "keycontent", "refreshtokencredential", "alicloudaccesskey", "accesskeysecret", "armaccesskey", "bearertokenbedrock",
    "googlecredentials", "cloudaccesskeyid", "cloudsecretid",
)  # fmt: skip
SENSITIVE_NAMES = frozenset({"pwd", "pw", "pass", "sas", "sig", "tokencode", "credential", "credentials", "cred", "prt", "rp", "prtcookie"})
POSITIONAL_NAMES = frozenset({"aws_secret_access_key", "aws_session_token", "aws_access_key_id", "secretkey", "secretid"})
"""Names of ``aws configure set NAME VALUE``, also behind a profile (``profile.x.aws_secret_access_key``), and of ``tccli``."""
NAMES_OF_IDS = ("awsaccesskeyid", "accesskeyid", "awsaccesskey")

PATTERNS = (
    re.compile(r"-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"([?&;]sig=)[^&\s\"']++", re.IGNORECASE),
    re.compile(rf"(ConvertTo-SecureString\s+(?:-AsPlainText\s+|-Force\s+|-String\s+){{0,3}})(?![-$(])(?:{VALUE.pattern})", re.IGNORECASE),
    re.compile(rf"((?:PSCredential|NetworkCredential)\b[^,;|]{{0,256}}+,\s{{0,8}})(?![$(])(?:{PART.pattern})", re.IGNORECASE),
    re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"']{1,256}+:)[^\s/@\"']{1,512}+(?=@)", re.IGNORECASE),
    re.compile(r"\b((?:Bearer|Basic)\s+)[A-Za-z0-9+/_.~=!-]{8,}+", re.IGNORECASE),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+){1,4}"),  # JSON web token
    re.compile(r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{20,}+", re.ASCII),  # Entra client secrets
    re.compile(r"\b(?:gh[pousr]_\w{20,}+|github_pat_\w{20,}+|xox[abprs]-[\w-]{10,}+|ya29\.[\w-]{20,}+|AIza[\w-]{30,}+)", re.ASCII),
    re.compile(r"((?<=\s)(?:-u|--user)\s+[^\s:\"'/]{1,128}+:)[^\s\"']++"),  # curl -u user:value
    re.compile(rf"(<<<\s{{0,8}})(?:{PART.pattern})"),  # a here-string
    re.compile(  # a secret piped into a command line
        rf"(\b(?:echo|printf)\s+(?:-\w{{1,8}}\s+){{0,4}})(?:{PART.pattern})(?=\s{{0,8}}\|\s{{0,8}}(?:sudo\s+)?[\w./\\:-]{{0,128}}?(?:az|aws|gcloud)(?:\.\w+)?\s)",
        re.IGNORECASE,
    ),
    re.compile(  # an AWS secret access key, at any place
        r"(?<![A-Za-z0-9/+=_.-])(?=[a-z0-9/+]*+[A-Z])(?=[A-Z0-9/+]*+[a-z])(?=[A-Za-z/+]*+[0-9])[A-Za-z0-9+][A-Za-z0-9/+]{39}(?![A-Za-z0-9/+_.-])"
    ),
)
KEY_IDS = re.compile(r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{12,}+\b")  # of AWS
AZ = re.compile(r"(?:\baz(?:\.cmd|\.exe|\.bat|\.ps1)?[\"']?|azure\.cli|\blogin|\bsshpass)\s", re.IGNORECASE)
SHORT_OPTIONS = (  # short options that carry a secret, by the tools that have them
    (re.compile(r"\b(?:roadtx|roadrecon|azurehound|o365spray|msolspray|psexec(?:64)?|paexec|winrs|ibmcloud)\b", re.IGNORECASE), "p"),
    (re.compile(r"\baws_consoler\b", re.IGNORECASE), "st"),
    (re.compile(r"\bazurehound\b", re.IGNORECASE), "rj"),
    (re.compile(r"\bdoctl\b", re.IGNORECASE), "t"),
)
CREDENTIAL_CALL = re.compile(r"(?:ClientSecret|UsernamePassword)Credential")
THIRD_ARGUMENT = re.compile(
    r"(\(\s{0,8}(?:\w{1,40}\s{0,8}=\s{0,8})?(?:'[^']{0,512}'|\"[^\"]{0,512}\")\s{0,8},\s{0,8}(?:'[^']{0,512}'|\"[^\"]{0,512}\")\s{0,8},\s{0,8})(?:'[^']*+'|\"[^\"]*+\")"
)
SHORT_PASSWORD = re.compile(rf"((?<=\s)-p(?:\s{{0,8}}=\s{{0,8}}|\s{{1,64}}|(?=[^\s=-])(?!rofile)))(?!-)(?:{VALUE.pattern})")
ENCODED = re.compile(r"((?<=\s)[-/\u2013\u2014\u2015](?:e|ec|en|enc|enco[a-z]{0,11})\s+)([\"']?)([A-Za-z0-9+/=]{8,}+)\2", re.IGNORECASE)
POWERSHELL = re.compile(r"powershell|pwsh", re.IGNORECASE)


def short_option(flags: str) -> re.Pattern[str]:
    """Any of these options of one letter, with its value."""
    return re.compile(rf"((?<=\s)-[{flags}](?:\s{{0,8}}[=:]\s{{0,8}}|\s{{1,64}}|(?=[^\s=:-])))(?!-)(?:{VALUE.pattern})")
