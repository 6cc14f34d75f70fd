"""What is usual for one principal: when each value of each feature (country, network, client, ...) was first and last used."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct


class Start(Struct, frozen=True, gc=False, order=True, array_like=True):
    """The activity that starts a run: its time and its vendor id. Starts are ordered by time, then by id."""

    time: datetime
    id: str


class Run(Struct, frozen=True, gc=False, order=True, array_like=True):
    """A time in which a value was in use without a gap of more than 180 days."""

    start: Start
    last: str  # the last UTC day (ISO date) of use


class Familiarity(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The document of one principal. What it holds does not depend on the order or the repetition of activities."""

    runs: Mapping[str, Mapping[str, tuple[Run, ...]]] = {}  # feature -> value -> runs, ordered
    beginning: Start | None = None  # the earliest successful activity
    former_days: tuple[str, ...] = ()  # days of activities that once started a run or were once the beginning, and do so no longer
    former_beginning: datetime | None = None  # the latest of the former beginnings
    many: tuple[str, ...] = ()  # features with more values than are kept; a value that is not kept is never first
    asked_days: tuple[str, ...] = ()  # days on which a record asked which values are known
    malicious: tuple[str, ...] = ()  # vendor ids of starts that a responder called malicious: what they started never becomes familiar
