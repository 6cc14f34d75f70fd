"""What tasks of Spark compute: the alerts of units. A unit is a component, or the days of a component that is too large for one task."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec
from msgspec import structs

from ...alerts.scope import days_within_margin
from ...alerts.state import AlertInputs
from ...evidence import decode, stored_time
from ...flow.components import alerts_of, component
from ...model import Alert, Evidence
from ...model.familiarity import Familiarity
from ...providers.codec import decoder
from .rows import ALERT, LESSON, SparkRow

_FAMILIARITY = msgspec.json.Decoder(Familiarity)
_ALERT = decoder(Alert)
DAY = "\n"
"""Stands between the name of a component and its day, in the name of a unit that is one day."""


def alerts(inputs: AlertInputs, given: Iterable[SparkRow]) -> Iterator[SparkRow]:
    """The alerts of each unit. ``given`` is ordered by unit: evidence, and the familiarity that it asks."""
    for unit, members in groupby(given, lambda row: row.unit):
        evidence: list[Evidence] = []
        familiar: dict[str, Familiarity] = {}
        address = ""
        for row in members:
            if row.kind == LESSON:
                familiar[row.familiar] = _FAMILIARITY.decode(row.body)
            else:
                evidence.append(decode(row.body))
                address = row.address
        day = unit.partition(DAY)[2]
        for alert in alerts_of(component(evidence, address), familiar, inputs):
            if not day or alert.key.day == day:
                yield SparkRow(kind=ALERT, id=alert.id, body=msgspec.json.encode(alert))


def read_alert(body: bytes) -> Alert:
    """The alert in the body of a row."""
    return _ALERT.decode(body)


def own_days(given: Iterable[SparkRow]) -> Iterator[SparkRow]:
    """Each row with the days on whose alerts its evidence may have a say by its own time."""
    for row in given:
        yield structs.replace(row, days=sorted(days_within_margin(stored_time(decode(row.body)))))


def by_day(given: Iterable[SparkRow]) -> Iterator[SparkRow]:
    """Each row once for every day of its own and of what is linked to it (``days``)."""
    for row in given:
        for day in row.days:
            yield structs.replace(row, unit=f"{row.unit}{DAY}{day}", days=[])


def linked_days(links: Iterable[tuple[str, Iterable[str]]]) -> dict[str, set[str]]:
    """The days of each group of linked evidence: name of the group and days of a member, in any order."""
    found: dict[str, set[str]] = defaultdict(set)
    for group, days in links:
        found[group].update(days)
    return found
