"""The same ``az login`` in every form in which agents and exports write it: one event of an endpoint, one alert."""

import json

import pytest

from gatewatch.flow.decoding import event as decode
from gatewatch.flow.replay import replay
from gatewatch.model import Event, RawRecord
from gatewatch.providers.endpoint.dialects import DIALECTS
from tests.builders.common import detail
from tests.support.channels import bundle

SAMPLES = {dialect.name: dict(dialect.sample) for dialect in DIALECTS}
SYSMON = next(sample for sample in SAMPLES.values() if "Event" in sample)["Event"]
DEFENDER = next(sample for sample in SAMPLES.values() if "ProcessCommandLine" in sample)
HEAD = {"Computer": "ws-17.contoso.com", "EventRecordID": 7, "TimeCreated": {"#attributes": {"SystemTime": "2026-11-20T10:01:00.1Z"}}}
SECURITY = {
    **HEAD,
    "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
    "EventID": 4688,
    "Channel": "Security",
}
POWERSHELL = {
    **HEAD,
    "Provider": {"#attributes": {"Name": "Microsoft-Windows-PowerShell"}},
    "Channel": "Microsoft-Windows-PowerShell/Operational",
    "Security": {"#attributes": {"UserID": "S-1-5-21-1-2-3-1001"}},
}
CREATED = {
    "SubjectUserName": "dana",
    "SubjectDomainName": "CONTOSO",
    "TargetUserName": "-",
    "NewProcessName": "C:\\Windows\\System32\\cmd.exe",
    "NewProcessId": "0x1a2b",
    "CommandLine": "cmd.exe /c az login",
    "ParentProcessName": "C:\\Windows\\explorer.exe",
}
INVOKED = {
    "Payload": 'CommandInvocation(Connect-AzAccount): "Connect-AzAccount"\r\nParameterBinding(Connect-AzAccount): name="UseDeviceAuthentication"; value="True"\r\n',
    "ContextInfo": "        Severity = Informational\r\n        Host Name = ConsoleHost\r\n        User = CONTOSO\\dana\r\n",
}
SCRIPT = {"ScriptBlockText": "Connect-AzAccount", "ScriptBlockId": "50d2dbda", "MessageNumber": 1, "MessageTotal": 1}


def evtx(system, data, code=None):
    return {"Event": {"System": system | ({"EventID": code} if code else {}), "EventData": data}}


def listed(data):
    return {"Data": [{"@Name": name, "#text": str(value)} for name, value in data.items()]}


def wazuh(code, provider, data):
    system = {
        "eventID": str(code),
        "providerName": provider,
        "computer": "ws-17.contoso.com",
        "eventRecordID": "9",
        "systemTime": "2026-11-20T10:01:00.1Z",
    }
    return {
        "timestamp": "2026-11-20T10:01:01.000+0000",
        "rule": {"id": "92000"},
        "agent": {"name": "ws-17"},
        "data": {"win": {"system": system, "eventdata": {name[:1].lower() + name[1:]: value for name, value in data.items()}}},
    }


FORMS = {
    **SAMPLES,
    "Defender as CSV": {name: str(value) for name, value in DEFENDER.items()},
    "Defender's streaming": {"time": "2026-11-20T10:03:00Z", "tenantId": "t", "category": "AdvancedHunting-DeviceProcessEvents", "properties": DEFENDER},
    "Sentinel": {name: value for name, value in DEFENDER.items() if name != "Timestamp"} | {"TimeGenerated": DEFENDER["Timestamp"], "Type": "DeviceProcessEvents"},
    "python-evtx": {
        "Event": {
            "System": {
                "Provider": {"@Name": "Microsoft-Windows-Sysmon", "@Guid": "{5770385f}"},
                "EventID": {"@Qualifiers": "", "#text": "1"},
                "TimeCreated": {"@SystemTime": "2026-11-20 10:01:00.352"},
                "Computer": "ws-17.contoso.com",
                "EventRecordID": "16094",
                "Channel": "Microsoft-Windows-Sysmon/Operational",
            },
            "EventData": listed(SYSMON["EventData"]),
        }
    },
    "chainsaw": {
        "Event": {
            "System": {
                "Provider_attributes": {"Name": "Microsoft-Windows-Sysmon"},
                "EventID": 1,
                "TimeCreated_attributes": {"SystemTime": "2026-11-20T10:01:00.352Z"},
                "Computer": "ws-17.contoso.com",
                "Channel": "Microsoft-Windows-Sysmon/Operational",
            },
            "EventData": SYSMON["EventData"],
        }
    },
    "4688": evtx(SECURITY, CREATED),
    "4688, listed": evtx(SECURITY, listed(CREATED)),
    "4688 from NXLog": {"EventID": 4688, "SourceName": "Microsoft-Windows-Security-Auditing", "Channel": "Security", "Hostname": "ws-17.contoso.com", "EventTime": "2026-11-20T10:01:00Z", **CREATED},
    "4688 in Sentinel's SecurityEvent": {"TimeGenerated": "2026-11-20T10:01:00Z", "EventID": "4688", "EventSourceName": "Microsoft-Windows-Security-Auditing", "Computer": "ws-17.contoso.com", "Process": "cmd.exe", "Type": "SecurityEvent", **CREATED},
    "4688 in Sentinel's WindowsEvent": {"TimeGenerated": "2026-11-20T10:01:00Z", "EventID": 4688, "Provider": "Microsoft-Windows-Security-Auditing", "Channel": "Security", "Computer": "ws-17", "EventData": json.dumps(CREATED)},
    "Winlogbeat 6": {"@timestamp": "2026-11-20T10:01:00Z", "event_id": 1, "source_name": "Microsoft-Windows-Sysmon", "log_name": "Microsoft-Windows-Sysmon/Operational", "computer_name": "ws-17", "event_data": SYSMON["EventData"]},
    "4688 without a provider": {"EventID": 4688, "Channel": "Security", "Hostname": "ws-17.contoso.com", "EventTime": "2026-11-20T10:01:00Z", **CREATED},
    "Sysmon without a provider": {"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Hostname": "ws-17.contoso.com", **SYSMON["EventData"]},
    "Velociraptor": {
        "System": {"Provider": {"Name": "Microsoft-Windows-Security-Auditing"}, "EventID": {"Value": 4688}, "TimeCreated": {"SystemTime": 1795168860.1}, "EventRecordID": 7, "Channel": "Security", "Computer": "ws-17.contoso.com"},
        "EventData": CREATED,
        "Message": 'A new process has been created. {"eventName": "ConsoleLogin"}',
    },
    "4688 in Wazuh": wazuh(4688, "Microsoft-Windows-Security-Auditing", CREATED),
    "4104": evtx(POWERSHELL, SCRIPT, 4104),
    "4104 from NXLog": {"EventID": 4104, "SourceName": "Microsoft-Windows-PowerShell", "Channel": "Microsoft-Windows-PowerShell/Operational", "Hostname": "ws-17", "@timestamp": "2026-11-20T10:01:00Z", "AccountName": "dana", "Domain": "CONTOSO", **SCRIPT},
    "4104 in Wazuh": wazuh(4104, "Microsoft-Windows-PowerShell", SCRIPT),
    "4103": evtx(POWERSHELL, INVOKED, 4103),
    "Splunk": {"EventCode": "1", "source": "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", "host": "ws-17", "_time": "2026-11-20T10:01:00Z", **{name: value for name, value in SYSMON["EventData"].items() if name != "UtcTime"}},
    "EvtxECmd": {"EventId": 1, "Provider": "Microsoft-Windows-Sysmon", "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "ws-17", "TimeCreated": "2026-11-20T10:01:00.1000000+00:00", "EventRecordId": "7", "MapDescription": "Process creation", "Payload": json.dumps({"EventData": listed(SYSMON["EventData"])})},
    "a match of chainsaw": {"group": "Sigma", "name": "x", "document": {"kind": "evtx", "data": evtx(SECURITY, CREATED)}},
    "Defender's PowerShellCommand": {"Timestamp": "2026-11-20T10:01:00Z", "DeviceName": "ws-17", "ActionType": "PowerShellCommand", "AdditionalFields": '{"Command":"Connect-AzAccount"}', "InitiatingProcessFileName": "powershell.exe", "InitiatingProcessAccountName": "dana"},
    "Falcon's event search": {"#event_simpleName": "ProcessRollup2", "@timestamp": 1795168860406, "aid": "ffff", "ComputerName": "WS-17", "UserName": "dana", "CommandLine": "az login", "ImageFileName": "/usr/bin/az"},
    "Falcon with decimals": {"event_simpleName": "ProcessRollup2", "ProcessStartTime_decimal": "1795168860.406", "aid": "ffff", "CommandLine": "az login", "UID_decimal": "1000"},
    "audit line with hexadecimal arguments": {"message": 'node=ws-17 type=EXECVE msg=audit(1795168860.000:1): argc=3 a0="/bin/sh" a1="-c" a2=617A206C6F67696E'},
    "audit line from Filebeat": {"@timestamp": "2026-11-20T10:01:05Z", "host": {"name": "ws-17"}, "message": 'type=EXECVE msg=audit(1795168860.000:1): argc=2 a0="az" a1="login"'},
}  # fmt: skip


def raw(data, number=1):
    return RawRecord(data=data, origin=f"x.json:{number}")


@pytest.mark.parametrize("record", FORMS.values(), ids=FORMS)
def test_the_same_login_is_one_alert(record):
    done = replay(lambda: [raw(record)], bundle())

    (alert,) = done.alerts
    assert (alert.rule, alert.score, alert.snapshot.event_count) == ("endpoint_cloud_cli_auth", 21, 1)
    assert alert.key.day == "2026-11-20"
    assert done.seen.earliest.isoformat()[:16] == "2026-11-20T10:01"


WINDOWS = [
    name
    for name in FORMS
    if name.startswith(("Windows", "4688", "python", "chainsaw", "Defender")) and "Wazuh" not in name and "PowerShell" not in name
]


def test_one_login_that_several_agents_saw_is_one_event():
    done = replay(lambda: [raw(FORMS[name], n) for n, name in enumerate(WINDOWS)], bundle())
    assert [alert.snapshot.event_count for alert in done.alerts] == [1]


@pytest.mark.parametrize(
    "name",
    [
        "Windows events from EVTX as JSON (evtx_dump, python-evtx, chainsaw, Velociraptor)",
        "4688",
        "Defender as CSV",
        "4103",
        "4104 from NXLog",
    ],
)
def test_who_ran_it_and_where(name):
    found = decode(raw(FORMS[name]))
    assert (found.user_name, detail(found).host_name.partition(".")[0]) == ("dana", "ws-17")
    assert (detail(found).user_domain or "").casefold() == "contoso"


def test_the_records_of_one_windows_event_have_one_id():
    carried = [
        "Windows events from EVTX as JSON (evtx_dump, python-evtx, chainsaw, Velociraptor)",
        "python-evtx",
        "Windows events as flat rows (NXLog, OTRF Security-Datasets, Sentinel's SecurityEvent, Splunk, EvtxECmd)",
    ]
    assert {decode(raw(FORMS[name])).vendor_id for name in carried} == {
        "endpoint|ws-17.contoso.com|Microsoft-Windows-Sysmon/Operational|16094"
    }


NO_START = {
    "another Sysmon event": evtx(SYSMON["System"], {"SourceImage": "C:\\x.exe"}, 10),
    "a Defender logon": DEFENDER | {"ActionType": "LogonSuccess", "ProcessCommandLine": ""},
    "a process that ran before the sensor": FORMS["Falcon with decimals"] | {"event_simpleName": "SyntheticProcessRollup2"},
    "an osquery removal": {"name": "process_events", "action": "removed", "columns": {"cmdline": "az login", "time": "1795168860"}},
    "another audit line": {"message": "type=SYSCALL msg=audit(1795168860.000:1): arch=c000003e syscall=59"},
    "a logon that Defender for Endpoint saw": {
        "Timestamp": "2026-11-20T10:01:00Z",
        "DeviceName": "ws-17",
        "ActionType": "LogonSuccess",
        "Protocol": "Kerberos",
        "AccountName": "dana",
    },
    "another Windows log": {
        "EventID": 4624,
        "SourceName": "Microsoft-Windows-Security-Auditing",
        "Channel": "Security",
        "@timestamp": "2026-11-20T10:01:00Z",
    },
}


@pytest.mark.parametrize("record", NO_START.values(), ids=NO_START)
def test_what_starts_nothing_is_ignored_by_name(record):
    done = replay(lambda: [raw(record)], bundle())
    assert done.counts == {"ignored:process_not_a_start": 1}


def test_a_connection_and_a_file_are_context():
    common = {
        "Timestamp": DEFENDER["Timestamp"],
        "DeviceName": "ws-17",
        "InitiatingProcessFileName": "az.exe",
        "InitiatingProcessAccountName": "dana",
    }
    connection = decode(raw(common | {"ActionType": "ConnectionSuccess", "RemoteUrl": "https://login.microsoftonline.com/"}))
    file = decode(raw(common | {"ActionType": "FileCreated", "FolderPath": "C:\\Users\\dana\\.azure\\msal_token_cache.bin"}))
    assert (detail(connection).origin, detail(connection).target) == ("connection", "login.microsoftonline.com")
    assert (detail(file).origin, detail(file).target) == ("file", "C:\\Users\\dana\\.azure\\msal_token_cache.bin")


@pytest.mark.parametrize("time", ["soon", {"x": 1}])
def test_a_time_that_is_there_and_cannot_be_read_is_refused_by_name(time):
    done = replay(lambda: [raw(DEFENDER | {"Timestamp": time})], bundle())
    assert done.counts == {"refused:time_unreadable": 1}


def test_a_summary_that_does_not_hold_what_ran_is_refused():
    row = {
        "Timestamp": "2026-11-20 10:01:00.1 +00:00",
        "Computer": "ws-17",
        "Channel": "Sysmon",
        "EventID": 1,
        "Details": {"Cmdline": "az login"},
    }
    assert decode(raw(row)).reason == "unrecognised_record"


def test_a_name_that_is_no_text_of_unicode_becomes_harmless():
    eslogger = FORMS["macOS eslogger: exec"]
    found = decode(raw(eslogger | {"event": {"exec": {"target": {}, "args": ["\ud800", "login"]}}}))
    assert detail(found).name == "\ufffd"


def test_a_command_line_that_is_there_and_cannot_be_read_is_refused_by_name():
    done = replay(lambda: [raw(DEFENDER | {"ProcessCommandLine": {"x": 1}})], bundle())
    assert done.counts == {"refused:unreadable_command_line": 1}


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_dialect_says_what_it_cannot_carry(dialect):
    found = decode(raw(dict(dialect.sample)))
    assert isinstance(found, Event)
    assert dialect.cannot_carry
    assert json.dumps(dict(dialect.sample))
