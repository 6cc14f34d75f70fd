"""The search for endpoint documents is never narrower than what reads them."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewatch.evidence import ignore_reason
from gatewatch.providers.catalogue import provider_of
from gatewatch.providers.endpoint.command_line import is_candidate
from gatewatch.providers.endpoint.context_events import CREDENTIAL_FILES
from gatewatch.providers.endpoint.search import HOST_FIELDS, host_days, host_record, starts
from gatewatch.providers.endpoint.search_names import CMDLETS, HINTS, NEAR, PROGRAM, SHELL_FILES
from gatewatch.providers.endpoint.tools import cmdlets
from gatewatch.tuning import Tuning

from . import test_tools_seen, test_tools_windows, test_tools_wrapped
from .test_endpoint_pattern import MUST, OBFUSCATED
from .test_tools_seen import command

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
PROGRAMS = [
    "az", "AZ.CMD", "az.exe", "aws", "aws2", "aws.exe", "gcloud", "gcloud.py", "gcloud.cmd", "sh", "bash", "-bash", "zsh", "fish", "busybox",
    "cmd.exe", "CMD.EXE", "PowerShell.exe", "powershell_ise.exe", "pwsh", "python", "python3.11", "Python3.11.exe", "pythonw.exe", "py.exe",
    "pypy3", '"az.cmd"', " az ", "/usr/bin/az", "C:\\Windows\\System32\\cmd.exe", "wsl.exe", "tcsh", "az.ps1", "az.sh", "az.bat", "az.com",
    "roadtx.exe", "azurehound", "saml2aws", "gimme-aws-creds.cmd", "oci", "ic", "pacu.py", "scout.py", "func.dll",
]  # fmt: skip
OTHERS = ["git", "grep", "topaz", "explorer.exe", "awsx", "systemd", "dashboard", "shutdown", "spython2", "vim", ""]


def lucene(expression):
    """The same expression for Python, as far as we use Lucene's syntax."""
    return re.compile(expression, re.IGNORECASE | re.DOTALL)


ALWAYS, ANY_NAME = [lucene(each) for each in PROGRAM], [lucene(each) for each in (*PROGRAM, *NEAR)]


def finds(expressions, text):
    return any(expression.fullmatch(text) for expression in expressions)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_tool_shell_and_python_is_read_whatever_its_line_says(name):
    assert is_candidate(name)
    assert finds(ALWAYS, name)


@pytest.mark.parametrize("name", OTHERS)
def test_the_search_leaves_out_what_the_source_does_not_read(name):
    assert not is_candidate(name)
    assert not finds(ANY_NAME, name)


@given(st.text("az.wsghbcmdexpyton3_-/\\\"' ", max_size=12))
def test_the_search_is_never_narrower_than_the_source(name):
    assert finds(ANY_NAME, name) or not is_candidate(name)


GIVEN = map(command, (*test_tools_seen.SEEN, *test_tools_windows.SEEN, *test_tools_wrapped.SEEN))
LINES = [*((name, line) for name, line, _ in (*MUST, *OBFUSCATED) if name), *GIVEN]


@pytest.mark.parametrize(("name", "line"), LINES, ids=[line[:80] for _, line in LINES])
def test_every_login_that_the_source_sees_is_found(name, line):
    assert finds(ALWAYS, name) or (finds(ANY_NAME, name) and any(lucene(hint).fullmatch(line) for hint in HINTS)) or "%" in name


@pytest.mark.parametrize(
    "name", ["PowerShell.EXE", "pwsh.dll", "Cmd.Exe", "wmic.exe", "schtasks.exe", "psexec.c", "python.exe", "func.dll"]
)
def test_a_renamed_shell_is_found_by_the_name_in_its_file(name):
    assert lucene(SHELL_FILES).fullmatch(name)


@pytest.mark.parametrize("name", [*sorted(cmdlets.NAMES), "Get-AADIntAccessToken", "Import-Module", "Invoke-RestMethod", "Get-AzVM"])
def test_module_logging_of_every_cmdlet_of_the_table_is_found(name):
    assert finds([lucene(each) for each in CMDLETS], name)


@pytest.mark.parametrize(
    "path",
    [
        "/home/a/.aws/credentials",
        "C:\\Users\\a\\.azure\\msal_token_cache.bin",
        "/home/a/.config/gcloud/credentials.db",
        "/root/.aws/sso/cache/x.json",
    ],
)
def test_credential_files_are_found(path):
    assert finds([lucene(each) for each in CREDENTIAL_FILES], path)


def test_expressions_stay_below_what_an_index_allows():
    """index.max_regex_length is 1000 unless raised."""
    lengths = [len(found) for found in re.findall(r'"value": "((?:[^"\\]|\\.)*)"', json.dumps(starts(NOON, NOON, anywhere=True)))]
    assert 100 < max(lengths) < 1000


def test_the_aggregation_by_host_reads_every_process_start():
    assert "process.name" not in json.dumps(host_days(NOON, NOON))
    assert host_record(dict.fromkeys(HOST_FIELDS), NOON) is None


@pytest.mark.parametrize("values", [{"host.id": "h", "host.name": "n"}, {"host.id": None, "host.name": "n"}])
def test_the_first_moment_of_a_host_teaches_it_and_is_no_evidence(read, values):
    found = read(host_record(values, NOON))

    assert (found.time, provider_of(found).teaches(found), provider_of(found).features(found)) == (NOON, True, ())
    assert provider_of(found).familiarity_key(found) == f"host:{values['host.id'] or values['host.name']}"
    assert ignore_reason(found, Tuning()) == "process_not_a_cloud_cli_login"
