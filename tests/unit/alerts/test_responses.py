"""What responses say of an alert, a rule and an event, whatever their order."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from gatewatch.alerts.responses import (
    covers,
    in_order,
    make_response,
    malicious_ids,
    precision_by_rule,
    reopenings,
    responder,
    standing,
    verdicts,
)
from gatewatch.model import Response, ResponseKind, ResponseVerdict, Severity
from tests.builders.alerts import alert, changed, key
from tests.builders.common import NOON, minutes
from tests.builders.responses import close, reopen, respond

A, B = alert(), alert(key("111122223333/bob"))
TOOK_BACK = (close(at=minutes(1)), reopen(at=minutes(2)), close(at=minutes(3), reason="again"))


@pytest.mark.parametrize("given", list(permutations([*TOOK_BACK, TOOK_BACK[0]])))
def test_closes_stand_until_they_are_taken_back(given: tuple[Response, ...]) -> None:
    assert in_order(given) == TOOK_BACK
    assert standing(given) == TOOK_BACK[2:]
    assert reopenings(given, A.snapshot.event_ids, A.severity) == 1


COVERED = [
    pytest.param([], {"e1"}, Severity.LOW, False, id="no close"),
    pytest.param([{}], {"e1"}, Severity.MEDIUM, True, id="the same"),
    pytest.param([{}], set(), Severity.MEDIUM, True, id="fewer events"),
    pytest.param([{}], {"e1", "e2"}, Severity.MEDIUM, False, id="another event"),
    pytest.param([{}], {"e1"}, Severity.HIGH, False, id="a higher severity"),
    pytest.param([{}, {"event_ids": ("e2",)}], {"e1", "e2"}, Severity.MEDIUM, True, id="two responders, each with a part"),
    pytest.param([{}, {"event_ids": ("e2",), "severity": Severity.HIGH}], {"e1", "e2"}, Severity.HIGH, False, id="one part was lower"),
    pytest.param([{"severity": None}], {"e1"}, Severity.LOW, False, id="unknown severity"),
    pytest.param([{"event_count": 3}], {"e1", "e2", "e3"}, Severity.MEDIUM, True, id="more events than the list holds"),
    pytest.param([{"event_count": 3}], {"e1", "e2", "e3", "e4"}, Severity.MEDIUM, False, id="and one more"),
]


@pytest.mark.parametrize(("closes", "open_ids", "severity", "covered"), COVERED)
def test_what_closes_cover(closes: list[dict[str, Any]], open_ids: set[str], severity: Severity, covered: bool) -> None:
    given = [close(**{"event_ids": ("e1",), "event_count": 1, "severity": Severity.MEDIUM, **changes}) for changes in closes]
    assert covers(given, open_ids, severity) is covered


def test_reopening_what_is_open_counts_for_nothing() -> None:
    given = [reopen(at=minutes(1)), close(at=minutes(2), event_ids=(), event_count=0), reopen(at=minutes(3))]
    assert reopenings(given, {"e1"}, Severity.MEDIUM) == 0


def test_a_response_is_later_than_those_that_its_author_saw() -> None:
    """A clock that is behind does not put a reopening before the close that it takes back."""
    seen = changed(A, responses=(close(at=minutes(9)),))
    later = make_response(seen, ResponseKind.REOPEN, at=NOON, claimed_by=None)
    assert later.at == minutes(9) + timedelta(microseconds=1)
    assert in_order([later, *seen.responses])[-1] == later
    assert standing([later, *seen.responses]) == ()


def test_a_close_covers_the_alert_as_it_is() -> None:
    made = make_response(A, ResponseKind.CLOSE, at=NOON, claimed_by="dana", verdict=ResponseVerdict.TEST, reason="r")
    assert (made.event_ids, made.event_count, made.severity, made.rules) == (
        A.snapshot.event_ids,
        A.snapshot.event_count,
        A.severity,
        A.snapshot.rules,
    )
    assert make_response(A, ResponseKind.CLOSE, at=NOON, claimed_by="dana", verdict=ResponseVerdict.TEST, reason="r").id == made.id
    assert make_response(A, ResponseKind.CLOSE, at=NOON, claimed_by="kim", verdict=ResponseVerdict.TEST, reason="r").id != made.id


MALICIOUS = {"verdict": ResponseVerdict.MALICIOUS, "event_ids": ("e1", "e2")}
TAUGHT = [
    pytest.param([close(**MALICIOUS)], {"e1", "e2"}, id="malicious"),
    pytest.param([close()], set(), id="expected"),
    pytest.param([close(**MALICIOUS), reopen(at=minutes(1))], set(), id="taken back"),
    pytest.param([close(**MALICIOUS), close(at=minutes(1), verdict=ResponseVerdict.MISTAKEN, event_ids=("e1",))], {"e2"}, id="corrected for one event"),
    pytest.param([close(at=minutes(1), **MALICIOUS), close(verdict=ResponseVerdict.MISTAKEN, event_ids=("e1",))], {"e1", "e2"}, id="corrected the other way"),
    pytest.param([close(**MALICIOUS), close(B, at=minutes(1), verdict=ResponseVerdict.EXPECTED, event_ids=("e1",))], {"e1", "e2"}, id="another alert's verdict is its own"),
]  # fmt: skip


@pytest.mark.parametrize(("responses", "ids"), TAUGHT)
def test_what_a_malicious_event_taught(responses: list[Response], ids: set[str]) -> None:
    assert malicious_ids(responses) == malicious_ids([*responses[::-1], *responses]) == ids


def test_the_precision_of_a_rule() -> None:
    alerts = [alert(key(f"p{number}")) for number in range(6)]
    told = [ResponseVerdict.MALICIOUS, ResponseVerdict.MALICIOUS, ResponseVerdict.EXPECTED, ResponseVerdict.MISTAKEN, ResponseVerdict.TEST]
    responses = [close(one, verdict=verdict, rules=("r1",)) for one, verdict in zip(alerts, told, strict=False)]
    responses += [close(alerts[5], verdict=ResponseVerdict.MISTAKEN, rules=("r1", "r2")), reopen(alerts[5], at=minutes(1))]
    responses += [close(alerts[5], verdict=ResponseVerdict.TEST, rules=("r2",), at=minutes(2))]
    first, second = precision_by_rule(responses)
    assert (first.rule, first.malicious, first.expected, first.mistaken, first.test, first.precision) == ("r1", 2, 1, 1, 1, 0.5)
    assert (second.rule, second.test, second.precision) == ("r2", 1, None)
    assert precision_by_rule([]) == []


NAMES = [("dana", "dana", "dana"), (None, "root", "root"), ("dana", "elastic/soc", "dana (elastic/soc)"), ("dana", None, "dana (author unverified)"), (None, None, "unknown (author unverified)")]  # fmt: skip


@pytest.mark.parametrize(("claimed", "author", "shown"), NAMES)
def test_who_responded(claimed: str | None, author: str | None, shown: str) -> None:
    assert responder(respond(ResponseKind.ACKNOWLEDGE, by=claimed, author=author)) == shown


def test_the_verdict_of_an_alert_is_that_of_its_newest_close_that_stands() -> None:
    first, second = close(at=minutes(1), verdict=ResponseVerdict.TEST), close(at=minutes(2), verdict=ResponseVerdict.EXPECTED)
    assert verdicts([second, first]) == {second.alert_id: second}
    assert verdicts([second, first, reopen(at=minutes(3))]) == {}
