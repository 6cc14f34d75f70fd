"""Dead letters: records that could not be processed, kept with the reason until a person looks. An adapter decides where they are kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ..model import RawRecord


class DeadLetter(Struct, frozen=True, kw_only=True):
    """One dead-lettered record. ``record`` is None where the text is no JSON or a part of it is missing; ``problem`` then says which."""

    id: str  # the same for the same record, wherever and however often it was dead-lettered
    reason: str
    detail: str = ""
    origin: str = ""
    dead_lettered_at: datetime | None = None
    text: str = ""  # the record as it came, unpacked
    record: RawRecord | None = None
    problem: str = ""


class DeadLetterQueue(Protocol):
    """A place with dead letters. What it shows stays where it is until it is redriven."""

    def dead_letters(self) -> Iterable[DeadLetter]:
        """What is in it; raises ``GatewatchError`` when it cannot be read."""
        ...

    def redrive(self, dead_letter: DeadLetter) -> None:
        """Hand the record over again and, once that is accepted, remove the dead letter; raises ``GatewatchError`` and keeps it otherwise."""
        ...

    def close(self) -> None:
        """Make what was looked at visible to others again."""
        ...
