"""What a process remembers of what it sent: which alert, channel, events and severity; a close beside an opening; and not without end."""

import pytest
from msgspec import structs

from gatewatch.errors import NotifyUnavailable
from gatewatch.flow.announced import MOST_ALERTS, STORED, Announcements, mark, remembering, settle
from gatewatch.flow.decoding import decoded
from gatewatch.flow.pipeline import process
from gatewatch.model import Severity
from gatewatch.ports import Notice, PlainNotice, PlainNotifier
from tests.builders.announcements import ROOT, announcement
from tests.builders.aws import raw_login, raw_root
from tests.support.azure_memory import MemoryCheckpoint
from tests.support.channels import NOW, Channel, bundle


class Plain(Channel):
    """A channel that takes messages which are about no alert."""

    plain: PlainNotice | None = None

    def send_plain(self, notice: PlainNotice) -> None:
        """See ``gatewatch.ports.PlainNotifier``."""
        self.plain = notice


def test_a_higher_severity_or_another_event_is_not_known() -> None:
    known = Announcements([announcement(severity=Severity.HIGH, event_ids=("a", "b"))])
    asked = [(Severity.HIGH, ("a",)), (Severity.MEDIUM, ("a", "b")), (Severity.CRITICAL, ("a",)), (Severity.HIGH, ("a", "c"))]
    assert [known.is_notified(ROOT, "sns", severity, ids) for severity, ids in asked] == [True, True, False, False]
    assert not known.is_notified(ROOT, "teams", Severity.HIGH, ("a",))
    assert not known.is_written(ROOT, Severity.HIGH, ("a",))


def test_a_close_is_kept_beside_the_opening_and_is_no_notification_of_the_events() -> None:
    opened, closed = announcement(), announcement(why="closed")
    known = Announcements([closed, closed])
    assert (known.all(), known.is_notified(ROOT, "sns", Severity.CRITICAL, ("aws|r-1",))) == ({closed}, False)
    known.add(opened)
    known.add(closed)
    assert known.all() == {opened, closed}


def test_what_is_about_a_record_and_no_more_alerts_than_the_bound() -> None:
    known = Announcements()
    for number in range(MOST_ALERTS + 5):
        known.add(announcement(key=structs.replace(ROOT, principal=str(number)), event_ids=(f"aws|r-{number}",)))
    assert len(known.by_alert()) == MOST_ALERTS
    assert known.about(decoded(raw_root(1))) == ()
    assert [one.key.principal for one in known.about(decoded(raw_root(7)))] == ["7"]


def test_what_was_accepted_and_what_was_written_is_remembered() -> None:
    here, away = Channel("sns"), Channel("teams", away=True)
    known = Announcements()
    process([raw_root(1), raw_login(2)], remembering(bundle(None, here, away), known))
    found = sorted((one.channel, one.event_ids) for one in known.all())
    assert found == [(STORED, ("aws|r-1",)), ("sns", ("aws|e-2",)), ("sns", ("aws|r-1",))]


def test_every_alert_of_one_notification_is_remembered() -> None:
    channel, known = Channel("sns"), Announcements()
    process([raw_root(1), raw_root(2, 5)], bundle(None, channel))
    (lead,) = (notice.alert for notice in channel.notices)
    other = structs.replace(lead, snapshot=structs.replace(lead.snapshot, key=structs.replace(lead.key, principal="other")))
    wrapped = remembering(bundle(None, channel), known).notifiers["sns"]
    wrapped.send(Notice(alert=lead, why="new", together=(other,)))
    wrapped.send(Notice(alert=lead, why="new", index_unavailable=True))
    assert {one.key.principal for one in known.all()} == {lead.key.principal, "other"}


def test_a_channel_that_takes_plain_messages_still_does() -> None:
    plain, alerts = Plain("slack"), Channel("sns")
    found = remembering(bundle(None, plain, alerts), Announcements()).notifiers
    notice = PlainNotice(id="p-1", at=NOW, subject="s", lines=())
    slack = found["slack"]
    assert isinstance(slack, PlainNotifier)
    slack.send_plain(notice)
    assert (plain.plain, isinstance(found["sns"], PlainNotifier)) == (notice, False)


def test_what_a_channel_did_not_take_is_not_remembered() -> None:
    known = Announcements()
    channel = remembering(bundle(None, Channel("sns", away=True)), known).notifiers["sns"]
    process([raw_root(1)], ports := bundle(None, stored := Channel("sns")))
    assert ports.notifiers["sns"] is stored
    with pytest.raises(NotifyUnavailable):
        channel.send(stored.notices[0])
    assert known.all() == set()


def test_what_is_forgotten_leaves_its_marks() -> None:
    store = MemoryCheckpoint()
    store.remember([announcement(), announcement("teams")])
    settle([announcement()], store)
    settle([], store)
    assert (store.announced(), store.marks()) == ((announcement("teams"),), {mark(ROOT, Severity.CRITICAL, "aws|r-1")})
