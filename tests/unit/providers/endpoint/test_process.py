"""Endpoint documents in every shape agents write."""

from datetime import UTC, datetime

import pytest

from tests.builders import endpoint
from tests.builders.common import detail

SECRET = "Hunter2-s3cr3t!"


def test_an_ecs_document(read):
    found = read(endpoint.record())
    assert (found.kind, found.vendor_id, found.subject, found.principal, found.person) == (
        "ecs.process", "endpoint|p-1", "endpoint_user", "h17|alice", None,
    )  # fmt: skip
    assert (detail(found).tool, detail(found).start, detail(found).parent_name, detail(found).args) == (
        "az login",
        True,
        "bash",
        ("az", "login"),
    )
    assert (found.time, found.data_quality) == (datetime(2026, 11, 20, 10, tzinfo=UTC), ())


def test_keys_may_be_dotted_nested_or_both(read):
    dotted = {
        "@timestamp": "2026-11-20T10:00:00Z",
        "event.category": ["process"],
        "event": {"type": ["start"], "kind": "event", "id": "p-1"},
        "host.name": "ws-17",
        "host.id": "h17",
        "user": {"name": "alice"},
        "user.domain": "CONTOSO",
        "process": {"name": "az", "parent.name": "bash", "parent.command_line": "bash"},
        "process.command_line": "az login",
        "process.args": ["az", "login"],
        "process.pid": 7,
    }
    assert read(dotted) == read(endpoint.record())


@pytest.mark.parametrize(
    ("event", "start"),
    [
        ({"category": ["process"], "type": ["start"]}, True),
        ({"category": "process", "type": "start"}, True),
        ({"category": '["process"]', "type": '["start"]'}, True),
        ({"type": ["start"]}, True),
        ({"category": ["process"], "type": ["end"]}, False),
        ({"category": ["process"], "type": ["info"]}, False),
        ({"category": ["session"], "type": ["start"]}, False),
        ({"category": ["process"]}, False),
        ({"category": ["process"], "action": "exec"}, True),
        ({}, False),
    ],
)
def test_only_starts_are_starts(read, event, start):
    assert detail(read(endpoint.record(event=event))).start is start


def test_sysmon_through_winlogbeat(read):
    found = read({
        "@timestamp": "2026-11-20T10:00:00.123Z",
        "winlog": {
            "event_id": "1",
            "provider_name": "Microsoft-Windows-Sysmon",
            "computer_name": "ws-17.contoso.com",
            "event_data": {
                "Image": "C:\\Windows\\System32\\cmd.exe",
                "CommandLine": f"cmd.exe /c az login -u a -p {SECRET}",
                "User": "CONTOSO\\alice",
                "ParentImage": "C:\\Windows\\explorer.exe",
                "ParentCommandLine": f"explorer.exe --password {SECRET}",
                "ProcessId": "8232",
            },
        },
    })  # fmt: skip
    assert (detail(found).tool, detail(found).start, detail(found).name, detail(found).parent_name) == (
        "az login",
        True,
        "cmd.exe",
        "explorer.exe",
    )
    assert (found.principal, detail(found).user_domain, detail(found).pid) == ("ws-17.contoso.com|alice", "CONTOSO", 8232)
    assert SECRET not in str(found)


def test_auditd_has_arguments_only(read):
    found = read({
        "@timestamp": "2026-11-20T10:00:00Z",
        "event": {"category": ["process"], "type": ["start"], "action": "executed"},
        "host": {"name": "ws-17"},
        "user": {"name": "alice"},
        "process": {"executable": "/usr/bin/python3"},
        "auditd": {"data": {"a0": "/usr/bin/python3", "a1": "-IBm", "a2": "azure.cli", "a3": "login", "a4": "-p", "a5": SECRET}},
    })  # fmt: skip
    assert detail(found).tool == "az login"
    assert detail(found).command_line is None
    assert SECRET not in str(found)


def test_sudo_seen_by_auditd(read):
    found = read({
        "event": {"category": ["process"], "type": ["start"], "action": "ran-command"},
        "auditd": {"data": {"cmd": "aws sts get-caller-identity"}},
        "user": {"name": "oldbob"},
        "process": {"pid": 14178},
    })  # fmt: skip
    assert (detail(found).tool, found.data_quality) == ("aws sts get-caller-identity", ("identity_missing", "time_missing"))


@pytest.mark.parametrize(
    ("user", "person", "principal"),
    [
        ({"name": "alice", "email": "Alice@Contoso.com"}, "alice@contoso.com", "h17|alice"),
        ({"name": "alice@contoso.com"}, "alice@contoso.com", "h17|alice@contoso.com"),
        ({"name": "CONTOSO\\alice"}, None, "h17|alice"),
        ({"id": "1002"}, None, "h17|1002"),
    ],
)
def test_who(read, user, person, principal):
    found = read(endpoint.record(user=user))
    assert (found.person, found.principal) == (person, principal)


def test_missing_user_is_doubted(read):
    assert read(endpoint.record(user=None)).data_quality == ("identity_missing",)


@pytest.mark.parametrize(
    "process",
    [
        {"name": "az", "command_line": f"az login -u a -p {SECRET}"},
        {"name": "az", "args": ["az", "login", "-p", SECRET]},
        {"name": "sh", "command_line": "sh x", "parent": {"command_line": f"az login --password {SECRET}"}},
        {"name": "az", "command_line": f"az login {'x' * 32_700} -p {SECRET}"},
        {"name": "az", "command_line": f"az login {'x' * 300_000} -p {SECRET}"},
    ],
    ids=["line", "args", "parent", "at the bound", "beyond it"],
)
def test_no_secret_is_kept(read, process):
    assert SECRET not in str(read(endpoint.record(process=process)))


def test_command_lines_are_bounded_but_judged_behind_padding(read):
    found = read(endpoint.record(process={"name": "bash", "command_line": f"bash -c '{' ' * 40_000} az login'"}))
    assert (len(detail(found).command_line), found.truncated, detail(found).tool) == (32_766, ("command_line",), "az login")


def test_many_arguments_are_bounded(read):
    found = read(endpoint.record(process={"name": "az", "args": ["az", "login", *["x" * 1000] * 5000]}))
    assert (detail(found).tool, found.truncated) == ("az login", ("args",))
    assert sum(map(len, detail(found).args)) < 100_000


def test_search_hits(read):
    assert read({"hits": {"hits": [{"_id": "1", "_source": endpoint.record()}]}}) == read(endpoint.record())
