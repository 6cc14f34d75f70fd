"""CrowdStrike Falcon: ProcessRollup2 of the data replicator (FDR) and of event search exports.

Names as in elastic/integrations, packages/crowdstrike, data_stream/fdr; older searches add ``_decimal`` to numbers. A process that ran
before the sensor started (SyntheticProcessRollup2) is no start.
"""

from collections.abc import Mapping

from ....reading.fields import Fields, word
from ...dialect import Dialect, Gap, columns
from ...dialect_rows import row, translated

_ROWS = (
    row("@timestamp", "ProcessStartTime", "ProcessStartTime_decimal", "ContextTimeStamp", "ContextTimeStamp_decimal", "timestamp", "@timestamp", "_time"),
    row("event.id", "id", "@id"),
    row("host.id", "aid"),
    row("host.name", "ComputerName"),
    row("user.name", "UserName"),
    row("user.id", "UserSid", "UserSid_readable", "UID", "RUID", "UID_decimal"),
    row("user.email", "UserPrincipal"),
    row("process.executable", "ImageFileName"),
    row("process.command_line", "CommandLine"),
    row("process.pid", "RawProcessId", "RawProcessId_decimal"),
    row("process.pe.original_file_name", "OriginalFilename"),
    row("process.parent.name", "ParentBaseFileName"),
    row("process.parent.executable", "ParentImageFileName"),
    row("process.parent.command_line", "ParentCommandLine"),
)  # fmt: skip
_NAMES = ("event_simpleName", "#event_simpleName")


def _name(record: Fields) -> str | None:
    return next((found for name in _NAMES if (found := word(record.data.get(name))) is not None), None)


def _translate(record: Fields) -> Mapping[str, object]:
    result = translated(record, _ROWS)
    known = result.get("event")
    started = _name(record) == "processrollup2"
    result["event"] = (known if isinstance(known, dict) else {}) | {
        "category": ["process"],
        "type": ["start" if started else "info"],
        "kind": "event",
    }
    return result


CROWDSTRIKE = Dialect(
    name="CrowdStrike Falcon: ProcessRollup2",
    marks=frozenset(_NAMES),
    recognise=lambda record: _name(record) is not None,
    translate=_translate,
    columns=(columns("event_simpleName", "CommandLine", "aid"), columns("#event_simpleName", "CommandLine", "aid")),
    cannot_carry=(
        Gap("person", "The data replicator names a user by a number only, so no person is joined across clouds."),
        Gap("parent_line", "The parent has a name and no command line.", flagged=False),
    ),
    sample={
        "event_simpleName": "ProcessRollup2",
        "name": "ProcessRollup2V17",
        "event_platform": "Win",
        "aid": "ffff0000000000000000000000000000",
        "cid": "cccc0000000000000000000000000000",
        "id": "00000000-0000-4000-8000-000000000001",
        "timestamp": "1795168861030",
        "ProcessStartTime": "1795168860.406",
        "CommandLine": "cmd.exe /c az login",
        "ImageFileName": "\\Device\\HarddiskVolume2\\Windows\\System32\\cmd.exe",
        "ParentBaseFileName": "explorer.exe",
        "RawProcessId": "6116",
        "UserSid": "S-1-5-21-1-2-3-1001",
    },
)
