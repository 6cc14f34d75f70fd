"""Size limits of reading files, and the budget that a file's decompressed content may spend."""

from msgspec import Struct

MIB = 2**20


class FileLimits(Struct, frozen=True, kw_only=True):
    """Size limits of a file, in bytes. What exceeds one is refused by name; memory use stays near ``window`` plus one ``record``.

    ``record``: one record. ``window``: a JSON document that is decoded as a whole; of a longer one the elements of its list are read one by
    one. ``document``: a longer document without such a list, which must be in memory as a whole. ``decompressed``: everything that comes
    out of one file. ``ratio``: how many times its own size that may be, once it is more than ``free``. ``depth``: archives in archives, and as
    many layers of compression.
    """

    record: int = 8 * MIB
    window: int = 16 * MIB
    document: int = 128 * MIB
    decompressed: int = 64 * 1024 * MIB
    ratio: int = 200
    free: int = 256 * MIB
    depth: int = 3


class FrontError(Exception):
    """A file, or the rest of it, cannot be read. ``reason`` is a snake_case name that is counted; ``detail`` is for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class TooMuchError(FrontError):
    """More came out of a file than it may give: the rest of the file is not read."""

    def __init__(self, detail: str) -> None:
        super().__init__("file_too_large", detail)


class FileBudget:
    """What came out of one file so far, beside what went in: a small file may not become endless work."""

    def __init__(self, limits: FileLimits) -> None:
        self.limits = limits
        self.taken = 0
        self._given = 0

    def take(self, size: int) -> None:
        """So many bytes were read from the file itself."""
        self.taken += size

    def give(self, size: int) -> None:
        """So many bytes came out of a decompressor.

        Raises:
            TooMuchError: it is more than the file may give.
        """
        self._given += size
        if self._given > self.limits.decompressed:
            raise TooMuchError(f"more than {self.limits.decompressed} bytes decompressed")
        if self._given > self.limits.free and self._given > self.limits.ratio * max(self.taken, 1):
            raise TooMuchError(f"decompressed to more than {self.limits.ratio} times its size")
