"""Windows events as JSON: evtx_dump, python-evtx, chainsaw, the flat rows of NXLog and OTRF's data sets, and Wazuh's alerts.

Read are Sysmon (1, 3, 11), Security 4688 and PowerShell (4103, 4104). Each becomes what Winlogbeat writes before its own pipeline:
``winlog.event_data`` with Windows' names. Sysmon's ``UtcTime`` is the time; an ``EventTime`` without one is in the host's own zone.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ....reading.fields import Fields, mapping, scalar, word
from ....reading.late_pattern import LatePattern
from ....reading.times import moment
from ...dialect import Dialect, Gap, columns
from .windows_xml import attribute, element_value, event_data

_PROVIDERS = ("sysmon", "security-auditing", "powershell")
_PROVIDER_OF = {  # by the name of the log, where a tool leaves the provider out
    "security": "Microsoft-Windows-Security-Auditing",
    "microsoft-windows-sysmon": "Microsoft-Windows-Sysmon",
    "microsoft-windows-powershell": "Microsoft-Windows-PowerShell",
}
_SYSTEM = frozenset({
    "eventid", "channel", "computer", "hostname", "computername", "sourcename", "providername", "provider", "eventtime", "timecreated",
    "systemtime", "recordnumber", "eventrecordid", "severity", "keywords", "opcode", "version", "task", "level", "accountname", "domain",
    "userid", "accounttype", "tags", "host", "port", "message", "category", "type", "timestamp", "source", "sourcetype", "index", "payload",
    "eventcode", "time",
})  # fmt: skip
_PROVIDER_NAMES = ("SourceName", "ProviderName", "Provider_Name", "EventSourceName", "Provider", "source")
_READ = frozenset({"1", "4688", "4103", "4104"})
_HOLDS_DATA = ("Image", "NewProcessName", "CommandLine", "ScriptBlockText", "ContextInfo", "Payload", "EventData")
_SINGLE = LatePattern(r"(?<!\\)\\(?!\\)")


class _Head(NamedTuple):
    """What every Windows event says about itself, as written."""

    code: object
    provider: object
    computer: object
    record: object
    channel: object


def _document(head: _Head, times: Sequence[object], data: Mapping[str, object]) -> dict[str, object]:
    time = next((found for value in (data.get("UtcTime"), *times) if (found := moment(element_value(value))) is not None), None)
    host, number, log = scalar(element_value(head.computer)), scalar(element_value(head.record)), scalar(element_value(head.channel))
    provider = scalar(element_value(head.provider)) or _PROVIDER_OF.get((log or "").casefold().partition("/")[0])
    event = {"code": scalar(element_value(head.code)), "provider": provider, "kind": "event"}
    if host is not None and number is not None:
        event["id"] = f"{host}|{log or event['provider']}|{number}"
    written = time.isoformat() if time is not None else next((value for value in times if value not in (None, "")), None)
    return {
        "@timestamp": written,
        "event": event,
        "host": {"name": host},
        "winlog": {
            "event_id": event["code"],
            "provider_name": event["provider"],
            "computer_name": host,
            "channel": log,
            "record_id": number,
            "event_data": dict(data),
        },
    }


def _is_read(provider: object, channel: object) -> bool:
    named = f"{word(element_value(provider)) or ''} {word(element_value(channel)) or ''}"
    return any(known in named for known in _PROVIDERS) or named.strip() == "security"


def _event(record: Fields) -> tuple[Fields, Fields] | None:
    """The event and its system part in a record converted from XML, or None."""
    hunted = Fields(mapping(record.data.get("document"))).get("data")  # a match of chainsaw holds the event
    event = Fields(mapping(record.data.get("Event") or mapping(hunted).get("Event") or _bare(record)))
    system = Fields(mapping(event.get("System")))
    return (event, system) if system.data else None


def _bare(record: Fields) -> Mapping[str, object] | None:
    """A record that is the event itself, as Velociraptor writes it."""
    return record.data if isinstance(record.data.get("System"), dict) and not {"EventData", "UserData"}.isdisjoint(record.data) else None


def _xml(record: Fields) -> Mapping[str, object]:
    event, system = _event(record) or (Fields({}), Fields({}))
    data = event_data(event)
    head = _Head(
        system.get("EventID"),
        attribute(system, "Provider", "Name"),
        system.get("Computer"),
        system.get("EventRecordID"),
        system.get("Channel"),
    )
    found = _document(head, [attribute(system, "TimeCreated", "SystemTime")], data)
    return _with_user(found, scalar(attribute(system, "Security", "UserID")), None, None)


def _with_user(found: dict[str, object], sid: str | None, name: str | None, domain: str | None) -> dict[str, object]:
    """PowerShell's log names its user beside the event; for Sysmon that is always SYSTEM and is left out."""
    winlog = found["winlog"]
    if isinstance(winlog, dict) and "powershell" in (word(winlog.get("provider_name")) or word(winlog.get("channel")) or ""):
        winlog["user"] = {key: value for key, value in (("identifier", sid), ("name", name), ("domain", domain)) if value is not None}
    return found


def _flat(record: Fields) -> Mapping[str, object]:
    data = {
        name: value for name, value in record.data.items() if not name.startswith("@") and name.replace("_", "").casefold() not in _SYSTEM
    }
    data |= mapping(record.get("EventData"))  # as an object in WindowsEvent, and as event_data before Winlogbeat 7
    data |= event_data(Fields(mapping(record.get("Payload"))))  # EvtxECmd
    head = _Head(
        record.first("EventID", "EventCode"),
        record.first(*_PROVIDER_NAMES),
        record.first("Computer", "Hostname", "ComputerName", "host"),
        record.first("RecordNumber", "EventRecordID", "RecordId"),
        record.first("Channel", "log_name"),
    )
    found = _document(
        head, [record.first("@timestamp", "TimeGenerated", "TimeCreated", "SystemTime", "EventTime", "timestamp", "_time")], data
    )
    return _with_user(found, scalar(record.get("UserID")), scalar(record.get("AccountName")), scalar(record.get("Domain")))


def _wazuh_part(record: Fields) -> Fields | None:
    win = Fields(mapping(Fields(mapping(record.data.get("data"))).get("win")))
    return win if win.has("system") else None


def _wazuh(record: Fields) -> Mapping[str, object]:
    win = _wazuh_part(record) or Fields({})
    system, data = win.object("system"), mapping(win.get("eventdata"))
    head = _Head(
        system.get("eventID"),
        system.get("providerName"),
        system.get("computer") or record.object("agent").get("name"),
        system.get("eventRecordID"),
        system.get("channel"),
    )
    times = [system.get("systemTime"), record.get("timestamp"), record.get("@timestamp")]
    found = _document(head, times, {name[:1].upper() + name[1:]: _unescaped(value) for name, value in data.items()})
    return _with_user(found, None, None, None)


def _unescaped(value: object) -> object:
    """Wazuh doubles backslashes."""
    return value.replace("\\\\", "\\") if isinstance(value, str) and "\\\\" in value and _SINGLE.search(value) is None else value


def _is_flat(record: Fields) -> bool:
    code = record.first("EventID", "EventCode")
    if code is None or not {"winlog", "process"}.isdisjoint(record.data):
        return False
    if scalar(element_value(code)) in _READ and not record.has(*_HOLDS_DATA):
        return False  # a summary of another tool: what ran is somewhere else in it
    return _is_read(record.first(*_PROVIDER_NAMES), record.first("Channel", "log_name"))


def _is_xml(record: Fields) -> bool:
    found = _event(record)
    return found is not None and _is_read(attribute(found[1], "Provider", "Name"), found[1].get("Channel"))


_LOGIN = {
    "Image": "C:\\Windows\\System32\\cmd.exe",
    "CommandLine": "cmd.exe /c az login",
    "User": "CONTOSO\\dana",
    "OriginalFileName": "Cmd.Exe",
}
_PERSON = Gap("person", "A user has a domain and a name and no address, so a person is joined across clouds by an alias only.")

EVTX = Dialect(
    name="Windows events from EVTX as JSON (evtx_dump, python-evtx, chainsaw, Velociraptor)",
    marks=frozenset({"Event", "System", "document"}),
    recognise=_is_xml,
    translate=_xml,
    cannot_carry=(_PERSON,),
    sample={
        "Event": {
            "System": {
                "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
                "EventID": 1,
                "TimeCreated": {"#attributes": {"SystemTime": "2026-11-20T10:01:00.369114Z"}},
                "EventRecordID": 16094,
                "Channel": "Microsoft-Windows-Sysmon/Operational",
                "Computer": "ws-17.contoso.com",
                "Security": {"#attributes": {"UserID": "S-1-5-18"}},
            },
            "EventData": {"UtcTime": "2026-11-20 10:01:00.352", "ProcessId": 14144, "ParentImage": "C:\\Windows\\explorer.exe", **_LOGIN},
        }
    },
)
FLAT = Dialect(
    name="Windows events as flat rows (NXLog, OTRF Security-Datasets, Sentinel's SecurityEvent, Splunk, EvtxECmd)",
    marks=frozenset({"EventID", "EventId", "event_id", "EventCode"}),
    recognise=_is_flat,
    translate=_flat,
    columns=(
        columns("EventID", "Channel", "CommandLine", "Image"),
        columns("EventID", "Channel", "ScriptBlockText"),
        columns("EventID", "Computer", "CommandLine"),
        columns("EventId", "Provider", "Computer", "Payload"),
        columns("EventCode", "CommandLine", "host"),
    ),
    cannot_carry=(_PERSON,),
    sample={
        "EventID": 1,
        "SourceName": "Microsoft-Windows-Sysmon",
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "EventTime": "2026-11-20 11:01:00",
        "UtcTime": "2026-11-20 10:01:00.352",
        "Hostname": "ws-17.contoso.com",
        "RecordNumber": 16094,
        "ProcessId": "14144",
        **_LOGIN,
    },
)
WAZUH = Dialect(
    name="Windows events in Wazuh alerts (`data.win`)",
    marks=frozenset({"data"}),
    recognise=lambda record: _wazuh_part(record) is not None,
    translate=_wazuh,
    cannot_carry=(_PERSON,),
    sample={
        "timestamp": "2026-11-20T10:01:01.000+0000",
        "agent": {"id": "001", "name": "ws-17"},
        "data": {
            "win": {
                "system": {
                    "eventID": "1",
                    "providerName": "Microsoft-Windows-Sysmon",
                    "computer": "ws-17.contoso.com",
                    "eventRecordID": "16094",
                    "channel": "Microsoft-Windows-Sysmon/Operational",
                    "systemTime": "2026-11-20T10:01:00.3691140Z",
                },
                "eventdata": {name[:1].lower() + name[1:]: value.replace("\\", "\\\\") for name, value in _LOGIN.items()},
            }
        },
    },
)
