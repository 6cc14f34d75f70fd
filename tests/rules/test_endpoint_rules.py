"""What endpoint rules say beside the matches of their examples: points, reasons that name the host, modifiers, and silence about others."""

import pytest

from gatewatch.providers.aws.samples import console_login
from gatewatch.providers.catalogue import BY_ID
from gatewatch.providers.endpoint.rules import RULES
from gatewatch.providers.endpoint.samples import process
from gatewatch.providers.rule import Rule, Window
from gatewatch.tuning import Tuning

ATTACK = {"tool": "roadtx", "tool_kind": "attack", "tool_family": "roadtx"}
CONNECTION = {
    "origin": "connection",
    "target": "login.microsoftonline.com",
    "tool": None,
    "tool_kind": None,
    "name": "x.exe",
    "pattern": None,
}
PRECISE = Tuning()
WILDCARD = Tuning(endpoint_mode="wildcard")
UNNAMED = {"host_name": None}
UNKNOWN = {"host_name": None, "host_id": None}


def found(rule: str, activity, tuning=PRECISE):
    matched = BY_ID[rule].match(activity, Window(), tuning)
    assert matched is not None
    return matched


REASONS = [
    pytest.param("endpoint_cloud_cli_auth", process(), "alice ran az login on ws-17.", id="a login"),
    pytest.param("endpoint_cloud_cli_auth", process(**UNNAMED), "alice ran az login on h17.", id="a login, host id"),
    pytest.param("endpoint_cloud_cli_auth", process(**UNKNOWN), "alice ran az login on an unknown host.", id="a login, no host"),
    pytest.param("endpoint_attack_tool", process(**ATTACK), "alice ran the attack tool roadtx on ws-17.", id="a tool"),
    pytest.param("endpoint_attack_tool", process(**ATTACK, **UNNAMED), "alice ran the attack tool roadtx on h17.", id="a tool, host id"),
    pytest.param("endpoint_attack_tool", process(**ATTACK, **UNKNOWN), "alice ran the attack tool roadtx on an unknown host.", id="a tool, no host"),
    pytest.param("endpoint_login_connection", process(**CONNECTION), "x.exe of alice connected to login.microsoftonline.com from ws-17.", id="a connection"),
    pytest.param("endpoint_login_connection", process(**CONNECTION, **UNNAMED), "x.exe of alice connected to login.microsoftonline.com from h17.", id="a connection, host id"),
    pytest.param("endpoint_login_connection", process(**CONNECTION, **UNKNOWN), "x.exe of alice connected to login.microsoftonline.com from an unknown host.", id="a connection, no host"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "activity", "reason"), REASONS)
def test_a_reason_names_who_what_and_the_host(rule, activity, reason):
    assert found(rule, activity).reason == reason


BY_ITSELF = {"tool": None, "tool_kind": None, "pattern": None, "firsts": ("tool",)}


def test_what_an_sdk_starts_is_named_at_its_first_use():
    activity = process(**BY_ITSELF, by_itself="az account get-access-token")
    assert found("endpoint_cloud_cli_auth", activity).reason == "alice ran az account get-access-token on ws-17."


def test_the_first_use_of_what_is_no_login_is_none():
    assert BY_ID["endpoint_cloud_cli_auth"].match(process(**BY_ITSELF, listing="az keyvault list"), Window(), PRECISE) is None


@pytest.mark.parametrize(
    ("tuning", "said"), [pytest.param(Tuning(), "az.cmd login", id="precise"), pytest.param(WILDCARD, "az login", id="wildcard")]
)
def test_the_mode_decides_which_reading_is_named(tuning, said):
    assert found("endpoint_cloud_cli_auth", process(tool="az.cmd login"), tuning).reason == f"alice ran {said} on ws-17."


@pytest.mark.parametrize(
    ("rule", "activity", "points"),
    [
        pytest.param("endpoint_cloud_cli_auth", process(), 21, id="a login"),
        pytest.param("endpoint_attack_tool", process(**ATTACK), 57, id="an attack tool"),
        pytest.param("endpoint_login_connection", process(**CONNECTION), 21, id="a connection"),
    ],
)
def test_points_are_those_of_the_specification(rule, activity, points):
    assert found(rule, activity).points == points


NEVER = "This user never ran {} on this host before."
FIRST = {"firsts": ("tool",)}
NAMELESS = {"tool": None, "tool_family": None}
MODIFIERS = [
    pytest.param(process(), {}, [], id="daily work"),
    pytest.param(process(**FIRST), {"first tool on host": 15}, [NEVER.format("az")], id="first"),
    pytest.param(process(tool_family=None, **FIRST), {"first tool on host": 15}, [NEVER.format("az login")], id="first, of no family"),
    pytest.param(process(**NAMELESS, **FIRST), {"first tool on host": 15}, [NEVER.format("this tool")], id="first, without a name"),
    pytest.param(process(server=True), {"server": 15}, ["The host is a server."], id="a server"),
    pytest.param(process(parent_name="w3wp.exe"), {"server": 15}, ["w3wp.exe started it, which serves requests from the network."], id="a web server"),
    pytest.param(process(parent_name="w3wp.exe", server=True), {"server": 15}, ["w3wp.exe started it, which serves requests from the network."], id="a web server on a server"),
    pytest.param(process(server=True, **FIRST), {"first tool on host": 15, "server": 15}, [NEVER.format("az"), "The host is a server."], id="first on a server"),
]  # fmt: skip


@pytest.mark.parametrize(("activity", "points", "reasons"), MODIFIERS)
def test_what_circumstances_add(activity, points, reasons):
    modifiers = found("endpoint_cloud_cli_auth", activity, WILDCARD).modifiers
    assert {each.name: each.points for each in modifiers} == points
    assert [each.reason for each in modifiers] == reasons


def test_an_attack_tool_counts_the_same_circumstances():
    assert [each.points for each in found("endpoint_attack_tool", process(server=True, **ATTACK, **FIRST)).modifiers] == [15, 15]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_endpoint_rule_says_nothing_about_another_vendor(rule: Rule):
    assert rule.match(console_login(), Window(), Tuning()) is None
