"""What a person did in the directory stands beside the person's alerts: within 12 hours, in any order of arrival, and without a point."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from msgspec import structs

from gatewatch.model import Alert, Event, Outcome
from gatewatch.notify import text
from gatewatch.ports import Notice
from gatewatch.providers.entra.detail import EntraSubject
from tests.builders.audits import audit
from tests.builders.aws import login, saml
from tests.builders.common import ALICE, minutes
from tests.builders.entra import risky, sign_in
from tests.support.alert_story import Story

A_SECOND = timedelta(seconds=1)
REGISTERED = "registered security info 14 min after the sign-in"


def context(alert: Alert) -> list[tuple[str, ...]]:
    return [row.context for row in alert.snapshot.events]


def done(number: int, at_minutes: float, **changes: Any) -> Event:
    return audit(number, at=minutes(at_minutes), **changes)


def without_context(alert: Alert) -> Alert:
    rows = tuple(structs.replace(row, context=()) for row in alert.snapshot.events)
    return structs.replace(alert, snapshot=structs.replace(alert.snapshot, events=rows, related_ids=()))


def test_it_is_shown_in_plain_words_with_its_distance() -> None:
    alert = Story().comes(risky(), done(1, 14)).only()

    assert context(alert) == [(REGISTERED,)]
    assert alert.snapshot.related_ids == ("entra-audit|A-1",)
    assert f"What else the person did\n- {REGISTERED}" in text.message(Notice(alert=alert, why="new"))


@pytest.mark.parametrize("order", tuple(permutations(range(4))))
def test_the_order_of_arrival_does_not_matter(order: tuple[int, ...]) -> None:
    events = [risky(), done(1, 14), done(1, 14), done(2, -3, activity="Add application")]
    one_by_one = Story()
    for place in order:
        one_by_one.comes(events[place])

    together = Story().comes(*events).only().snapshot

    assert one_by_one.only().snapshot == together
    assert [row.context for row in together.events] == [("added the application (not named) 3 min before the sign-in", REGISTERED)]


@pytest.mark.parametrize(
    ("apart", "shown"),
    [
        pytest.param(timedelta(hours=12), True, id="12-h-after"),
        pytest.param(timedelta(hours=12) + A_SECOND, False, id="more-than-12-h-after"),
        pytest.param(-timedelta(minutes=15), True, id="15-min-before"),
        pytest.param(-timedelta(minutes=15) - A_SECOND, False, id="more-than-15-min-before"),
        pytest.param(timedelta(), True, id="the-same-moment"),
    ],
)
@pytest.mark.parametrize("noon", [minutes(0), minutes(11 * 60 + 59), minutes(12 * 60)], ids=["noon", "before-midnight", "midnight"])
def test_it_is_shown_for_twelve_hours_whatever_the_day(noon: Any, apart: timedelta, shown: bool) -> None:
    entry, change = risky(at=noon), audit(at=noon + apart)
    ends = [Story().comes(entry).comes(change), Story().comes(change).comes(entry), Story().comes(entry, change)]

    assert {bool(story.only().snapshot.events[0].context) for story in ends} == {shown}


def test_it_makes_no_alert_and_is_told_to_nobody() -> None:
    story = Story(privileged_principals=(ALICE,), break_glass=(ALICE,)).comes(*(done(number, number) for number in range(5)))

    assert (story.alerts(), story.told()) == ([], [])


def test_it_changes_nothing_but_what_is_shown_and_tells_nobody_again() -> None:
    plain = Story().comes(risky("high")).comes(saml(5))
    story = Story().comes(risky("high")).comes(saml(5))
    for number, outcome in enumerate(Outcome):
        story.comes(done(number, number, outcome=outcome))

    assert [without_context(one).snapshot for one in story.alerts()] == [one.snapshot for one in plain.alerts()]
    assert story.told() == plain.told()


def test_every_alert_of_the_person_shows_it_the_pair_included() -> None:
    story = Story().comes(risky("high"), saml(5, mfa_used="absent"), login(2, at=minutes(6), person=ALICE), done(1, 14))

    assert {alert.key.family: {*context(alert)} for alert in story.alerts()} == {
        "aws": {("registered security info 8 min after the event",)},
        "entra": {(REGISTERED,)},
        "xcloud": {(REGISTERED,)},
    }


def test_another_persons_alert_does_not_show_it_nor_does_that_of_whom_it_was_done_to() -> None:
    bob = sign_in(user="U-2", person="bob@contoso.example", risk_state="atrisk")
    reset = done(1, 14, activity="Reset password", target_user="bob@contoso.example", target_user_id="U-2")

    assert context(Story().comes(bob, reset).only()) == [()]


def test_a_program_is_found_by_its_service_principal() -> None:
    program = {"person": None, "subject": EntraSubject.SERVICE_PRINCIPAL, "user": "SP-1"}
    entry = sign_in(**{**program, "stream": "serviceprincipal", "service_principal_id": "SP-1", "risk_state": "atrisk"})

    assert context(Story().comes(entry, done(1, 14, **program)).only()) == [(REGISTERED,)]


def test_who_has_another_object_id_there_is_the_same_person() -> None:
    assert context(Story().comes(risky(), done(1, 14, user="U-9")).only()) == [(REGISTERED,)]


def test_many_changes_are_counted_and_equal_ones_are_one_line() -> None:
    changes = [done(number, number, target_name=f"app {number}", activity="Add application") for number in range(1, 16)]
    same = [done(100 + number, 60) for number in range(3)]

    [lines] = context(Story().comes(risky(), *changes, *same).only())

    assert len(lines) == 11
    assert lines[-1] == "and 6 more"


def test_ten_lines_have_room() -> None:
    changes = [done(number, number, target_name=f"app {number}", activity="Add application") for number in range(10)]

    [lines] = context(Story().comes(risky(), *changes).only())

    assert [line.rpartition("app ")[2].split()[0] for line in lines] == [str(number) for number in range(10)]


def test_at_the_moment_of_the_event_is_after_it() -> None:
    [[line]] = context(Story().comes(risky(), done(1, 0)).only())

    assert line.endswith(" after the sign-in")


def test_a_pair_begins_with_its_earlier_side() -> None:
    story = Story().comes(risky("high"), saml(5, mfa_used="absent"), done(1, -14))

    assert {alert.key.family: {*context(alert)} for alert in story.alerts()} == {
        "entra": {("registered security info 14 min before the sign-in",)},
        "xcloud": {("registered security info 14 min before the sign-in",)},
    }


def test_a_hostile_name_is_text() -> None:
    name = "<b>\u202e=cmd|' /C calc'!A0 https://evil.example\n"
    alert = Story().comes(risky(), done(1, 14, activity="Consent to application", target_name=name)).only()

    [[line]] = context(alert)
    shown = text.message(Notice(alert=alert, why="new"))

    assert "\u202e" not in line
    assert "https://" not in line
    assert line in shown
