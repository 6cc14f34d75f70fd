"""What a person names: files, folders and standard input, as files that can be opened; what is left out of a folder has a reason."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .journal import Journal
from .location import Part
from .streams import Readable

STDIN = "-"


class FileSource(NamedTuple):
    """One file, wherever it is: its name for people, how it is opened, and its size in bytes if it is known.

    ``part`` reads a part of it again without the rest, where that is cheap.
    """

    name: str
    open: Callable[[], AbstractContextManager[Readable]]
    size: int | None = None
    part: Part | None = None


def named(paths: Iterable[str | Path], stdin: BinaryIO | None, journal: Journal) -> Iterator[FileSource]:
    """The files that these paths name, in the order of paths and names. A folder is walked; links to folders are not followed."""
    for path in paths:
        if str(path) != STDIN:
            yield from _expanded(Path(path), journal)
        elif stdin is not None:
            yield FileSource(STDIN, lambda: nullcontext(stdin))
        else:
            yield FileSource(STDIN, _no_stdin)


def _no_stdin() -> AbstractContextManager[Readable]:
    raise OSError("no standard input")


def _expanded(path: Path, journal: Journal) -> Iterator[FileSource]:
    if not path.is_dir():
        yield _file(path, _size(path))
        return
    for folder, folders, names in os.walk(
        path, onerror=lambda error: journal.leave_out(str(error.filename), "folder_unreadable", str(error.strerror))
    ):
        folders.sort()
        for link in [name for name in folders if Path(folder, name).is_symlink()]:
            folders.remove(link)
            journal.leave_out(str(Path(folder, link)), "link_to_a_folder")
        for name in sorted(names):
            yield from _in_folder(Path(folder, name), journal)


def _in_folder(path: Path, journal: Journal) -> Iterator[FileSource]:
    """A file of a folder; what is neither a file nor a link to one is left out by name, so that nothing waits for a pipe."""
    try:
        found = path.stat()
    except OSError as error:
        journal.leave_out(str(path), "broken_link" if path.is_symlink() else "file_unreadable", error.strerror or "")
        return
    if stat.S_ISREG(found.st_mode):
        yield _file(path, found.st_size)
    elif path.is_symlink() and stat.S_ISDIR(found.st_mode):
        journal.leave_out(str(path), "link_to_a_folder")
    else:
        journal.leave_out(str(path), _KINDS.get(stat.S_IFMT(found.st_mode), "no_file"))


_KINDS = {stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device"}


def _file(path: Path, size: int | None) -> FileSource:
    return FileSource(str(path), lambda: path.open("rb"), size, part_of(path) if path.is_file() else None)


def part_of(path: Path) -> Part:
    """Reads parts of this regular file."""

    def part(at: int, size: int) -> bytes:
        with path.open("rb", buffering=0) as file:
            file.seek(at)
            return file.read(size)

    return part


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def size_of(paths: Iterable[str | Path]) -> int:
    """The bytes of the files that these paths name, so far as they have a size."""
    return sum(source.size or 0 for source in named(paths, None, Journal()))
