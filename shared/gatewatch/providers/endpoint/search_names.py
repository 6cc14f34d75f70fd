"""Lucene expressions for the programs that ``command_line.is_candidate`` accepts. A test compares the two.

Tools of the table, shells and Python are read whatever their line says. Programs that only run or ask for something are read when a tool,
an address or an encoded text stands in their line.
"""

from collections.abc import Iterable, Iterator

from . import programs
from .tools import cmdlets, requests, table

_LONGEST = 900  # index.max_regex_length is 1000 unless raised
_QUOTES = "[\\\"' ]*"
_EXTENSIONS = "(\\.(exe|cmd|bat|com|ps1|sh|dll|py|c))?"
_PYTHON = "(python|pythonw|pypy|py)[0-9.]*"


def _expressions(names: Iterable[str]) -> Iterator[str]:
    part: list[str] = []
    for name in sorted(names):
        escaped = name.replace(".", "\\.")
        if sum(len(each) + 1 for each in part) + len(escaped) > _LONGEST - 120:
            yield _expression(part)
            part = []
        part.append(escaped)
    yield _expression(part)


def _expression(names: list[str]) -> str:
    return f"{_QUOTES}(.*[\\\\/])?-?({'|'.join(names)}){_EXTENSIONS}{_QUOTES}"


_RUNNERS = (
    "invoke-expression", "iex", "start-process", "saps", "set-alias", "new-alias", "sal", "nal", "invoke-wmimethod", "invoke-cimmethod",
    "new-scheduledtaskaction", "set-variable", "set-item",
)  # fmt: skip
_ALWAYS = {*table.PROGRAMS, *programs.SHELLS, *programs.POWERSHELLS, "cmd", "busybox", "wsl", "aws2", "lin"}
PROGRAM: tuple[str, ...] = (*_expressions(_ALWAYS), _expression([_PYTHON]))
"""Programs that are always read."""

NEAR: tuple[str, ...] = tuple(
    _expressions({*programs.WRAPPERS, *programs.CODE_OPTIONS, *programs.OTHERS, *requests.PROGRAMS} - _ALWAYS - {""})
)
"""Programs that are read when their line has a hint."""

CMDLETS: tuple[str, ...] = (
    *_expressions({*cmdlets.NAMES, *cmdlets.LOADERS, *requests.CMDLETS, *_RUNNERS}),
    ".*-aadint.*",
    "invoke-refreshto.*token|refreshto-.*token",
    "get-(az|mg|azuread|msol|entra|azurerm|pnp|ec2|s3|iam|exo|mailbox|aad|spo|cs).*",
)
"""Cmdlets of which module logging is read: those of the table, listing calls, and those that run something else."""

SHELL_FILES = _expression(
    ["powershell", "powershell_ise", "pwsh", "cmd", "wmic", "schtasks", "psexec", "wsl", "python[0-9.]*", "func", "mgc", "az", "aws"]
)
"""Names that files of shells and tools carry: a renamed shell is read."""

_HINTS = (
    "az", "aws", "gcloud", "gsutil", "oci", "m365", "microsoft365", "azure", "entra", "connect-", "login", "169.254", "2852039166", "0xa9",
    "100.100.100.200", "metadata", "oauth2", "googleapis", "google", "amazon", "boto", "msal", "secret", "token", "_key", "credential",
    "sts", "cmdlet", "base64", "b64", "atob", "-enc", " -e ", "frombase", "roadtx", "roadrecon", "pacu", "cloudfox", "stratus", "kubelogin",
    "assume", "okta", "leapp", "saml2aws", "terraform", "tofu", "pulumi", "doctl", "hcloud", "tccli", "linode", "ibmcloud", "aliyun", "mgc",
    "prowler", "scout", "spray", "password", "powershell", "pwsh", "identity_endpoint", "msi_endpoint", "granted",
)  # fmt: skip
_SHORTEST = sorted(hint for hint in _HINTS if not any(other != hint and other in hint for other in _HINTS))
_TOGETHER = 15
HINTS: tuple[str, ...] = tuple(f".*({'|'.join(_SHORTEST[at : at + _TOGETHER])}).*" for at in range(0, len(_SHORTEST), _TOGETHER))
"""What stands in the line of such a program when it logs in, as far as an index can see. A word that holds another one is left out.

Each shard makes an automaton of each expression for each search. Its cost grows faster than the number of words: all 58 in one take
360 ms of CPU, four parts of 15 take 90 ms (Elasticsearch 9.2, one empty shard).
"""
