"""Records that came damaged: kept in the dead letters, processed where they could be repaired, and no page waits for them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from msgspec import structs

from gatewatch.errors import StoreUnavailable
from gatewatch.model import RawRecord
from gatewatch.polling.deadline import Deadline
from gatewatch.polling.ports import Damaged
from gatewatch.polling.streams import Slice, Stream
from tests.support.azure_memory import MemoryDeadLetters, StoryPages
from tests.support.azure_stage import SIGN_INS, START, Stage, story


class DamagedPages(StoryPages):
    """Pages in which some records are damaged: ``broken`` by user name as text, ``repaired`` as records."""

    broken: frozenset[str] = frozenset()
    repaired: frozenset[str] = frozenset()

    def pages(self, stream: Stream, piece: Slice, deadline: Deadline) -> Iterator[Sequence[RawRecord | Damaged]]:
        """See ``gatewatch.polling.ports.PageSource``."""
        for page in super().pages(stream, piece, deadline):
            yield [self._damaged(raw) for raw in page]

    def _damaged(self, raw: RawRecord) -> RawRecord | Damaged:
        name = raw.data.get("userPrincipalName")
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


class Full:
    """Dead letters that nothing takes until it is told; then those of the stage."""

    def __init__(self, inner: MemoryDeadLetters) -> None:
        self.inner, self.away = inner, True

    def put(self, raw: RawRecord, reason: str, detail: str) -> bool:
        if self.away:
            raise StoreUnavailable("a record waits to be dead-lettered: the queue does not answer")
        return self.inner.put(raw, reason, detail)


@pytest.mark.parametrize("poison", ["broken", "a stranger"])
def test_while_no_dead_letter_can_be_kept_urgent_findings_behind_it_are_sent_once_and_nothing_is_passed_over(poison: str):
    made = stage(*range(-59, -1, 6), broken=-59 if poison == "broken" else 0, level="high", riskState="confirmedCompromised")
    if poison == "a stranger":
        made.stories[0].record.clear()
        made.stories[0].record["createdDateTime"] = made.stories[1].record["createdDateTime"]
    made.graph.size = 2
    kept = made.dead_letters
    made.dead_letters = full = Full(kept)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="waits to be dead-lettered"):
            made.poll(structs.replace(SIGN_INS, longest=timedelta(minutes=10)))
    assert len(made.sink.notices) == 9
    assert made.watermark() <= START - timedelta(minutes=50)

    full.away = False
    for _ in range(2):
        made.poll(structs.replace(SIGN_INS, longest=timedelta(minutes=10)))

    assert (len(made.sink.notices), len(made.alerts()), len(kept.kept)) == (9, 9, 1)
