"""Logs of lines that are no JSON and that a provider reads all the same: each line is a record with its text as ``message``."""

import re
from collections.abc import Iterator

from ...model import RawRecord, Refused
from .buffer import Buffer
from .limits import FileLimits
from .location import Location

# audit.log as auditd writes it: one line a record of an event, https://github.com/linux-audit/audit-documentation
_AUDIT = re.compile(rb"(?:node=\S{1,255} )?type=[A-Z_0-9]{1,32} msg=audit\(\d{9,11}\.\d{3}:\d{1,20}\):")


def is_audit_log(head: bytes) -> bool:
    """Whether this text begins with a line of Linux' audit log."""
    return _AUDIT.match(head.lstrip()) is not None


def lines(buffer: Buffer, limits: FileLimits, place: Location) -> Iterator[RawRecord | Refused]:
    """Every line that is not empty; one that is no line of an audit log is refused."""
    while buffer.fill():
        end = buffer.line_end(limits.record)
        text = b"" if end < 0 else buffer.data[buffer.at : end].strip()
        line = buffer.line
        if end < 0:
            yield place.refused(line, "record_too_large")
            _skip_line(buffer)
            continue
        if text:
            known = _AUDIT.match(text) is not None
            yield place.record(line, {"message": text.decode("utf-8", "replace")}) if known else place.refused(line, "invalid_json")
        buffer.to(min(end + 1, len(buffer.data)))


def _skip_line(buffer: Buffer) -> None:
    while True:
        feed = buffer.data.find(b"\n", buffer.at)
        buffer.to(len(buffer.data) if feed < 0 else feed + 1)
        if feed >= 0 or not buffer.more():
            return
