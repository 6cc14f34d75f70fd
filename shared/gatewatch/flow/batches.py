"""Records in batches and by number, where many of them may come together as the lines of a file."""

from collections.abc import Iterable, Iterator, Sequence

from ..model import RawRecord
from ..reading.files import Given, Lines


def in_batches(records: Iterable[Given], size: int) -> Iterator[list[tuple[int, Given]]]:
    """Batches of at least this many records but for the last one; each item with the number of its first record, from 1."""
    batch: list[tuple[int, Given]] = []
    number, until = 1, 1 + size
    for item in records:
        batch.append((number, item))
        number += len(item) if isinstance(item, Lines) else 1
        if number >= until:
            yield batch
            batch, until = [], number + size
    if batch:
        yield batch


def with_numbers(records: Iterable[Given], numbers: Sequence[int]) -> Iterator[tuple[int, RawRecord]]:
    """The records with these numbers (from 1, ascending) that are no refusals; nothing is read behind the last of them."""
    first, waiting = 1, 0
    for item in records if numbers else ():
        behind = first + (len(item) if isinstance(item, Lines) else 1)
        while waiting < len(numbers) and numbers[waiting] < behind:
            record = item.record(numbers[waiting] - first) if isinstance(item, Lines) else item
            if isinstance(record, RawRecord):
                yield numbers[waiting], record
            waiting += 1
        if waiting == len(numbers):
            return
        first = behind
