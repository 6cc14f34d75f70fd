"""Bytes that are seldom asked for, in a temporary file: what is known of people and kinds of records that were not met for a while."""

from collections.abc import Iterator
from struct import Struct
from tempfile import SpooledTemporaryFile
from weakref import finalize

from .numbered import HashNumbers

NEAR = 1 << 20
"""Bytes that are kept in memory before a file begins."""

_HEAD = Struct("<II")  # room and length of what follows
_ROOM = 64  # bytes by which room is given, so that what grows a little stays where it is


class ByteFile:
    """Bytes by the place where they were put. Read and replaced in any order. ``close`` forgets everything."""

    def __init__(self, near: int = NEAR) -> None:
        """``near``: bytes that stay in memory."""
        self._file = SpooledTemporaryFile(near, prefix="gatewatch-")  # noqa: SIM115 - closed with its owner
        self.close = finalize(self, self._file.close)
        self._end = 0

    def put(self, data: bytes, place: int = -1) -> int:
        """Put these bytes where others lie that are not needed any more, or behind all; returns where they lie now."""
        room = self._room_at(place) if place >= 0 else 0
        if room < len(data):
            place, room = self._end, -(-len(data) // _ROOM) * _ROOM
            self._end += _HEAD.size + room
        self._file.seek(place)
        self._file.write(_HEAD.pack(room, len(data)) + data.ljust(room, b"\0"))
        return place

    def at(self, place: int) -> bytes:
        """The bytes that lie there."""
        self._file.seek(place)
        _, length = _HEAD.unpack(self._file.read(_HEAD.size))
        return self._file.read(length)

    def _room_at(self, place: int) -> int:
        self._file.seek(place)
        room: int = _HEAD.unpack(self._file.read(_HEAD.size))[0]
        return room


class NamedBytes:
    """Bytes by a text."""

    def __init__(self, near: int = NEAR) -> None:
        """As ``ByteFile``."""
        self._file = ByteFile(near)
        self._places = HashNumbers()

    def __len__(self) -> int:
        return len(self._places)

    def put(self, name: str, data: bytes) -> None:
        """Put the bytes of this text, in place of those that it had."""
        hashed, place, written, _ = self._found(name)
        self._places.put(hashed, self._file.put(written + data, place))

    def get(self, name: str) -> bytes | None:
        """The bytes of this text."""
        return self._found(name)[3]

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Every text with its bytes, in the order of the file."""
        for place in sorted(self._places.values()):
            found = self._file.at(place)
            length = int.from_bytes(found[:4], "little")
            yield found[4 : 4 + length].decode("utf-8", "surrogatepass"), found[4 + length :]

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def _found(self, name: str) -> tuple[int, int, bytes, bytes | None]:
        """The hash of this text, the place of its bytes, the text as it is written there, and the bytes; another text may have its first hash."""
        text = name.encode("utf-8", "surrogatepass")
        written = len(text).to_bytes(4, "little") + text
        hashed = hash(name)
        while (place := self._places.get(hashed)) >= 0:
            found = self._file.at(place)
            if found.startswith(written):
                return hashed, place, written, found[len(written) :]
            hashed = hash((name, hashed))
        return hashed, -1, written, None
