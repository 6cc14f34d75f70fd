"""What a replay of files does with values that are present but cannot be read: the record is refused by name, unless it scores without them."""

from datetime import datetime

from msgspec import structs

from ..alerts.activities import activities
from ..alerts.evaluate import evaluate, evaluate_address
from ..evidence import ignore_reason, make
from ..model import Event, Outcome, Refused
from ..reading.fields import UNREADABLE
from ..tuning import Tuning
from .intake import Opened


def without_unreadable(opened: Opened, tuning: Tuning, now: datetime) -> Opened:
    """The chunk, with every event refused that has an unreadable value and that no rule matches by itself.

    The reason is the first such flag (``unreadable_status``). An event that a rule matches is kept with its flags: no alert is lost to a
    refusal. A failure that is kept is kept with its flags as well, because rules count failures.
    """
    if not any(isinstance(found, Event) and flags_of(found) for _, _, found, _ in opened.found):
        return opened
    return structs.replace(
        opened,
        found=tuple(
            (index, raw, Refused(origin=raw.origin, reason=flags[0], detail=", ".join(flags)), None)
            if isinstance(found, Event) and (flags := flags_of(found)) and not _scores(located or found, tuning, now)
            else (index, raw, found, located)
            for index, raw, found, located in opened.found
        ),
    )


def flags_of(event: Event) -> list[str]:
    """The flags of the values that could not be read, sorted."""
    return [flag for flag in event.data_quality if flag.startswith(UNREADABLE)]


def _scores(event: Event, tuning: Tuning, now: datetime) -> bool:
    if event.outcome is Outcome.FAILURE and ignore_reason(event, tuning) is None:
        return True
    alone = activities([make(event, fetched=None, now=now)], tuning)
    return bool(evaluate(alone, tuning) or evaluate_address(alone, tuning))
