"""Windows are parts of a series that keep what was asked: they answer as if each was collected by itself."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gatewatch.alerts.windows import Windows
from gatewatch.model import Activity, Outcome
from gatewatch.providers.aws.facts import failed_login
from gatewatch.providers.window import Window, name, principal
from tests.builders.aws import login
from tests.builders.common import activity, at, minutes

ADDRESSES = ("198.51.100.7", "203.0.113.9")


@st.composite
def histories(draw: st.DrawFn) -> list[Activity]:
    """What four people did from two addresses within minutes, many of it at the same moment, ordered by time and id."""
    found = []
    for number in range(draw(st.integers(0, 14))):
        person, outcome = draw(st.sampled_from("abcd")), draw(st.sampled_from([Outcome.SUCCESS, Outcome.FAILURE]))
        moment, place = minutes(draw(st.integers(0, 8)) / 2), at(draw(st.sampled_from(ADDRESSES)))
        found.append(activity(login(number, at=moment, principal=person, user_name=f"name of {person}", outcome=outcome, place=place)))
    return sorted(found, key=lambda each: (each.time, each.id))


def of_address(event: object) -> str | None:
    return event.place.ip  # type: ignore[attr-defined, no-any-return] # an event


@given(histories(), st.lists(st.tuples(st.integers(0, 13), st.sampled_from([0.5, 1, 3])), max_size=30))
def test_a_window_answers_as_if_it_was_collected_by_itself(history: list[Activity], asked: list[tuple[int, float]]) -> None:
    windows = Windows(history, of_address)
    for place, reach in asked:
        if place >= len(history):
            continue
        own, since = history[place], history[place].time - timedelta(minutes=reach)
        others = [
            a
            for a in history
            if a.event.place == own.event.place and since <= a.time <= own.time.replace(microsecond=999_999) and a.id != own.id
        ]
        failed = [a for a in others if failed_login(a)]
        window = windows.before(own, timedelta(minutes=3)).since(since)
        assert list(window.activities) == others
        assert (len(window), len(window.where(failed_login))) == (len(others), len(failed))
        assert window.where(failed_login).by(principal, name) == {a.event.principal: f"name of {a.event.principal}" for a in failed}


@given(histories(), st.sampled_from([0.5, 1, 3]))
def test_the_ids_of_many_windows_are_those_of_each(history: list[Activity], reach: float) -> None:
    windows = Windows(history, of_address)
    found = [windows.before(a, timedelta(minutes=reach)) for a in history]
    each = {other.id for window in found for other in window.activities}
    assert Window.ids(found) | {a.id for a in history} == each | {a.id for a in history}
    assert each <= Window.ids(found)
