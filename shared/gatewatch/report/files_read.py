"""What a replay of files says about them, for the report."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from ..flow.replay import Replayed
from ..flow.tally import KEPT, FileCount
from ..reading.files import FileReport, Journal
from .model import FilesRead, ReadFile, RefusedRecord

_BLOCK = 1 << 20


def files_read(done: Replayed, journal: Journal, hashed: Callable[[str], str]) -> FilesRead:
    """Every file of the journal. ``hashed`` gives the SHA-256 of a file by its name, empty where it has none."""
    return FilesRead(
        records=done.records,
        dispositions=dict(sorted(done.counts.items())),
        files=tuple(_file(report, done.files.get(report.name, FileCount()), hashed) for report in journal.files),
        refused=tuple(RefusedRecord(origin=item.origin, reason=item.reason, detail=item.detail) for item in done.refused),
        doubts=dict(sorted(done.seen.doubts.items())),
    )


def sha256_of(name: str) -> str:
    """The SHA-256 of a file that lies here; empty for a member of an archive, a stream and what lies elsewhere."""
    path = Path(name)
    if not path.is_file():
        return ""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def _file(report: FileReport, found: FileCount, hashed: Callable[[str], str]) -> ReadFile:
    return ReadFile(
        name=report.name,
        read_as=", ".join(part for part in [" in ".join(reversed(report.formats)), report.encoding, *report.notes] if part),
        records=found.records,
        kept=found.dispositions[KEPT],
        ignored=_number(found, "ignored"),
        refused=_number(found, "refused"),
        first=found.seen.earliest,
        last=found.seen.latest,
        sha256=hashed(report.name),
        left_out=report.left_out,
        detail=report.detail,
    )


def _number(found: FileCount, disposition: str) -> int:
    return sum(number for name, number in found.dispositions.items() if name.startswith(disposition))
