"""What a responder called malicious is taken out of familiarity, and put back when the verdict is taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.alerts.group import alert_id
from gatewatch.familiarity import key_of, recognised
from gatewatch.flow.days import waiting
from gatewatch.flow.familiarity import familiar_in, learn, state_keys
from gatewatch.flow.malicious import teach_verdicts
from gatewatch.flow.responses import apply_new, teach_new
from gatewatch.model import Event, Response, ResponseVerdict
from gatewatch.model.familiarity import Familiarity
from gatewatch.ports import Ports
from gatewatch.stores.memory import MemoryStore
from tests.builders.alerts import key
from tests.builders.aws import login as made
from tests.builders.common import at, minutes, stored
from tests.builders.responses import close, reopen
from tests.laws.stage import Pager, ports

DAY = 24 * 60
GERMANY, FRANCE = at("198.51.100.7", country="DE", asn=1), at("203.0.113.9", country="FR", asn=2)


def login(number: int, day: int, place: Any) -> Event:
    return made(number, at=minutes(day * DAY), place=place)


USUAL, ATTACK, LATER = login(1, -30, GERMANY), login(2, 0, FRANCE), login(3, 5, FRANCE)


@pytest.fixture
def bundle() -> Ports:
    """A store that knows a month of one person; the attack and what follows are evidence."""
    made = structs.replace(ports(MemoryStore(), Pager()), clock=lambda: datetime.now(UTC))
    made.store.append([stored(event) for event in (USUAL, ATTACK, LATER)])
    learn([USUAL, ATTACK, LATER], made)
    return made


def known(bundle: Ports) -> Familiarity:
    key = key_of(ATTACK)
    return familiar_in(bundle.store.read_state((), state_keys([key])), [key])[key]


def verdict(word: ResponseVerdict, *, minute: int = 0, event: Event = ATTACK, **changes: Any) -> Response:
    return close(verdict=word, at=minutes(DAY * 6 + minute), event_ids=(event.vendor_id,), **changes)


MALICIOUS = verdict(ResponseVerdict.MALICIOUS)
HISTORIES = [
    pytest.param([MALICIOUS], True, id="malicious"),
    pytest.param([verdict(ResponseVerdict.EXPECTED)], False, id="expected"),
    pytest.param([MALICIOUS, reopen(at=minutes(DAY * 6 + 1))], False, id="taken back"),
    pytest.param([MALICIOUS, verdict(ResponseVerdict.MISTAKEN, minute=1)], False, id="corrected"),
    pytest.param([verdict(ResponseVerdict.MALICIOUS, event=USUAL), MALICIOUS], True, id="with another event"),
]


@pytest.mark.parametrize(("responses", "stays_first"), HISTORIES)
def test_what_a_malicious_event_started_stays_first(bundle: Ports, responses: list[Response], stays_first: bool) -> None:
    assert recognised(known(bundle), LATER).firsts == ()
    teach_verdicts(responses, bundle)
    assert ("country" in recognised(known(bundle), LATER).firsts) is stays_first
    teach_verdicts(responses, bundle)
    assert ("country" in recognised(known(bundle), LATER).firsts) is stays_first


def test_a_verdict_that_is_taken_back_later_is_removed(bundle: Ports) -> None:
    teach_verdicts([MALICIOUS], bundle)
    teach_verdicts([MALICIOUS, reopen(at=minutes(DAY * 7))], bundle)
    assert known(bundle).malicious == ()


def test_the_days_of_its_use_are_asked_for_once(bundle: Ports) -> None:
    days = {(event.time or minutes(0)).date().isoformat() for event in (ATTACK, LATER)}
    teach_verdicts([MALICIOUS], bundle)
    assert set(waiting(bundle.store)) == days
    again = waiting(bundle.store)
    teach_verdicts([MALICIOUS], bundle)
    assert waiting(bundle.store) == again


def test_nothing_that_taught_is_nothing_to_mark(bundle: Ports) -> None:
    teach_verdicts([verdict(ResponseVerdict.MALICIOUS, event=login(9, 1, FRANCE))], bundle)
    assert (known(bundle).malicious, waiting(bundle.store)) == ((), {})


def test_the_sweep_teaches_what_was_stored_lately_whoever_applied_it(bundle: Ports) -> None:
    """Also when a recomputation has given the alert its responses already."""
    bundle.store.append_responses([verdict(ResponseVerdict.MALICIOUS, alert_id=alert_id(key()))])
    apply_new(bundle)
    teach_new(structs.replace(bundle, clock=lambda: datetime.now(UTC) + timedelta(days=30)))
    assert known(bundle).malicious == ()
    teach_new(bundle)
    assert known(bundle).malicious == (ATTACK.vendor_id,)
