"""A replay keeps the first events of each crowd, however many crowds it looks at together."""

from contextlib import closing
from datetime import timedelta

import pytest

from gatewatch.evidence import make
from gatewatch.flow.crowded import sorted_out
from gatewatch.flow.decoding import decode
from gatewatch.flow.gathered import Aside
from gatewatch.flow.spool import Spool
from gatewatch.model import RawRecord
from tests.builders import endpoint
from tests.builders.common import NOON

LIMIT, PEOPLE = 200, 5


def listing(number, user):
    """A list of buckets by a command, one of many on a day."""
    record = endpoint.started(f"p-{number}-{user}", NOON + timedelta(seconds=number), "aws s3 ls", name="aws", user={"name": user})
    (event,) = decode(RawRecord(data=record))
    return Aside(number, make(event, fetched=None, now=NOON), "file:1")


@pytest.mark.parametrize("together", [10_000, 300, 1])
def test_of_each_person_the_first_of_a_day_are_kept_whatever_came_first(together):
    with closing(Spool[Aside](50)) as crowded:
        for number in reversed(range(LIMIT + 3)):
            for person in range(PEOPLE):
                crowded.add(listing(number, f"person{person}"))
        found = list(sorted_out(crowded, together))
    assert len(found) == PEOPLE * (LIMIT + 3)
    assert sorted(aside.number for aside, is_kept in found if not is_kept) == sorted([LIMIT, LIMIT + 1, LIMIT + 2] * PEOPLE)
