"""Linux' audit.log: every line is one record of text, ``type=EXECVE msg=audit(1795168860.000:1): ...``."""

import re
from collections.abc import Iterator

from ...model import RawRecord, Refused
from .buffer import Buffer
from .limits import FileLimits
from .location import Location

FORMAT = "audit.log"
_LINE = re.compile(rb"\s*(?:node=\S{1,255} )?type=[A-Z_0-9]{1,32} msg=audit\(\d{9,11}\.\d{3}:\d{1,20}\):")


def is_audit_log(head: bytes) -> bool:
    """Whether this text begins with a line of an audit.log."""
    return _LINE.match(head) is not None


def audit_lines(buffer: Buffer, limits: FileLimits, place: Location) -> Iterator[RawRecord | Refused]:
    """Every line as a record with the property ``message``; a line above the limit of a record is refused."""
    while buffer.fill():
        line, end = buffer.line, buffer.line_end(limits.record)
        if end < 0 or end - buffer.at > limits.record:
            yield place.refused(line, "record_too_large")
            _pass_line(buffer)
            continue
        text = buffer.data[buffer.at : end].decode("utf-8", "replace").strip()
        buffer.to(min(end + 1, len(buffer.data)))
        if text:
            yield place.record(line, {"message": text})


def _pass_line(buffer: Buffer) -> None:
    while buffer.fill():
        end = buffer.data.find(b"\n", buffer.at)
        buffer.to(len(buffer.data) if end < 0 else end + 1)
        if end >= 0:
            return
