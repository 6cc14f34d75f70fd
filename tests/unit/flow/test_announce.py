"""While the index is away: only what cannot wait is told, once, and the ledger learns exactly what people heard."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from gatewatch.errors import StoreUnavailable
from gatewatch.flow.announce import Announced, announce_unstored, marks_of
from gatewatch.flow.announced import Announcements, remembering
from gatewatch.flow.decoding import decoded
from gatewatch.flow.pipeline import process, sweep
from gatewatch.model import Alert, Announcement, NotificationEntry, RawRecord
from gatewatch.ports import AlertQuery, Geo, Notice, Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning
from tests.builders.aws import raw_login, raw_root
from tests.builders.common import nonsense, written
from tests.builders.entra import raw_detection, raw_sign_in
from tests.support.channels import NOW, Channel, Refusing, bundle

ALL_RULES = ("*",)


def allow(rules: tuple[str, ...] = ALL_RULES) -> Tuning:
    entry = AllowlistEntry(
        id="al-1", match=AllowlistMatch(cidr="198.51.100.0/24"), rules=rules, expires=NOW + timedelta(days=9), reason="r", owner="o"
    )
    return Tuning(allowlist=(entry,))


def announce(records: list[RawRecord], ports: Ports) -> dict[int, tuple[Announcement, ...]]:
    """What was announced, by the record that carries it."""
    known = Announcements()
    announce_unstored(records, ports, known)
    return {index: found for index, record in enumerate(records) if (found := known.about(decoded(record)))}


def channels(told: dict[int, tuple[Announcement, ...]]) -> dict[int, tuple[str, ...]]:
    return {index: tuple(one.channel for one in found) for index, found in told.items()}


def announced(records: list[RawRecord], told: dict[int, tuple[Announcement, ...]]) -> list[RawRecord]:
    """The records as their carrier hands them over again."""
    return [structs.replace(record, announced=told.get(index, ())) for index, record in enumerate(records)]


def stored(ports: Ports) -> dict[str, Alert]:
    return {alert.rule: alert for alert in ports.store.search(AlertQuery(limit=100))}


URGENT = [
    pytest.param([raw_root(1)], {}, {0: ("sns",)}, id="urgent"),
    pytest.param([raw_login(1)], {}, {}, id="medium-waits"),
    pytest.param([raw_sign_in("s-1", level="high")], {}, {}, id="73-waits"),
    pytest.param([raw_sign_in("s-1", level="high", appId="04b07795-8ddb-461a-bbee-02f9e1bf7b46")], {}, {0: ("sns",)}, id="83-does-not"),
    pytest.param([raw_login(1), raw_root(1), raw_login(2)], {}, {1: ("sns",)}, id="only-the-urgent-one"),
    pytest.param([raw_root(1)], {"tuning": allow()}, {0: ("sns",)}, id="a-star-never-silences-root"),
    pytest.param([raw_root(1)], {"tuning": allow(("aws_root_console_login",))}, {0: ("sns",)}, id="a-seed-never-silences-what-is-urgent"),
    pytest.param([raw_sign_in("s-1", level="high", riskState="dismissed")], {}, {}, id="closed"),
    pytest.param([raw_sign_in("s-1", level="none"), raw_detection(1, "s-1")], {}, {}, id="a-detection-that-waits"),
    pytest.param([nonsense(1)], {}, {}, id="nonsense"),
    pytest.param([], {}, {}, id="nothing"),
]


@pytest.mark.parametrize(("records", "changes", "told"), URGENT)
def test_what_cannot_wait(records: list[RawRecord], changes: dict[str, Any], told: dict[int, tuple[str, ...]]) -> None:
    channel = Channel("sns")
    assert channels(announce(records, bundle(None, channel, **changes))) == told
    assert len(channel.notices) == len(told)
    assert all(notice.index_unavailable for notice in channel.notices)


def test_a_finding_of_several_events_is_told_once() -> None:
    channel = Channel("sns")
    assert channels(announce([raw_root(1), raw_root(2, 5), raw_root(2, 5)], bundle(None, channel))) == {
        0: ("sns",),
        1: ("sns",),
        2: ("sns",),
    }
    assert [notice.alert.snapshot.event_count for notice in channel.notices] == [2]


def test_what_was_announced_before_stays_silent() -> None:
    channel = Channel("sns")
    ports = bundle(None, channel)
    told = announce([raw_root(1)], ports)
    again = announced([raw_root(1), raw_root(2, 5)], told)
    assert channels(announce(again[:1], ports)) == {0: ("sns",)}
    assert len(channel.notices) == 1
    announce(again, ports)
    assert [notice.alert.snapshot.event_ids for notice in channel.notices] == [("aws|r-1",), ("aws|r-1", "aws|r-2")]
    assert [[entry.event_ids for entry in notice.alert.notification_log] for notice in channel.notices] == [[], [("aws|r-1",)]]


def test_the_channels_that_were_told_are_named_and_nothing_touches_the_store() -> None:
    here, away, refusing = Channel("sns"), Channel("teams", away=True), Refusing("pager")
    store = MemoryStore()
    assert announce_unstored([raw_root(1)], bundle(store, here, away, refusing), Announcements()) == Announced(sent=1, failed=2)
    assert announce([raw_root(1)], bundle(store, away)) == {}
    assert store.search(AlertQuery()) == []


def test_the_ledger_learns_what_was_told_and_nothing_is_told_twice() -> None:
    channel = Channel("sns")
    ports = bundle(None, channel)
    records = [raw_root(1)]
    process(announced(records, announce(records, ports)), ports)
    alert = stored(ports)["aws_root_console_login"]
    assert alert.notification_log == (
        NotificationEntry(
            occurrence=1,
            at=NOW,
            channel="sns",
            severity=alert.severity,
            why="new",
            event_ids=("aws|r-1",),
            addresses=("198.51.100.7",),
        ),
    )
    assert alert.pending == ()
    process(announced(records, announce(records, bundle(None, Channel("sns")))), ports)
    sweep(ports)
    assert channel.told == ["new aws_root_console_login"]
    assert stored(ports)["aws_root_console_login"] == alert


def test_what_is_new_after_the_outage_is_told() -> None:
    channel = Channel("sns")
    ports = bundle(None, channel)
    records = [raw_root(1)]
    process(announced(records, announce(records, ports)), ports)
    process([raw_root(2, 30, "203.0.113.200")], ports)
    assert channel.told == ["new aws_root_console_login", "address aws_root_console_login"]


def test_a_channel_that_was_away_as_well_is_still_owed() -> None:
    here, away = Channel("sns"), Channel("teams", away=True)
    ports = bundle(None, here, away)
    records = [raw_root(1)]
    process(announced(records, announce(records, ports)), ports)
    assert stored(ports)["aws_root_console_login"].pending == ("teams",)
    away.away = False
    sweep(ports)
    assert (here.told, away.told) == (["new aws_root_console_login"], ["new aws_root_console_login"])
    assert stored(ports)["aws_root_console_login"].pending == ()


def test_a_message_of_several_records_announces_only_what_it_told() -> None:
    """One queue message may hold many records: what waited in it is told when it is stored."""
    channel = Channel("sns")
    ports = bundle(None, channel)
    records = [RawRecord(data={"Records": [raw_root(1).data, raw_login(1).data]})]
    told = announce(records, ports)
    assert (channels(told), channel.told) == ({0: ("sns",)}, ["new aws_root_console_login"])
    process(announced(records, told), ports)
    assert sorted(channel.told) == ["new aws_console_login_no_mfa", "new aws_root_console_login"]


def test_one_side_of_an_announced_pair_needs_no_message_of_its_own() -> None:
    """The pair is urgent, its Entra side alone was not: the announcement of the pair showed its event."""
    channel = Channel("sns")
    ports = bundle(None, channel)
    records = [raw_sign_in("s-1", level="high", user="alice"), raw_login(1, 5, "alice@contoso.example", mfa="Yes")]
    told = announce(records, ports)
    assert (channels(told), channel.told) == ({0: ("sns",), 1: ("sns",)}, ["new xcloud_entra_risk_then_aws"])
    process(announced(records, told), ports)
    assert channel.told == ["new xcloud_entra_risk_then_aws"]


def test_the_time_of_the_finding_is_the_time_of_its_activity() -> None:
    channel = Channel("sns")
    announce([raw_root(1, 7)], bundle(None, channel))
    assert channel.notices[0].alert.snapshot.first_seen.strftime("%Y-%m-%dT%H:%M:%SZ") == written(7)


def test_a_channel_that_was_away_is_tried_again_and_the_other_is_not() -> None:
    here, away = Channel("sns"), Channel("teams", away=True)
    ports, known = bundle(None, here, away), Announcements()
    for _ in range(3):
        announce_unstored([raw_root(1)], ports, known)
    away.away = False
    announce_unstored([raw_root(1)], ports, known)
    assert (len(here.notices), len(away.notices)) == (1, 1)


def test_a_stored_alert_is_delivered_as_every_alert_is() -> None:
    """One call of the store failed; it answers again when it is asked for the alert."""
    channel = Channel("sns")
    store = MemoryStore()
    process([raw_root(1)], bundle(store))
    ports = bundle(store, channel)
    for sent in (1, 0):
        assert announce_unstored([raw_root(1)], ports, Announcements()) == Announced(sent=sent)
    assert announce_unstored([raw_root(1), raw_root(2, 5)], ports, Announcements()) == Announced(sent=1)
    assert [notice.index_unavailable for notice in channel.notices] == [False, True]
    assert len(stored(ports)["aws_root_console_login"].notification_log) == 1


class LeavesAfterWriting(MemoryStore):
    """A store that writes alerts, and answers nothing from then on."""

    written = False

    def write_alerts(self, writes: Any) -> Any:
        results = super().write_alerts(writes)
        self.written = True
        return results

    def read_alerts(self, keys: Any) -> Any:
        if self.written:
            raise StoreUnavailable("left")
        return super().read_alerts(keys)

    def read_state(self, alerts: Any, documents: Any) -> Any:
        if self.written:
            raise StoreUnavailable("left")
        return super().read_state(alerts, documents)


def test_an_alert_that_was_written_is_never_called_not_stored() -> None:
    channel, known = Channel("sns"), Announcements()
    ports = remembering(bundle(LeavesAfterWriting(), channel), known)
    with pytest.raises(StoreUnavailable):
        process([raw_root(1)], ports)
    announce_unstored([raw_root(1)], ports, known)
    announce_unstored([raw_root(1)], ports, known)
    assert [notice.index_unavailable for notice in channel.notices] == [False]


def test_a_stored_alert_of_a_lower_severity_does_not_silence_what_rose() -> None:
    channel = Channel("sns")
    store = MemoryStore()
    ports = bundle(store, channel)
    process([raw_sign_in("s-1", level="high")], ports)
    risen = raw_sign_in("s-1", level="high", riskState="confirmedCompromised")
    assert announce_unstored([risen], ports, Announcements()) == Announced(sent=1)


class Away(MemoryStore):
    """A store that answers nothing."""

    def read_alerts(self, keys: Any) -> Any:
        raise StoreUnavailable(str(len(keys)))


def test_marks_say_what_is_stored_while_the_store_does_not_answer() -> None:
    channel = Channel("sns")
    ports = bundle(Away(), channel)
    marks = marks_of([raw_root(1), raw_login(1)], ports)
    known = Announcements(marks=lambda: marks)
    assert announce_unstored([raw_root(1)], ports, known) == Announced(answered=True)
    assert announce_unstored([raw_root(2, 5)], ports, known) == Announced(sent=1, answered=False)


SIGN_IN = raw_sign_in("s-1", level="high", riskState="confirmedCompromised")
_NAMES_IT = raw_detection(1, "s-1", level="high")
DETECTION = structs.replace(_NAMES_IT, data={**_NAMES_IT.data, "riskState": "confirmedCompromised"})
ORDERS = [[[SIGN_IN], [DETECTION]], [[DETECTION], [SIGN_IN]], [[SIGN_IN, DETECTION]], [[DETECTION], [SIGN_IN, DETECTION], [SIGN_IN]]]


@pytest.mark.parametrize("batches", ORDERS, ids=str.split("sign-in-first detection-first together again"))
def test_a_sign_in_and_the_detection_that_names_it_are_announced_once(batches: list[list[RawRecord]]) -> None:
    channel = Channel("teams")
    ports, known = bundle(Away(), channel), Announcements()
    for records in batches:
        announce_unstored(records, ports, known)
    assert len(channel.notices) == 1


def test_a_record_that_breaks_the_rules_keeps_no_other_from_being_announced() -> None:
    class Broken(Geo):
        def locate(self, ip: str) -> None:
            if ip == "203.0.113.200":
                raise RuntimeError(ip)

    channel = Channel("sns")
    records = [raw_root(1), raw_root(2, 5, "203.0.113.200"), raw_login(3)]
    assert announce_unstored(records, bundle(None, channel, geo=Broken()), Announcements()).sent == 1


def test_a_channel_that_breaks_is_counted_and_keeps_no_other(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Channel):
        def send(self, notice: Notice) -> None:
            raise ValueError(f"quotes {notice.alert.lead.event.vendor_id}")

    here = Channel("teams")
    assert announce_unstored([raw_root(1)], bundle(None, Broken("sns"), here), Announcements()) == Announced(sent=1, failed=1)
    assert "quotes" not in caplog.text
    assert "ValueError" in caplog.text
