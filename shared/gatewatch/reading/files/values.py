"""JSON of any layout as records: lines, documents, values one behind the other, text before them, one enormous line."""

import codecs
import re
from collections.abc import Iterator

import msgspec

from ...model import RawRecord, Refused
from ..json_text import parse
from ..struct_text import struct_in
from .buffer import Buffer
from .cutter import Cut, balanced_end, skip_value, value_end
from .encodings import BROKEN_UTF8, UTF8, UTF8_MARKED
from .journal import FileReport, note
from .limits import MIB, FileLimits
from .lines import LINE, Given, Lines, whole_lines
from .location import Location
from .more_pages import GOES_ON, goes_on
from .pages import bounded, elements, is_list, spread, streamed
from .passing import FEED, OUTSIDE, go_to, next_value
from .streams import CHUNK

INVALID, TOO_LARGE = "invalid_json", "record_too_large"
TEXT_BEFORE, TEXT_AFTER = "text_before_json", "text_after_json"
_NEXT_VALUE = re.compile(rb"\n(?=[{\[])")
_PATIENCE = 256 * MIB
_STARTS_TRIED = 4
_BRACE_OR_END = (b"{", b"")


def _parsed(body: bytes) -> object:
    """The value as a tolerant parser reads it, or what Python prints of a dictionary; None if it is neither."""
    try:
        return parse(body)
    except ValueError:
        return struct_in(body.decode("utf-8", "replace")) if body.startswith(b"{'") else None


class JsonText:
    """Reads the records of one text, and goes on behind what is broken."""

    def __init__(self, buffer: Buffer, limits: FileLimits, report: FileReport, place: Location) -> None:
        self._buffer = buffer
        self._limits = limits
        self._report = report
        self._place = place
        self._plain: set[bytes] = set()  # how lines began that were objects and no pages, up to the first colon
        self._no_feed = 0  # how many bytes from the beginning of the text are known to be read before the next line feed
        self._last_line = 0  # the line on which the last value ended
        self._wasted = 0  # bytes that were looked at in vain

    def __iter__(self) -> Iterator[Given]:
        """Every record, and the line of everything else."""
        buffer = self._buffer
        while next_value(buffer):
            if buffer.consumed >= self._no_feed:
                yield from self._lines()
                if not next_value(buffer):
                    return
            end = self._cut()
            if not isinstance(end, Cut) and (buffer.data[buffer.at] in b'{["' or self._whole_line(end)):
                yield from self._value(end)
            elif buffer.data[buffer.at] in b"{[":
                yield from self._odd(end)
            else:
                yield from self._text()

    def _lines(self) -> Iterator[Lines]:
        """Objects of which each has a line of its own."""
        buffer = self._buffer
        while True:
            first, begins, known = buffer.line, buffer.taken - len(buffer), len(self._plain)
            texts = whole_lines(buffer, self._limits.record, self._plain)
            if len(self._plain) > known and any(map(goes_on, texts)):  # lines that begin as others did are not looked at again
                note(self._report, GOES_ON)
            if texts:
                yield Lines(self._place, first, texts, self._offset(begins))
            further = buffer.data[buffer.at : buffer.at + 1] in _BRACE_OR_END and len(buffer) < LINE
            if not further or not buffer.more(CHUNK):
                return

    def _offset(self, taken: int) -> int:
        """Where in the file itself that lies which begins behind so many bytes of the text; -1 where the text is not what the file has."""
        mark = len(codecs.BOM_UTF8) if self._report.encoding == UTF8_MARKED.name else 0
        as_it_is = mark or self._report.encoding == UTF8.name
        return taken + mark if as_it_is and self._place.part is not None and BROKEN_UTF8 not in self._report.notes else -1

    def _cut(self) -> int | Cut:
        """Where the value at the buffer's place ends: first within its line, then within a window that grows."""
        buffer = self._buffer
        feed = -1 if buffer.consumed < self._no_feed else buffer.data.find(b"\n", buffer.at, buffer.at + LINE)
        if feed < 0:
            self._no_feed = max(self._no_feed, buffer.consumed + min(LINE, len(buffer)))
        else:
            end = value_end(buffer.data, buffer.at, feed)
            if not isinstance(end, Cut) or not self._patient or (end is Cut.MALFORMED and buffer.data[buffer.at] not in b"{["):
                return end
        end = value_end(buffer.data, buffer.at)
        while end is Cut.INCOMPLETE or end == len(buffer.data):
            if len(buffer) > self._limits.window or not self._patient or not buffer.more(max(len(buffer), CHUNK)):
                break
            end = value_end(buffer.data, buffer.at)
        return end

    @property
    def _patient(self) -> bool:
        return self._wasted < _PATIENCE + 4 * self._buffer.consumed

    def _whole_line(self, end: int) -> bool:
        """Whether a bare number, true, false or null is all that its line has."""
        buffer = self._buffer
        return end >= len(buffer.data) or buffer.data[end] in b"\r\n" or b"\n" in buffer.data[buffer.at : end]

    def _value(self, end: int) -> Iterator[RawRecord | Refused]:
        buffer, line = self._buffer, self._buffer.line
        body = buffer.data[buffer.at : end].rstrip()
        buffer.to(buffer.at + len(body))
        self._last_line = buffer.line
        if goes_on(body):
            note(self._report, GOES_ON)
        if len(body) <= self._limits.record:
            found = spread(body)
            for index, data in enumerate(found):
                yield self._place.record(line, data, index if len(found) > 1 else None)
        elif is_list(body):
            yield from self._large_list(body, line)
        else:
            yield from self._large(body, line)

    def _large_list(self, body: bytes, line: int) -> Iterator[RawRecord | Refused]:
        """A list that is larger than one record may be; each of its elements is held to that."""
        for index, data in enumerate(spread(body)):
            if isinstance(data, msgspec.Raw) and len(memoryview(data)) > self._limits.record:
                yield self._place.refused(line, TOO_LARGE)
            else:
                yield self._place.record(line, data, index)

    def _large(self, body: bytes, line: int) -> Iterator[RawRecord | Refused]:
        """An envelope that only `envelopes` knows, parsed as a whole; a single record of this size is refused."""
        inside = bounded(body)
        if inside is None:
            yield self._place.refused(line, TOO_LARGE)
            return
        for index, inner in enumerate(inside):
            if inner.reason and inner.data is None:
                yield self._place.refused(line, inner.reason, inner.detail)
            else:
                yield self._place.record(line, inner.data, index)

    def _odd(self, end: int | Cut) -> Iterator[RawRecord | Refused]:
        """A value that is longer than the window, or that only a tolerant parser reads, or that is broken."""
        buffer, limits = self._buffer, self._limits
        long = end is Cut.INCOMPLETE and len(buffer) > limits.window and self._patient
        if not long:
            self._wasted += len(buffer)
            if (tolerant := self._tolerant()) is not None:
                yield tolerant
                return
        if self._starts_list():
            yield from self._elements()
        elif long:
            yield from self._long()
        else:
            cut = buffer.data[buffer.at : buffer.at + 2] == b'{"'
            if not self._find_start():
                yield self._unread(INVALID)
            elif cut:  # a record that was cut, and a whole one behind it
                yield self._place.refused(buffer.line, INVALID)

    def _tolerant(self) -> RawRecord | None:
        """The value of this line, or within these brackets, as a tolerant parser reads it."""
        buffer, line, limit = self._buffer, self._buffer.line, self._limits.record
        feed = buffer.data.find(b"\n", buffer.at, buffer.at + limit)
        ends = [feed if feed >= 0 else len(buffer.data)]
        if self._patient:
            ends.append(balanced_end(buffer.data, buffer.at, limit))
        for end in ends:
            if buffer.at < end <= buffer.at + limit:
                value = _parsed(buffer.data[buffer.at : end].strip())
                if value is not None:
                    buffer.to(end)
                    self._last_line = buffer.line
                    return self._place.record(line, value)
        return None

    def _starts_list(self) -> bool:
        return streamed(self._buffer.data[self._buffer.at : self._buffer.at + CHUNK]) is not None

    def _elements(self) -> Iterator[RawRecord | Refused]:
        """The elements of a list, one by one, then over the rest of the object that holds it."""
        buffer, line = self._buffer, self._buffer.line
        try:
            for index, data in enumerate(elements(buffer, self._limits.record, lambda: note(self._report, GOES_ON))):
                yield self._place.refused(line, TOO_LARGE) if data is None else self._place.record(line, data, index)
        except ValueError:
            yield self._unread(INVALID)
        self._last_line = buffer.line

    def _long(self) -> Iterator[RawRecord | Refused]:
        """A document without a list of records at its beginning: parsed as a whole if it may be, else read over."""
        buffer, line = self._buffer, self._buffer.line
        end = value_end(buffer.data, buffer.at)
        while end is Cut.INCOMPLETE and len(buffer) <= self._limits.document and buffer.more(len(buffer)):
            end = value_end(buffer.data, buffer.at)
        if isinstance(end, Cut) and _NEXT_VALUE.search(buffer.data, buffer.at):
            self._wasted += len(buffer)  # perhaps a bracket that is never closed: what begins on a later line is read
            yield self._unread(TOO_LARGE)
        elif isinstance(end, Cut):
            skip_value(buffer)
            yield self._place.refused(line, TOO_LARGE if end is Cut.INCOMPLETE else INVALID)
        else:
            yield from self._value(end)

    def _text(self) -> Iterator[RawRecord | Refused]:
        """A line that begins with text: what is before a JSON value is passed over, and said."""
        buffer = self._buffer
        end = buffer.line_end(self._limits.record)
        after = buffer.line == self._last_line
        if end >= 0 and after and b"{" not in buffer.data[buffer.at : end]:
            note(self._report, TEXT_AFTER)
            buffer.to(end)
        elif end < 0 or not self._find_start():
            yield self._unread(TOO_LARGE if end < 0 else INVALID)

    def _find_start(self) -> bool:
        """Go to the JSON object within this line, if there is one."""
        buffer = self._buffer
        end = buffer.line_end(self._limits.record)
        at = buffer.at
        for _ in range(_STARTS_TRIED if end >= 0 else 0):
            at = buffer.data.find(b"{", at + 1, end)
            if at < 0:
                return False
            here = value_end(buffer.data, at, end)
            if here is Cut.INCOMPLETE and self._patient:  # it may go on behind this line
                here = value_end(buffer.data, at)
                self._wasted += len(buffer) if here is Cut.INCOMPLETE else 0
            if here is not Cut.MALFORMED:
                note(self._report, TEXT_BEFORE)
                buffer.to(at)
                return True
        return False

    def _unread(self, reason: str) -> Refused:
        """Give up this line; a document is given up as far as the next line that is not inside one."""
        buffer, line = self._buffer, self._buffer.line
        end = buffer.line_end(self._limits.record)
        text = buffer.data[buffer.at : end].rstrip() if end >= 0 else b""
        document = text[:1] in {b"{", b"["} and text[-1:] in {b",", b"{", b"[", b":"}
        if not document and end >= 0:
            buffer.to(end)
        else:
            go_to(buffer, OUTSIDE if document else FEED)
        return self._place.refused(line, reason)
