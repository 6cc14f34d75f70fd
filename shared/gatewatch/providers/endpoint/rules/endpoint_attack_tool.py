"""A program, module or cmdlet runs whose purpose is an attack on cloud identities, or its test."""

from ....model import Activity
from ....tuning import Tuning
from ...phrases import who
from ...rule import CLOUD_CLI, Finding, Rule, RuleMetadata, Trigger, Window
from ...samples import hit, miss
from ..circumstances import own_modifiers
from ..detail import Process, process_of
from ..samples import process

POINTS = 57


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """57 points, in every mode of reading command lines."""
    found = process_of(activity.event)
    if found is None or not found.start or found.tool_kind != "attack":
        return None
    host = found.host_name or found.host_id or "an unknown host"
    return Finding(POINTS, f"{who(activity.event)} ran the attack tool {found.tool} on {host}.", own_modifiers(activity, found))


RULE = Rule(
    metadata=RuleMetadata(
        id="endpoint_attack_tool",
        title="Attack tool for cloud identities",
        meaning="A tool that steals, exchanges or guesses cloud tokens and passwords ran on a host. Outside a test nobody needs it.",
        family="endpoint",
        tier=2,
        attack=("T1528", "T1078.004"),
        controls=("IAM-14",),
        references=(
            "https://attack.mitre.org/techniques/T1528/",
            "https://github.com/dirkjanm/ROADtools",
            "https://github.com/Gerenios/AADInternals",
        ),
        false_positives=(
            "Red teams and detection tests: allowlist the tester with an owner and an end date.",
            "Consultants who read a tenant with AADInternals: let them announce it.",
        ),
    ),
    on=(Trigger(Process),),
    match=match,
    pairs_as=CLOUD_CLI,
    examples=(
        hit("roadtx", POINTS, process(tool="roadtx", tool_kind="attack", tool_family="roadtx", command_line="roadtx gettokens")),
        hit("a module is loaded", POINTS, process(tool="module aadinternals", tool_kind="attack", origin="script")),
        miss("a login tool", process()),
        miss("nothing of the table", process(tool=None, tool_kind=None)),
        miss("the end of a process", process(tool="roadtx", tool_kind="attack", start=False)),
    ),
)
