"""What every store does with responses: created once, never changed, found by alert and by when they were stored; the author is its own word."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.model import Response, ResponseKind
from gatewatch.ports import Appended, AppendResult, Store
from tests.builders.alerts import alert, key
from tests.builders.common import HOSTILE, minutes
from tests.builders.responses import close, reopen, respond

BOB = alert(key("111122223333/bob"))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def plain(responses: list[Response]) -> list[Response]:
    """Without the author, which differs from store to store."""
    return [structs.replace(response, author=None) for response in responses]


def test_nothing(store: Store) -> None:
    assert (store.append_responses([]), store.responses_of([]), store.responses_of([BOB.id]), store.responses_since(LONG_AGO)) == (
        [],
        [],
        [],
        [],
    )


def test_a_response_reads_back_equal(store: Store) -> None:
    written = [close(), reopen(at=minutes(1)), respond(ResponseKind.COMMENT, reason="asked", at=minutes(2))]
    assert store.append_responses(written) == [AppendResult(Appended.CREATED)] * 3
    assert plain(store.responses_of([alert().id])) == written
    assert plain(store.responses_since(LONG_AGO)) == written


def test_sending_it_again_stores_nothing_new(store: Store) -> None:
    store.append_responses([close()])
    again = store.append_responses([close(), reopen(at=minutes(1)), close()])
    assert [result.status for result in again] == [Appended.DUPLICATE, Appended.CREATED, Appended.DUPLICATE]
    assert plain(store.responses_of([alert().id])) == [close(), reopen(at=minutes(1))]


def test_the_author_is_the_stores_word_and_stays(store: Store) -> None:
    store.append_responses([close(author="forged")])
    [first] = store.responses_of([alert().id])
    store.append_responses([close(author="also forged")])
    assert store.responses_of([alert().id]) == store.responses_since(LONG_AGO) == [first]
    assert first.author not in {"forged", "also forged"}
    assert first.claimed_by == "dana"


def test_only_the_alerts_that_are_asked_for(store: Store) -> None:
    store.append_responses([close(), close(BOB)])
    assert plain(store.responses_of([BOB.id, "0" * 64])) == [close(BOB)]
    assert len(store.responses_of([BOB.id, alert().id, BOB.id])) == 2


def test_by_time_whatever_the_order_of_arrival(store: Store) -> None:
    early, late = close(at=minutes(1)), reopen(at=minutes(2))
    store.append_responses([late])
    store.append_responses([early])
    assert plain(store.responses_of([alert().id])) == plain(store.responses_since(LONG_AGO)) == [early, late]


def test_since_is_when_it_was_stored_not_what_it_says(store: Store) -> None:
    """A responder's clock may be wrong, or lie."""
    before = datetime.now(UTC) - timedelta(minutes=10)
    store.append_responses([close(at=LONG_AGO)])
    assert plain(store.responses_since(before)) == [close(at=LONG_AGO)]
    assert store.responses_since(datetime.now(UTC) + timedelta(minutes=10)) == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_stays_text(store: Store, text: str) -> None:
    mine = close(alert(key(text)), by=text, reason=text)
    assert store.append_responses([mine, close()]) == [AppendResult(Appended.CREATED)] * 2
    assert plain(store.responses_of([mine.alert_id])) == [mine]


def test_text_that_is_not_unicode_is_refused_and_the_rest_is_stored(store: Store) -> None:
    broken = structs.replace(close(), id="f" * 64, reason="a\ud800b")
    results = store.append_responses([broken, close()])
    assert [result.status for result in results] == [Appended.REFUSED, Appended.CREATED]
    assert plain(store.responses_of([alert().id])) == [close()]


def test_more_than_a_page(store: Store) -> None:
    written = [respond(ResponseKind.COMMENT, reason=f"n {number}", at=minutes(number)) for number in range(1_100)]
    store.append_responses(written)
    assert plain(store.responses_of([alert().id])) == written


def test_every_handle_sees_it(backend: Any) -> None:
    one, other = backend(), backend()
    one.append_responses([close()])
    assert len(other.responses_of([alert().id])) == 1
