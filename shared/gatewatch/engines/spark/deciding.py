"""What tasks of Spark decide when everything was read: what was taught in all, what starts a run, how many of a crowd are kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from ...evidence import decode
from ...familiarity import joined, merged, starts_a_run
from ...flow.limits import BEYOND, crowd_of
from ...flow.tally import Tally
from ...model.familiarity import Familiarity, Run
from .reading import Counts, Task
from .rows import COUNTS, KEPT, LEFT, LESSON, SparkRow

_FAMILIARITY = msgspec.json.Decoder(Familiarity)
_UNKNOWN = Familiarity()


def together(parts: Iterable[Familiarity]) -> Familiarity:
    """What several parts of the records taught about one key, as if it had been taught at once; nothing is displaced or forgotten."""
    runs: dict[str, dict[str, list[Run]]] = defaultdict(lambda: defaultdict(list))
    beginnings, asked = [], set[str]()
    for part in parts:
        asked.update(part.asked_days)
        beginnings += [part.beginning] if part.beginning is not None else []
        for feature, values in part.runs.items():
            for value, found in values.items():
                runs[feature][value] += found
    return Familiarity(
        runs={feature: {value: joined(found) for value, found in values.items()} for feature, values in runs.items()},
        beginning=min(beginnings, default=None),
        asked_days=tuple(sorted(asked)),
    )


def lessons(task: Task, given: Iterable[SparkRow]) -> Iterator[SparkRow]:
    """One row for each key, as a store would hold it. ``given`` is ordered by unit."""
    for key, parts in groupby(given, lambda row: row.unit):
        known = merged(_UNKNOWN, together(_FAMILIARITY.decode(row.body) for row in parts), task.now)
        yield SparkRow(kind=LESSON, unit=key, body=msgspec.json.encode(known))


def starting(given: Iterable[SparkRow], *, again: bool) -> Iterator[SparkRow]:
    """Of events that are ignored by themselves: those that start a run are kept. ``given`` is ordered by unit, in each unit the lesson first.

    ``again``: these were left out and are kept because of their ids; those that start a run have been kept already.
    """
    tally = Tally()
    known, key = _UNKNOWN, ""
    for row in given:
        if row.unit != key:
            known, key = _UNKNOWN, row.unit
        if row.kind == LESSON:
            known = _FAMILIARITY.decode(row.body)
            continue
        starts = starts_a_run(known, decode(row.body).event)
        if again and not starts:
            tally.keep_after_all(row.file, row.reason)
            yield _kept(row)
        elif starts and not again:
            tally.keep(row.file)
            yield _kept(row)
        elif not again:
            tally.leave_out(row.file, row.reason)
            if row.changes:
                yield SparkRow(kind=LEFT, vendor=row.vendor)
    yield counted(tally)


def crowds(given: Iterable[SparkRow]) -> Iterator[SparkRow]:
    """Of each crowd the first are kept, and those that are named. ``given`` is ordered by unit and order."""
    tally = Tally()
    for _, members in groupby(given, lambda row: row.unit):
        places = set[str]()
        for row in members:
            crowd = crowd_of(decode(row.body).event)
            if crowd is None or row.order in places or len(places) < crowd.limit.at_most:
                places.add(row.order)
            elif not row.named:
                tally.leave_out(row.file, BEYOND)
                continue
            tally.keep(row.file)
            yield _kept(row)
    yield counted(tally)


def counted(tally: Tally) -> SparkRow:
    """The counts of a task as a row."""
    return SparkRow(kind=COUNTS, body=msgspec.json.encode(Counts.of(tally)))


def _kept(row: SparkRow) -> SparkRow:
    return msgspec.structs.replace(row, kind=KEPT, unit="", order="", reason="")
