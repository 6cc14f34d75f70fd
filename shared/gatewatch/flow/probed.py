"""Any number of raw records in bounded memory: what nothing keeps is counted and left, the rest comes in chunks for the pipeline.

A record is left only if its equals were handed over and nothing would be taught or kept by it (``flow.probing``): whoever processes every chunk
ends as if every record had been processed. A prober must forget what was not processed, so one that failed is not used again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from ..model import RawRecord, Refused
from .decoding import Decoded, decoded
from .pipeline import CHUNK
from .probing import Left, Prober

LOOK_EVERY = 20_000
"""Records after which a chunk comes although it is not full, so that the caller can look at its clock."""


class Chunk(Struct, frozen=True):
    """What some records became. ``read`` counts all records from the first on, so that reading can go on behind them."""

    read: int
    records: tuple[Decoded, ...] = ()  # for the pipeline
    ignored: Mapping[str, int] = field(default_factory=dict)  # left by the look at their bytes: how many, by reason
    refused: tuple[Refused, ...] = ()  # what could not be read as records


def chunks(
    records: Iterable[RawRecord | Refused], prober: Prober, *, size: int = CHUNK, skip: int = 0, look_every: int = LOOK_EVERY
) -> Iterator[Chunk]:
    """Chunks of at most ``size`` records that must be processed. The first ``skip`` records are passed over."""
    kept: list[Decoded] = []
    refused: list[Refused] = []
    ignored: Counter[str] = Counter()
    read = begun = 0
    for read, record in enumerate(records, 1):
        if read <= skip:
            begun = read
            continue
        if isinstance(record, Refused):
            refused.append(record)
        elif isinstance(answer := prober.ask(record), Decoded):
            kept.append(answer)
        elif _matters(answer):
            kept.append(decoded(record))
        else:
            ignored[answer.kind.reason] += 1
        if len(kept) >= size or read - begun >= look_every:
            yield Chunk(read, tuple(kept), dict(ignored), tuple(refused))
            kept, refused, ignored, begun = [], [], Counter(), read
    if read > begun:
        yield Chunk(read, tuple(kept), dict(ignored), tuple(refused))


def _matters(left: Left) -> bool:
    """Whether the record teaches something new, or another record may name it."""
    return left.news is not None or left.kind.changes
