"""What was seen goes into the index once an hour and place; a silence is a metric and one message a channel."""

import json
from copy import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from aws_lambda import canary, silent_regions
from aws_lambda.batch import Invocation, sweep, take
from aws_lambda.messages import Message
from aws_lambda.sign_ins_seen import SignInsSeen, hour_of, read
from gatewatch.errors import NotifyError, NotifyUnavailable, StoreUnavailable
from gatewatch.ports import PlainNotice, Store
from gatewatch.stores.memory import MemoryStore
from tests.adapters.aws.conftest import NOW, Inbox
from tests.builders.aws import ACCOUNT, envelope, user_record

WEEKS = timedelta(weeks=4)


def sign_in(at: datetime = NOW, region: str = "eu-west-1", account: str = ACCOUNT, **changes: Any) -> dict[str, Any]:
    record = user_record("alice", account, eventTime=at.strftime("%Y-%m-%dT%H:%M:%SZ"), awsRegion=region, **changes)
    return envelope(record)


def message(event: dict[str, Any], name: str = "m-1") -> Message:
    return Message(id=name, body=json.dumps(event), sent=NOW)


class Counting(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self.reads = self.writes = 0

    def read_state(self, alerts: Any, documents: Any) -> Any:
        self.reads += 1
        return super().read_state(alerts, documents)

    def write_state(self, writes: Any) -> Any:
        self.writes += 1
        return super().write_state(writes)


def seen_of(store: Store) -> dict[tuple[str, str], int]:
    return {place: int(hours.bits, 16).bit_count() for place, hours in read(store).items()}


def test_a_batch_leaves_the_hour_of_each_account_and_region(invocation: Invocation) -> None:
    events = [sign_in(), sign_in(NOW - timedelta(hours=2)), sign_in(region="us-east-1"), sign_in(account="444455556666")]
    take([message(event, f"m-{n}") for n, event in enumerate(events)], invocation)
    assert seen_of(invocation.ports.store) == {(ACCOUNT, "eu-west-1"): 2, (ACCOUNT, "us-east-1"): 1, ("444455556666", "eu-west-1"): 1}


def test_an_hour_costs_one_read_and_one_write_and_then_nothing() -> None:
    store, seen = Counting(), SignInsSeen()
    for minute in range(60):
        for account in range(20):
            seen.note(sign_in(NOW + timedelta(minutes=minute), account=f"{account:012d}"), NOW + timedelta(hours=1))
        seen.write(store)
    assert (store.reads, store.writes) == (1, 1)


def test_two_processes_keep_both_hours() -> None:
    store = MemoryStore()
    for back in (3, 0, 2):
        seen = SignInsSeen()
        seen.note(sign_in(NOW - timedelta(hours=back)), NOW)
        seen.write(store)
    assert seen_of(store) == {(ACCOUNT, "eu-west-1"): 3}


class Racing(MemoryStore):
    """Another process writes between this one's read and write, once."""

    raced = False

    def write_state(self, writes: Any) -> Any:
        if not self.raced:
            self.raced = True
            other = SignInsSeen()
            other.note(sign_in(NOW - timedelta(hours=5)), NOW)
            other.write(self)
        return super().write_state(writes)


def test_a_writer_that_was_slower_tries_again() -> None:
    store, seen = Racing(), SignInsSeen()
    seen.note(sign_in(), NOW)
    seen.write(store)
    assert seen_of(store) == {(ACCOUNT, "eu-west-1"): 2}


def test_while_the_store_is_away_the_hour_waits() -> None:
    class Away(MemoryStore):
        def read_state(self, *_: object) -> Any:
            raise StoreUnavailable("away")

    store, seen = MemoryStore(), SignInsSeen()
    seen.note(sign_in(), NOW)
    seen.write(Away())
    assert seen_of(store) == {}
    seen.write(store)
    assert seen_of(store) == {(ACCOUNT, "eu-west-1"): 1}


ODD = [
    pytest.param(sign_in(eventSource="sts.amazonaws.com"), id="another service"),
    pytest.param(sign_in(recipientAccountId="../policy", userIdentity=None), id="an account that is none"),
    pytest.param(sign_in(region="eu-west-1:x"), id="a Region that is none"),
    pytest.param(sign_in(NOW - timedelta(days=40)), id="older than what is kept"),
    pytest.param({"detail": {"eventSource": "signin.amazonaws.com"}}, id="no fields"),
    pytest.param({**sign_in(), "detail": []}, id="no record"),
    pytest.param([], id="no envelope"),
]


@pytest.mark.parametrize("event", ODD)
def test_what_is_no_sign_in_event_is_passed_over(event: Any) -> None:
    store, seen = MemoryStore(), SignInsSeen()
    seen.note(event, NOW)
    seen.write(store)
    assert seen_of(store) == {}


def test_an_event_of_the_future_counts_as_now() -> None:
    store, seen = MemoryStore(), SignInsSeen()
    seen.note(sign_in(NOW + timedelta(days=900)), NOW)
    seen.write(store)
    assert [hours.last for hours in read(store).values()] == [hour_of(NOW)]


class PlainInbox(Inbox):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.plain: list[PlainNotice] = []

    def send_plain(self, notice: PlainNotice) -> None:
        if self.answer is not None:
            raise self.answer
        self.plain.append(notice)


@pytest.fixture
def sns() -> PlainInbox:
    return PlainInbox("sns")


@pytest.fixture
def teams() -> PlainInbox:
    return PlainInbox("teams")


@pytest.fixture
def watching(invocation: Invocation, sns: PlainInbox, teams: PlainInbox) -> Invocation:
    """Four weeks of an hourly sign-in in two Regions; one of them stopped 16 hours ago. Canaries arrive."""
    seen = SignInsSeen()
    for hours in range(4 * 7 * 24):
        at = NOW - WEEKS + timedelta(hours=hours)
        seen.note(sign_in(at, "us-east-1"), NOW)
        if at < NOW - timedelta(hours=16):
            seen.note(sign_in(at, "eu-west-1"), NOW)
    seen.write(invocation.ports.store)
    canary.note(NOW, invocation.ports.store, NOW)
    return replace(invocation, ports=replace(invocation.ports, notifiers={"sns": sns, "teams": teams}))


def later(invocation: Invocation, hours: float) -> Invocation:
    now = NOW + timedelta(hours=hours)
    canary.note(now, invocation.ports.store, now)
    return replace(invocation, ports=replace(invocation.ports, clock=lambda: now))


def test_a_silent_region_is_a_metric_and_one_message_a_channel(
    watching: Invocation, sns: PlainInbox, teams: PlainInbox, counted: dict[str, int]
) -> None:
    for minutes in range(0, 120, 5):
        sweep(later(watching, minutes / 60))
    assert counted["SilentRegions"] == 2 * 24  # the account, and the Region with all accounts
    assert (len(sns.plain), len(teams.plain)) == (1, 1)
    (told,) = sns.plain
    assert told.subject == "Gatewatch: no sign-in events from eu-west-1"
    assert told.lines[0].startswith("eu-west-1, all accounts: last one at 2026-11-20 19:00 UTC, 17 hours ago")


def test_what_signs_in_again_is_no_longer_silent_and_its_next_silence_is_new(
    watching: Invocation, sns: PlainInbox, counted: dict[str, int]
) -> None:
    sweep(watching)
    take([message(sign_in())], watching)
    counted.clear()
    sweep(later(watching, 1))
    assert counted["SilentRegions"] == 0
    for region in ("eu-west-1", "us-east-1"):
        take([message(sign_in(NOW + timedelta(hours=2), region))], later(watching, 2))
    sweep(later(watching, 30))
    assert len(sns.plain) == 2


@pytest.mark.parametrize(("answer", "received"), [(NotifyUnavailable("away"), 1), (NotifyError("refused"), 0)], ids=["away", "refused"])
def test_a_channel_that_is_away_gets_it_an_hour_later(
    watching: Invocation, sns: PlainInbox, teams: PlainInbox, answer: Exception, received: int
) -> None:
    teams.answer = answer
    sweep(watching)
    teams.answer = None
    sweep(later(watching, 0.5))
    assert (len(sns.plain), len(teams.plain)) == (1, 0)
    sweep(later(watching, 1))
    assert (len(sns.plain), len(teams.plain)) == (1, received)


def test_while_canaries_are_late_nobody_is_called_silent(watching: Invocation, sns: PlainInbox, counted: dict[str, int]) -> None:
    late = replace(watching, ports=replace(watching.ports, clock=lambda: NOW + timedelta(hours=2)))
    sweep(late)
    assert (counted["SilentRegions"], sns.plain) == (0, [])


def test_400_silent_places_are_one_bounded_message() -> None:
    found = {f"{n:012d}/eu-west-1": silent_regions.Silence(last=1, missed=20.0, seen=100) for n in range(400)}
    told = silent_regions.notice(found, 30)
    assert told.subject == "Gatewatch: no sign-in events from 400 places"
    assert len(told.lines) == silent_regions.MOST_LINES + 3
    whole = silent_regions.notice({**found, "*/eu-west-1": silent_regions.Silence(last=1, missed=20.0, seen=100)}, 30)
    assert (whole.subject, len(whole.lines)) == ("Gatewatch: no sign-in events from eu-west-1", 3)
