"""A program that nobody knows connects to an address where a cloud logs in."""

from ....model import Activity
from ....tuning import Tuning
from ...phrases import who
from ...rule import Finding, Rule, RuleMetadata, Trigger, Window
from ...samples import hit, miss
from ..detail import Process, process_of
from ..keep import is_strange_connection
from ..samples import process

POINTS = 21


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """21 points; browsers, Office, cloud command lines and interpreters are known."""
    found = process_of(activity.event)
    if found is None or not is_strange_connection(found):
        return None
    host = found.host_name or found.host_id or "an unknown host"
    return Finding(POINTS, f"{found.name} of {who(activity.event)} connected to {found.target} from {host}.")


_CONNECTION = {"origin": "connection", "target": "login.microsoftonline.com", "tool": None, "tool_kind": None, "pattern": None}

RULE = Rule(
    metadata=RuleMetadata(
        id="endpoint_login_connection",
        title="Unknown program connects to a cloud login",
        meaning="A program that is no browser, Office program or cloud tool talked to an address where a cloud logs in.",
        family="endpoint",
        tier=2,
        attack=("T1528", "T1078.004"),
        controls=("IAM-14",),
        references=(
            "https://attack.mitre.org/techniques/T1528/",
            "https://www.elastic.co/docs/reference/ecs/ecs-network",
        ),
        false_positives=("Programs of your own or of a vendor that sign in to a cloud: it is low, and silent on its own.",),
    ),
    on=(Trigger(Process),),
    match=match,
    examples=(
        hit("an unknown program", POINTS, process(name="updater2.exe", command_line="updater2.exe", **_CONNECTION)),
        miss("a browser", process(name="chrome.exe", command_line="chrome.exe", **_CONNECTION)),
        miss("a cloud command line: shown beside its login", process(name="aws.exe", command_line="aws.exe s3 ls", **_CONNECTION)),
        miss("a process start", process(name="updater2.exe")),
    ),
)
