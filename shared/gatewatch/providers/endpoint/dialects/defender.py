"""Defender for Endpoint: DeviceProcessEvents as rows of advanced hunting (JSON, CSV, Sentinel) and as records of the streaming API.

DeviceNetworkEvents, DeviceFileEvents and DeviceEvents come the same way: connections and files are shown beside a login, a
PowerShellCommand is read as a script. Source of names:
MicrosoftDocs/defender-docs, defender-xdr/advanced-hunting-deviceprocessevents-table.md; ``ReportId`` with the device and the time is
unique.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from ....reading.fields import Fields, scalar, word
from ....reading.times import moment
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import put, row, translated

_STREAMED = "advancedhunting-device"
_COMMON = (
    row("@timestamp", "Timestamp", "TimeGenerated"),
    row("host.id", "DeviceId"),
    row("host.name", "DeviceName"),
)
_STARTED = (
    *_COMMON,
    row("user.name", "AccountName"),
    row("user.domain", "AccountDomain"),
    row("user.id", "AccountSid"),
    row("user.email", "AccountUpn"),
    row("process.name", "FileName"),
    row("process.executable", "FolderPath"),
    row("process.command_line", "ProcessCommandLine"),
    row("process.pid", "ProcessId"),
    row("process.pe.original_file_name", "ProcessVersionInfoOriginalFileName"),
    row("process.parent.name", "InitiatingProcessFileName"),
    row("process.parent.executable", "InitiatingProcessFolderPath"),
    row("process.parent.command_line", "InitiatingProcessCommandLine"),
)
_BESIDE = (
    *_COMMON,
    row("user.name", "InitiatingProcessAccountName"),
    row("user.domain", "InitiatingProcessAccountDomain"),
    row("user.id", "InitiatingProcessAccountSid"),
    row("user.email", "InitiatingProcessAccountUpn"),
    row("process.name", "InitiatingProcessFileName"),
    row("process.executable", "InitiatingProcessFolderPath"),
    row("process.command_line", "InitiatingProcessCommandLine"),
    row("process.pid", "InitiatingProcessId"),
)
_FILE_ACTIONS = frozenset({"filecreated", "filemodified", "filerenamed"})


def _streamed(record: Fields) -> bool:
    return "properties" in record.data and (word(record.data.get("category")) or "").startswith(_STREAMED)


def _recognise(record: Fields) -> bool:
    if "properties" in record.data:
        return _streamed(record)
    return (
        record.has("DeviceId", "DeviceName") and record.has("ActionType", "ProcessCommandLine") and record.has("Timestamp", "TimeGenerated")
    )


def _translate(record: Fields) -> Mapping[str, object]:
    inner = record.object("properties") if _streamed(record) else record
    action = word(inner.get("ActionType"))
    domain = _domain(inner) if action is None or action.startswith("connection") else None
    if domain is not None:
        result = translated(inner, _BESIDE)
        result["destination"] = {"domain": domain}
        event: dict[str, object] = {"category": ["network"], "type": ["start"]}
    elif action in _FILE_ACTIONS:
        result = translated(inner, _BESIDE)
        put(result, "file.path", scalar(inner.get("FolderPath")))
        event = {"category": ["file"], "type": ["creation"]}
    elif action == "powershellcommand":
        result = translated(inner, _BESIDE)
        put(result, "powershell.file.script_block_text", inner.object("AdditionalFields").get("Command"))
        event = {"code": "4104", "provider": "Microsoft-Windows-PowerShell", "category": ["process"], "type": ["info"]}
    else:
        result = translated(inner, _STARTED)
        started = action in {None, "processcreated", "processcreatedusingwmiquery"}
        event = {"category": ["process"], "type": ["start" if started else "info"]}
    result["event"] = event | {"id": _id(inner), "kind": "event"}
    return result


def _domain(row_of: Fields) -> str | None:
    """The host name in ``RemoteUrl``, which is a URL or a host name; None without one."""
    url = scalar(row_of.get("RemoteUrl"))
    if url is None:
        return None
    try:
        return urlsplit(url if "//" in url[:12] else f"//{url}").hostname
    except ValueError:
        return None


def _id(row_of: Fields) -> str | None:
    report, device = scalar(row_of.get("ReportId")), scalar(row_of.first("DeviceId", "DeviceName"))
    time = moment(row_of.first("Timestamp", "TimeGenerated"))
    return None if report is None or device is None or time is None else f"{device}|{time.isoformat()}|{report}"


DEFENDER = Dialect(
    name="Defender for Endpoint: DeviceProcessEvents",
    marks=frozenset({"DeviceId", "DeviceName", "properties"}),
    recognise=_recognise,
    translate=_translate,
    columns=(
        columns("Timestamp", "DeviceName", "ProcessCommandLine"),
        columns("TimeGenerated", "DeviceName", "ProcessCommandLine"),
        columns("Timestamp", "DeviceName", "ActionType", "RemoteUrl"),
    ),
    cannot_carry=(Gap("environment", "Variables of a process are not said, so credentials in them are not seen.", flagged=False),),
    sample={
        "Timestamp": "2026-11-20T10:01:00.1234567Z",
        "DeviceId": "999b0000000000000000000000000000000000aa",
        "DeviceName": "ws-17.contoso.com",
        "ActionType": "ProcessCreated",
        "FileName": "cmd.exe",
        "FolderPath": "C:\\Windows\\System32\\cmd.exe",
        "ProcessCommandLine": "cmd.exe /c az login",
        "ProcessId": 6412,
        "ProcessVersionInfoOriginalFileName": "Cmd.Exe",
        "AccountDomain": "contoso",
        "AccountName": "dana",
        "AccountSid": "S-1-5-21-1-2-3-1001",
        "AccountUpn": "dana@contoso.com",
        "InitiatingProcessFileName": "explorer.exe",
        "InitiatingProcessFolderPath": "C:\\Windows\\explorer.exe",
        "InitiatingProcessCommandLine": "explorer.exe",
        "ReportId": 4824,
    },
)
