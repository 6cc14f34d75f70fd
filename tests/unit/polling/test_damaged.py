"""Records that came damaged: kept in the dead letters, processed where they could be repaired, and no page waits for them."""

from collections.abc import Iterator, Sequence

import pytest
from msgspec import structs

from gatewatch.errors import StoreUnavailable
from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.ports import Damaged
from gatewatch.polling.streams import Slice, Stream
from tests.support.azure_memory import StoryPages
from tests.support.azure_stage import Stage, story


class DamagedPages(StoryPages):
    """Pages in which some records are damaged: ``broken`` by user name as text, ``repaired`` as records."""

    broken: frozenset[str] = frozenset()
    repaired: frozenset[str] = frozenset()

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[Sequence[RawRecord | Damaged]]:
        """See ``gatewatch.polling.ports.PageSource``."""
        for page in super().pages(stream, piece, deadline):
            yield [self._damaged(raw) for raw in page]

    def _damaged(self, raw: RawRecord) -> RawRecord | Damaged:
        name = raw.data["userPrincipalName"]
        if name in self.broken:
            return Damaged(structs.replace(raw, data=f"{{broken {name}"), "not JSON", repaired=False)
        return Damaged(raw, "replaced", repaired=True) if name in self.repaired else raw


def stage(*minutes: int, broken: int = 0, repaired: int = 0, **changes: str) -> Stage:
    made = Stage([story(minute, **changes) for minute in minutes])
    made.graph = DamagedPages(made.clock, made.stories, made.graph.queries)
    made.graph.broken = frozenset({f"user{broken}@contoso.example"})
    made.graph.repaired = frozenset({f"user{repaired}@contoso.example"})
    return made


def users(made: Stage) -> set[str | None]:
    return {alert.lead.event.user_name for alert in made.alerts()}


def test_a_record_that_is_no_json_becomes_a_dead_letter_once_and_its_page_is_read():
    made = stage(-5, -6, -7, broken=-6)
    counts = [made.poll().counts for _ in range(3)]
    assert made.dead_letters.kept == [("{broken user-6@contoso.example", "undecodable_record", "not JSON")]
    assert users(made) == {"user-5@contoso.example", "user-7@contoso.example"}
    assert (counts[0]["read"], counts[0]["damaged"], counts[0]["dead_letters"]) == (3, 1, 1)
    assert made.watermark() is not None


def test_a_repaired_record_is_processed_and_kept_for_people_to_look_at():
    made = stage(-5, -6, repaired=-6)
    made.poll()
    made.poll()
    assert users(made) == {"user-5@contoso.example", "user-6@contoso.example"}
    assert [(data["userPrincipalName"], reason) for data, reason, _ in made.dead_letters.kept] == [
        ("user-6@contoso.example", "repaired_record")
    ]


def test_while_the_store_is_away_a_repaired_record_is_announced_and_both_are_kept():
    made = stage(-5, -6, broken=-5, repaired=-6, level="high", riskState="confirmedCompromised")
    made.store.plan = {call: StoreUnavailable("away") for call in range(1, 50)}
    with pytest.raises(StoreUnavailable):
        made.poll()
    assert [notice.index_unavailable for notice in made.sink.notices] == [True]
    assert sorted(reason for _, reason, _ in made.dead_letters.kept) == ["repaired_record", "undecodable_record"]
