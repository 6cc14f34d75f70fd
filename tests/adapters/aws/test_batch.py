"""What becomes of each message of a batch, over the in-memory store."""

import json
from collections.abc import Collection, Sequence
from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from aws_lambda import messages
from aws_lambda.batch import PATIENCE, Invocation, sweep, take, take_direct
from aws_lambda.clients import Clients
from aws_lambda.dead_letters import SqsDeadLetters
from aws_lambda.messages import Message
from aws_lambda.set_aside import SetAside
from gatewatch.errors import Conflict, NewerDocument, NotifyUnavailable, StoreError, StoreUnavailable
from gatewatch.flow.announced import Announcements
from gatewatch.model import Alert, Evidence, GroupKey
from gatewatch.ports import AlertQuery, Appended, AppendResult, State, StateKey, Store
from tests.adapters.aws.conftest import NOW, Inbox, redriven_by_sqs
from tests.builders.aws import envelope, root_record, user_record


def message(body: object, name: str = "m-1", ago: timedelta = timedelta(), **changes: Any) -> Message:
    return Message(id=name, body=body if isinstance(body, str) else json.dumps(body), sent=NOW - ago, **changes)


def alerts(invocation: Invocation) -> list[Alert]:
    return invocation.ports.store.search(AlertQuery())


class Faulty:
    """A store whose evidence answers as told, for some principals or for all."""

    def __init__(self, store: Store, error: Exception, principal: str = "") -> None:
        self._store, self._error, self._principal = store, error, principal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
        if any(self._principal in item.event.principal for item in evidence):
            raise self._error
        return self._store.append(evidence)


def faulty(invocation: Invocation, error: Exception, principal: str = "") -> Invocation:
    return replace(invocation, ports=replace(invocation.ports, store=Faulty(invocation.ports.store, error, principal)))


def test_a_batch_becomes_alerts_and_every_message_is_done(invocation: Invocation, inbox, counted: dict[str, int]) -> None:
    batch = [message(envelope(user_record(f"user{n}")), f"m-{n}") for n in range(10)]
    assert take(batch, invocation) == frozenset()
    assert (len(alerts(invocation)), len(inbox.got)) == (10, 10)
    assert (counted["Records"], counted["Stored"], counted["Told"]) == (10, 10, 10)


def test_an_ignored_record_is_counted_and_done(invocation: Invocation, dead_lettered_at, counted: dict[str, int]) -> None:
    bare = {**user_record("alice"), "eventSource": "s3.amazonaws.com", "eventName": "GetObject"}
    assert take([message(bare)], invocation) == frozenset()
    assert (counted["Ignored"], dead_lettered_at.take()) == (1, [])


def test_poison_is_parked_with_its_reason_and_its_neighbours_go_on(
    invocation: Invocation, dead_lettered_at, counted: dict[str, int]
) -> None:
    batch = [message("{", "m-1"), message({"hello": 1}, "m-2"), message(envelope(user_record("alice")), "m-3")]
    assert take(batch, invocation) == frozenset()
    found = {dead_letter.origin: dead_letter.reason for dead_letter in dead_lettered_at.records()}
    assert (set(found), found["m-1"]) == ({"m-1", "m-2"}, "not_json")
    assert (len(alerts(invocation)), counted["DeadLettered"]) == (1, 2)


def test_poison_comes_again_when_it_cannot_be_parked(invocation: Invocation, clients: Clients, counted: dict[str, int]) -> None:
    gone = replace(invocation, dead_letters=SqsDeadLetters("https://sqs.us-east-1.amazonaws.com/123456789012/gone", lambda: clients.sqs))
    batch = [message("{", "m-1"), message({"hello": 1}, "m-2"), message(envelope(user_record("alice")), "m-3")]
    assert take(batch, gone) == {"m-1", "m-2"}
    assert (len(alerts(invocation)), counted["DeadLetterFailed"]) == (1, 2)


@pytest.mark.parametrize("error", [StoreUnavailable("away"), Conflict("others won")], ids=["away", "conflict"])
def test_while_the_store_is_away_the_whole_batch_comes_again(invocation: Invocation, dead_lettered_at, inbox, error: Exception) -> None:
    batch = [message(envelope(user_record(f"user{n}")), f"m-{n}") for n in range(3)]
    assert take(batch, faulty(invocation, error)) == {"m-0", "m-1", "m-2"}
    assert (dead_lettered_at.take(), inbox.got) == ([], [])


def test_what_is_urgent_is_told_at_once_and_put_back_with_what_was_told(invocation: Invocation, inbox, waiting) -> None:
    away = faulty(invocation, StoreUnavailable("away"))
    batch = [message(envelope(root_record()), "m-root"), message(envelope(user_record("bob")), "m-bob")]
    assert take(batch, away) == {"m-bob"}
    (copy,) = waiting.records()
    assert [(n.alert.score, n.index_unavailable) for n in inbox.got] == [(87, True)]
    assert ([one.channel for one in copy.announced], copy.first_sent) == (["sns"], NOW)


def test_the_copy_is_not_told_again_and_enters_the_ledger(invocation: Invocation, inbox, waiting) -> None:
    take([message(envelope(root_record()), "m-root")], faulty(invocation, StoreUnavailable("away")))
    (copy,) = waiting.take()
    again = redriven_by_sqs(copy["body"], "m-copy")
    assert take([again], faulty(invocation, StoreUnavailable("away"))) == {"m-copy"}
    assert take([again], invocation) == frozenset()
    (alert,) = alerts(invocation)
    assert (len(inbox.got), [(t.channel, t.why) for t in alert.notification_log], alert.pending) == (1, [("sns", "new")], ())


def test_the_oldest_message_that_must_come_again_is_measured(invocation: Invocation, counted: dict[str, int]) -> None:
    batch = [message(envelope(user_record(f"user{n}")), f"m-{n}", ago=timedelta(minutes=n)) for n in range(3)]
    take(batch, invocation)
    assert counted["OldestWaitingSeconds"] == 0
    later = [message(envelope(user_record(f"later{n}")), f"m-{n}", ago=timedelta(minutes=n)) for n in range(3)]
    take(later, faulty(invocation, StoreUnavailable("away")))
    assert counted["OldestWaitingSeconds"] == 120


def test_urgent_is_announced_on_the_fifth_receive_after_four_failed_sends(
    invocation: Invocation, inbox, waiting, counted: dict[str, int]
) -> None:
    away = faulty(invocation, StoreUnavailable("away"))
    inbox.answer = NotifyUnavailable("KMS")
    for receive in range(1, 5):
        assert take([message(envelope(root_record()), receives=receive)], away) == {"m-1"}
    inbox.answer = None
    assert take([message(envelope(root_record()), receives=5)], away) == frozenset()
    assert (len(inbox.got), counted["NotTold"], len(waiting.take())) == (1, 4, 1)


def test_the_channel_that_failed_is_tried_again_and_the_other_is_not(invocation: Invocation, inbox, waiting) -> None:
    teams = Inbox()
    teams.name, teams.answer = "teams", NotifyUnavailable("away")
    both = replace(invocation, ports=replace(invocation.ports, channels=("sns", "teams"), notifiers={"sns": inbox, "teams": teams}))
    away = faulty(both, StoreUnavailable("away"))
    take([message(envelope(root_record()))], away)
    (copy,) = waiting.take()
    fresh = replace(away, known=Announcements())  # another process: what it knows is in the message
    assert take([redriven_by_sqs(copy["body"])], fresh) == {"m-2"}
    teams.answer = None
    assert take([redriven_by_sqs(copy["body"])], replace(away, known=Announcements())) == frozenset()
    (last,) = waiting.records()
    assert (len(inbox.got), len(teams.got)) == (1, 1)
    assert sorted(one.channel for one in last.announced) == ["sns", "teams"]


def test_what_was_sent_and_could_not_be_marked_is_not_sent_again(invocation: Invocation, inbox, waiting) -> None:
    """The store leaves between the channel's acceptance and the mark: the message goes back with what people know."""

    class Leaving(Faulty):
        def write_alerts(self, writes: Any) -> Any:
            if any(write.alert.notification_log for write in writes):
                raise self._error
            return self._store.write_alerts(writes)

    store = Leaving(invocation.ports.store, StoreUnavailable("left"), "nobody")
    bob = message(envelope(user_record("bob")))
    assert take([bob], replace(invocation, ports=replace(invocation.ports, store=store))) == frozenset()
    (copy,) = waiting.take()
    later = replace(invocation.ports, clock=lambda: NOW + timedelta(minutes=10))
    healthy = replace(invocation, known=Announcements(), ports=later)
    assert take([redriven_by_sqs(copy["body"])], healthy) == frozenset()
    sweep(healthy)
    (alert,) = alerts(invocation)
    assert (len(inbox.got), len(alert.notification_log), alert.pending) == (1, 1, ())


REFUSALS = [
    pytest.param(StoreError("mapping"), id="the alert is refused"),
    pytest.param(None, id="the evidence is refused"),
    pytest.param(RuntimeError("a bug"), id="a bug"),
]


@pytest.mark.parametrize("error", REFUSALS)
def test_urgent_in_a_dead_letter_is_announced_once_also_after_its_redrive(
    invocation: Invocation, inbox, dead_lettered_at, error: Exception | None
) -> None:
    class Refusing(Faulty):
        def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
            if error is not None:
                raise error
            return [AppendResult(Appended.REFUSED, "mapper_parsing_exception") for _ in evidence]

    refusing = replace(invocation, ports=replace(invocation.ports, store=Refusing(invocation.ports.store, RuntimeError())))
    assert take([message(envelope(root_record()), receives=PATIENCE)], refusing) == frozenset()
    assert [notice.index_unavailable for notice in inbox.got] == [True]
    (dead_letter,) = dead_lettered_at.take()
    assert take([redriven_by_sqs(dead_letter["body"])], replace(invocation, known=Announcements())) == frozenset()
    (alert,) = alerts(invocation)
    assert (len(inbox.got), len(alert.notification_log), alert.pending) == (1, 1, ())


def test_urgent_is_not_put_back_when_nobody_could_be_told(invocation: Invocation, inbox, waiting) -> None:
    inbox.answer = NotifyUnavailable("away as well")
    assert take([message(envelope(root_record()))], faulty(invocation, StoreUnavailable("away"))) == {"m-1"}
    assert waiting.take() == []


def test_the_original_comes_again_when_the_copy_cannot_be_sent(invocation: Invocation, clients: Clients, inbox) -> None:
    gone = replace(invocation, set_aside=SetAside("https://sqs.us-east-1.amazonaws.com/123456789012/gone", lambda: clients.sqs))
    assert take([message(envelope(root_record()))], faulty(gone, StoreUnavailable("away"))) == {"m-1"}
    assert len(inbox.got) == 1


def test_without_a_queue_of_its_own_a_process_announces_once(invocation: Invocation, inbox) -> None:
    root = message(envelope(root_record()))
    for _ in range(3):
        assert take([root], faulty(replace(invocation, set_aside=None), StoreUnavailable("away"))) == {"m-1"}
    assert len(inbox.got) == 1


def test_a_renewed_credential_is_tried_at_once(invocation: Invocation) -> None:
    class Rotated(Faulty):
        refused = True

        def append(self, evidence: Sequence[Evidence]) -> list[AppendResult]:
            return super().append(evidence) if self.refused else self._store.append(evidence)

    store = Rotated(invocation.ports.store, StoreUnavailable("401"))

    def renew() -> bool:
        changed, store.refused = store.refused, False
        return changed

    assert (
        take([message(envelope(user_record("alice")))], replace(invocation, ports=replace(invocation.ports, store=store), renew=renew))
        == frozenset()
    )
    assert len(alerts(invocation)) == 1


def test_a_record_that_nobody_foresaw_does_not_hold_its_neighbours_back(invocation: Invocation, dead_lettered_at) -> None:
    batch = [message(envelope(user_record(name)), f"m-{name}") for name in ("alice", "mallory", "bob")]
    assert take(batch, faulty(invocation, RuntimeError("a bug"), "mallory")) == {"m-mallory"}
    assert (len(alerts(invocation)), dead_lettered_at.take()) == (2, [])


def test_and_is_parked_after_some_patience(invocation: Invocation, dead_lettered_at) -> None:
    hopeless = message(envelope(user_record("mallory")), receives=PATIENCE)
    assert take([hopeless], faulty(invocation, RuntimeError("a bug"), "mallory")) == frozenset()
    (dead_letter,) = dead_lettered_at.records()
    assert dead_letter.reason == "unexpected_error"
    assert dead_letter.detail.startswith("RuntimeError at test_batch.py:")


def test_what_the_store_refuses_is_parked_at_once(invocation: Invocation, dead_lettered_at) -> None:
    batch = [message(envelope(user_record(name)), f"m-{name}") for name in ("alice", "mallory")]
    assert take(batch, faulty(invocation, StoreError("mapping"), "mallory")) == frozenset()
    (dead_letter,) = dead_lettered_at.records()
    assert (dead_letter.reason, len(alerts(invocation))) == ("store_refused", 1)


class Newer:
    """A store in which a later release wrote the alert of one principal. The Elasticsearch store raises the same (tests/adapters/elastic/test_answers.py)."""

    def __init__(self, store: Store, principal: str) -> None:
        self._store, self._principal = store, principal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def read_state(self, keys: Collection[GroupKey], documents: Collection[StateKey]) -> State:
        if any(self._principal in key.principal for key in keys):
            raise NewerDocument("a later release of Gatewatch wrote this alert")
        return self._store.read_state(keys, documents)


def test_an_alert_of_a_newer_release_stops_no_login(invocation: Invocation, inbox, dead_lettered_at) -> None:
    store = invocation.ports.store
    after_a_rollback = replace(invocation, ports=replace(invocation.ports, store=Newer(store, "mallory")))
    batch = [message(envelope(user_record(name, eventID=f"e-{name}")), f"m-{name}") for name in ("alice", "mallory", "bob")]

    assert take(batch, after_a_rollback) == frozenset()
    assert (dead_lettered_at.take(), len(inbox.got)) == ([], 2)
    assert len(store.evidence_of({"aws|e-mallory"})) == 1

    sweep(after_a_rollback)  # the day stays asked for
    assert len(alerts(invocation)) == 2
    sweep(invocation)  # the later release is back
    assert (len(alerts(invocation)), len(inbox.got)) == (3, 3)


def test_what_is_urgent_in_it_is_announced(invocation: Invocation, inbox) -> None:
    after_a_rollback = replace(invocation, ports=replace(invocation.ports, store=Newer(invocation.ports.store, "root")))
    assert take([message(envelope(root_record()))], after_a_rollback) == frozenset()
    assert [notice.alert.severity for notice in inbox.got] == ["critical"]


def test_logs_name_ids_and_outcomes_and_never_what_a_record_says(invocation: Invocation, capsys: pytest.CaptureFixture[str]) -> None:
    name = "Zaphod-was-here"
    hostile = message(envelope(user_record(name)), "m-2")
    take([message("{" + name, "m-1"), hostile], invocation)
    take([hostile], faulty(invocation, RuntimeError(name)))
    logged = capsys.readouterr()
    assert name not in logged.out + logged.err


def test_a_sweep_tells_what_is_owed(invocation: Invocation, inbox, counted: dict[str, int]) -> None:
    inbox.answer = NotifyUnavailable("away")
    take([message(envelope(user_record("alice")))], invocation)
    inbox.answer = None
    sweep(invocation)
    sweep(invocation)
    assert (len(inbox.got), counted["NotTold"], counted["Told"]) == (1, 1, 1)


def test_a_sweep_waits_for_a_store_that_is_away(invocation: Invocation, counted: dict[str, int]) -> None:
    class Away(Faulty):
        def pending(self, limit: int) -> list[Any]:
            raise StoreUnavailable(str(limit))

    sweep(replace(invocation, ports=replace(invocation.ports, store=Away(invocation.ports.store, RuntimeError()))))
    assert counted == {"StoreUnavailable": 1, "Sweeps": 1, "CanaryAgeSeconds": 0}


def test_a_direct_event_waits_in_the_queue_while_the_store_is_away(invocation: Invocation, waiting) -> None:
    event = messages.direct(envelope(user_record("alice")), "r-1", NOW)
    assert take_direct(event, faulty(invocation, StoreUnavailable("away")))
    (copy,) = waiting.records()
    assert (copy.record, copy.announced) == (event.body, ())
    assert take_direct(event, invocation)


def test_a_direct_event_without_a_queue_is_left_to_lambdas_own_retries(invocation: Invocation) -> None:
    event = messages.direct(envelope(user_record("alice")), "r-1", NOW)
    assert not take_direct(event, faulty(replace(invocation, set_aside=None), StoreUnavailable("away")))


HOSTILE = [
    pytest.param({"userAgent": "\ud800" * 50}, id="surrogates"),
    pytest.param({"sourceIPAddress": "\x00" * 9000}, id="nulls"),
    pytest.param({"additionalEventData": {"MFAUsed": ["No"]}}, id="a list for a value"),
    pytest.param({"userIdentity": {"type": "IAMUser", "userName": "x" * 200_000, "accountId": "111122223333"}}, id="endless name"),
    pytest.param({"note": float("inf")}, id="infinite"),
]


@pytest.mark.parametrize("change", HOSTILE)
def test_no_record_fails_its_batch(invocation: Invocation, change: dict[str, Any]) -> None:
    batch = [message(envelope(user_record("mallory", **change)), "m-1"), message(envelope(user_record("alice")), "m-2")]
    assert take(batch, invocation) == frozenset()
    assert len(alerts(invocation)) >= 1
