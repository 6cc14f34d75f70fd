"""A program or cmdlet runs that authenticates a cloud command line, or mints a token for one."""

from ....model import Activity
from ....tuning import Tuning
from ...phrases import who
from ...rule import CLOUD_CLI, Finding, Rule, RuleMetadata, Trigger, Window
from ...samples import hit, miss
from ..circumstances import own_modifiers
from ..detail import Process, process_of
from ..keep import is_login
from ..samples import process

POINTS = 21


def match(activity: Activity, _window: Window, tuning: Tuning) -> Finding | None:
    """21 points; which reading of the command line decides is tuning (``endpoint_mode``).

    What an SDK or a plug-in starts by itself counts once: when it is the first use of the tool by this user on this host. Its later uses
    are daily work, and so is a login after it.
    """
    found = process_of(activity.event)
    if found is None or not found.start or not (is_login(found, tuning) or _is_new_here(activity, found, tuning)):
        return None
    command = found.pattern if tuning.endpoint_mode == "wildcard" else found.tool or found.by_itself
    host = found.host_name or found.host_id or "an unknown host"
    return Finding(POINTS, f"{who(activity.event)} ran {command} on {host}.", own_modifiers(activity, found))


def _is_new_here(activity: Activity, found: Process, tuning: Tuning) -> bool:
    return found.by_itself is not None and "tool" in activity.firsts and tuning.endpoint_mode != "wildcard"


_SDK = process(tool=None, tool_kind=None, by_itself="az account get-access-token", pattern=None)
_FIRST_OF_SDK = process(tool=None, tool_kind=None, by_itself="az account get-access-token", pattern=None, firsts=("tool",))
_WILDCARD = Tuning(endpoint_mode="wildcard")

RULE = Rule(
    metadata=RuleMetadata(
        id="endpoint_cloud_cli_auth",
        title="Cloud command line authenticates",
        meaning="A program on a workstation or server logs in to a cloud or mints a token; daily work for some, a foothold elsewhere.",
        family="endpoint",
        tier=1,
        attack=("T1021.007", "T1078.004"),
        controls=("IPY-02",),
        references=(
            "https://attack.mitre.org/techniques/T1021/007/",
            "https://www.elastic.co/docs/reference/ecs/ecs-process",
        ),
        false_positives=(
            "DevOps people: it is low, and silent on its own.",
            "Build servers: allowlist their parent process with an owner and an expiry.",
        ),
    ),
    on=(Trigger(Process),),
    match=match,
    published=True,
    pairs_as=CLOUD_CLI,
    examples=(
        hit("az login", 21, process()),
        hit("hidden in encoded PowerShell", 21, process(tool="Connect-AzAccount", obfuscated=True)),
        hit("wildcard mode, the pattern matches", 21, process(tool=None), tuning=_WILDCARD),
        hit("a token is printed", 21, process(tool="az account get-access-token", tool_kind="token")),
        hit("first time on this host", 21, process(firsts=("tool",))),
        hit("a web server started it", 21, process(parent_name="w3wp.exe")),
        hit("an SDK starts it, the first use of the tool here", 21, _FIRST_OF_SDK),
        miss("an attack tool has its own rule", process(tool="roadtx", tool_kind="attack", pattern=None)),
        miss("a listing call is no login", process(tool=None, tool_kind=None, listing="az keyvault list", command_line="az keyvault list")),
        miss("precise mode: the words are there, the tool is not", process(tool=None, command_line='git commit -m "az login"')),
        miss("an SDK starts it as every hour", _SDK),
        miss("wildcard mode, an SDK starts it for the first time", _FIRST_OF_SDK, tuning=_WILDCARD),
        miss("wildcard mode, no pattern", process(pattern=None), tuning=_WILDCARD),
        miss("the end of a process is not a login", process(start=False)),
    ),
)
