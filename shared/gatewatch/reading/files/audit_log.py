"""Linux' audit.log: every line is one record of text, ``type=EXECVE msg=audit(1795168860.000:1): ...``."""

import re
from collections.abc import Iterator

from ...model import RawRecord, Refused
from .buffer import Buffer
from .limits import FileLimits
from .location import Location

FORMAT = "audit.log"
_HEAD = 1024
_EVENT = rb"(?:node=\S{1,255} )?type=[A-Z_0-9]{1,32} msg=audit\(\d{9,11}\.\d{3}:\d{1,20}\)\s?:"
_BETWEEN = rb"(?:\s*(?:----|time->[^\n]{1,64})\r?\n)"  # ausearch writes these before each event
_HEADER = rb"[^\n{=]{0,128}? "  # that of syslog
_LINE = re.compile(rb"%b{0,4}\s*(?:%b)?%b" % (_BETWEEN, _HEADER, _EVENT))
_BEGINS = re.compile(_EVENT)
_NO_EVENT = re.compile(rb"----|time->")


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
        body = buffer.data[buffer.at : end].strip()
        buffer.to(min(end + 1, len(buffer.data)))
        begins = _BEGINS.search(body, 0, _HEAD)
        text = body[begins.start() if begins is not None else 0 :].decode("utf-8", "replace")
        if text and not _NO_EVENT.match(body):
            yield place.record(line, {"message": text})


def _pass_line(buffer: Buffer) -> None:
    while buffer.fill():
        end = buffer.data.find(b"\n", buffer.at)
        buffer.to(len(buffer.data) if end < 0 else end + 1)
        if end >= 0:
            return
