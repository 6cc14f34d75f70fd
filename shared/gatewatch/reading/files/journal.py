"""What the front says about files: one report each, and how far it is."""

from msgspec import Struct


def label(name: str) -> str:
    """A file's name as text that can be written: bytes of it that are no UTF-8 are shown as escapes, which tell two names apart."""
    return name.encode("utf-8", "backslashreplace").decode()


class FileReport(Struct, kw_only=True):
    """One file, or one member of an archive: how it was read, or why it was left out. Mutable, because it is written while it is read."""

    name: str
    formats: tuple[str, ...] = ()  # from the outside in: "gzip", "JSON lines"
    encoding: str = ""
    notes: tuple[str, ...] = ()  # what is odd about it, by name: "text_before_json"
    left_out: str = ""  # why none of it was read, by name
    detail: str = ""  # the same for people; it may quote the file


class Journal:
    """Collects the reports of one reading. ``taken`` is how many bytes were read from the files themselves, of ``size``."""

    def __init__(self, size: int | None = None) -> None:
        self.size = size
        self.taken = 0
        self.files: list[FileReport] = []

    def leave_out(self, name: str, reason: str, detail: str = "", formats: tuple[str, ...] = ()) -> None:
        """A file, or what a folder or an archive holds beside files, of which nothing is read."""
        self.files.append(FileReport(name=label(name), left_out=reason, detail=detail, formats=formats))

    def open(self, name: str, formats: tuple[str, ...]) -> FileReport:
        """A file of which records are read."""
        report = FileReport(name=label(name), formats=formats)
        self.files.append(report)
        return report


def note(report: FileReport, name: str) -> None:
    """Add a note, once."""
    if name not in report.notes:
        report.notes = (*report.notes, name)
