"""PowerShell's own log: script blocks and cmdlets that ran, as agents write them, and raw event data."""

import pytest

from gatewatch.evidence import ignore_reason
from gatewatch.tuning import Tuning
from tests.builders.common import detail

SECRET = "Hunter2-s3cr3t!"


def block(text, path=None, **user):
    return {
        "@timestamp": "2026-11-20T10:00:00Z",
        "event": {"code": "4104", "category": "process", "type": "info", "provider": "Microsoft-Windows-PowerShell"},
        "host": {"name": "ws-17"},
        "powershell": {"file": {"script_block_text": text}, "sequence": 1, "total": 1},
        "user": {"id": "S-1-5-21-1-1000"},
        "winlog": {
            "channel": "Microsoft-Windows-PowerShell/Operational",
            "user": {"identifier": "S-1-5-21-1-1000", "name": "bob", "domain": "CONTOSO", **user},
        },
        **({"file": {"path": path}} if path else {}),
    }


def ran(name, *bindings):
    details = [{"type": "CommandInvocation", "related_command": name, "value": f'"{name}"'}]
    details += [{"type": "ParameterBinding", "related_command": name, "name": f'"{key}"', "value": f'"{value}"'} for key, value in bindings]
    return {
        "@timestamp": "2026-11-20T10:00:00Z",
        "event": {"code": "4103", "category": "process", "type": "info"},
        "host": {"name": "ws-17"},
        "powershell": {"command": {"name": name, "type": "Cmdlet", "invocation_details": details}},
        "process": {"command_line": "powershell.exe -noexit -c az login"},
        "user": {"id": "S-1-5-21-1-1000", "name": "bob", "domain": "CONTOSO"},
    }


def test_an_interactive_connect_is_seen_and_its_user_is_named(read):
    found = read(block("Connect-AzAccount"))

    assert (detail(found).tool, detail(found).tool_kind, detail(found).origin) == ("Connect-AzAccount", "login", "script")
    assert (found.user_name, detail(found).user_domain, found.principal) == ("bob", "CONTOSO", "ws-17|bob")
    assert ignore_reason(found, Tuning()) is None


def test_the_sid_stands_in_only_where_nobody_resolved_it(read):
    assert read(block("Connect-AzAccount", name=None)).user_name == "S-1-5-21-1-1000"


def test_the_account_that_wrote_a_sysmon_event_is_never_its_user(read):
    found = read({
        "@timestamp": "2026-11-20T10:00:00Z",
        "event": {"code": "1", "module": "sysmon", "category": ["process"], "type": ["start"]},
        "host": {"name": "ws-17"},
        "process": {"name": "az", "command_line": "az login"},
        "user": {"id": "S-1-5-18"},
        "winlog": {"channel": "Microsoft-Windows-Sysmon/Operational", "user": {"name": "SYSTEM", "identifier": "S-1-5-18"}},
    })  # fmt: skip

    assert (found.user_name, detail(found).tool) == ("S-1-5-18", "az login")


@pytest.mark.parametrize(
    ("text", "path", "tool"),
    [
        pytest.param("function Test-AzLogin { Connect-AzAccount }", None, None, id="a definition is no call"),
        pytest.param(
            "function Test-AzLogin { Connect-AzAccount }; Test-AzLogin", None, "Connect-AzAccount", id="a definition that is called"
        ),
        pytest.param("function l { Connect-AzAccount }; Write-Host hello", None, None, id="its name is part of another word"),
        pytest.param("function Open-It { Connect-AzAccount }\nExport-ModuleMember -Function Open-It", None, None, id="it is exported only"),
        pytest.param("Connect-AzAccount", "C:\\Program Files\\WindowsPowerShell\\Modules\\X\\x.psm1", None, id="the file of a module"),
        pytest.param("Connect-AzAccount", "C:\\scripts\\login.ps1", "Connect-AzAccount", id="a script file"),
        pytest.param("function Invoke-MFASweep { 1 }", None, "Invoke-MFASweep", id="an attack tool is loaded"),
        pytest.param("function Invoke-MFASweep { 1 }", "C:\\x\\Modules\\M\\m.psm1", "Invoke-MFASweep", id="an attack tool in a module"),
        pytest.param("& ('Connect-'+'AzAccount')", None, "Connect-AzAccount", id="glued"),
        pytest.param("@'\nConnect-AzAccount\n'@ | iex", None, "Connect-AzAccount", id="here-string"),
        pytest.param("$t = @'\nConnect-AzAccount\n'@", None, None, id="a here-string that nothing runs"),
        pytest.param("# Connect-AzAccount\n<# Connect-AzAccount #>", None, None, id="comments"),
        pytest.param("az login\n", None, "az login", id="a program"),
        pytest.param("", None, None, id="empty"),
    ],
)
def test_what_a_script_block_does(read, text, path, tool):
    assert detail(read(block(text, path))).tool == tool


@pytest.mark.parametrize(
    ("record", "tool"),
    [
        pytest.param(ran("Connect-AzAccount", ("Identity", "True")), "Connect-AzAccount", id="a login"),
        pytest.param(ran("Import-Module", ("Name", "AADInternals")), "module aadinternals", id="a module"),
        pytest.param(
            ran("Invoke-RestMethod", ("Uri", "https://login.microsoftonline.com/common/oauth2/devicecode")),
            "device code by hand",
            id="a request",
        ),
        pytest.param(ran("Invoke-Expression", ("Command", "az login")), "az login", id="an expression"),
        pytest.param(ran("Get-Date"), None, id="another cmdlet: the line of its host does not count"),
    ],
)
def test_the_cmdlet_that_ran(read, record, tool):
    found = read(record)

    assert (detail(found).tool, found.user_name, detail(found).origin) == (tool, "bob", "cmdlet")


def test_secrets_in_parameters_are_not_stored(read):
    found = read(ran("Connect-MgGraph", ("AccessToken", SECRET), ("TenantId", "t")))

    assert detail(found).tool == "Connect-MgGraph"
    assert SECRET not in str(found)


def test_raw_event_data_without_any_pipeline(read):
    payload = 'CommandInvocation(Connect-MgGraph): "Connect-MgGraph"\nParameterBinding(Connect-MgGraph): name="Scopes"; value="User.Read"'
    found = read({
        "@timestamp": "2026-11-20T10:00:00Z",
        "event": {"code": "4103", "kind": "event"},
        "winlog": {
            "provider_name": "Microsoft-Windows-PowerShell",
            "computer_name": "ws-17",
            "event_data": {"ContextInfo": "Severity = Informational\r\n        User = CONTOSO\\bob\r\n", "Payload": payload},
        },
    })  # fmt: skip

    assert (detail(found).tool, found.user_name, detail(found).command_line) == (
        "Connect-MgGraph",
        "bob",
        "Connect-MgGraph -Scopes User.Read",
    )
