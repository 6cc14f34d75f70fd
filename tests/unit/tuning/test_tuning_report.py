"""What every allowlist entry has done lately."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from gatewatch.model import AlertEvent, GroupKey
from gatewatch.tuning import AllowlistEntry, AllowlistMatch, Tuning
from gatewatch.tuning.report import Standing, report
from tests.builders import alerts

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(name, **changes):
    made = AllowlistEntry(
        id=name, match=AllowlistMatch(principal="anaya"), rules=("*",), expires=NOW + timedelta(days=90), reason="SEC-1", owner="iam-team"
    )
    return msgspec.structs.replace(made, **changes)


def alert(name, *events):
    rows = tuple(
        AlertEvent(id=f"{name}-{n}", time=NOW - timedelta(days=days), rule="aws_console_login_no_mfa", score=40, suppressed_by=by)
        for n, (by, days) in enumerate(events)
    )
    return alerts.alert(
        id=name,
        key=GroupKey("aws", "111122223333", "anaya", "2026-11-20"),
        event_count=len(rows),
        event_ids=tuple(row.id for row in rows),
        events=rows,
    )


def test_uses_are_counted_by_event_and_by_alert():
    alerts = [alert("one", ("al-1", 1), ("al-1", 2), (None, 1)), alert("two", ("al-1", 3), ("al-2", 1))]
    uses = report(Tuning(allowlist=(entry("al-1"), entry("al-2"), entry("al-3"))), alerts, NOW)
    assert [(use.id, use.events, use.alerts) for use in uses] == [("al-1", 3, 2), ("al-2", 1, 1), ("al-3", 0, 0)]
    assert [use.last for use in uses] == [NOW - timedelta(days=1), NOW - timedelta(days=1), None]
    assert [use.standing for use in uses] == [Standing.IN_USE, Standing.IN_USE, Standing.UNUSED]
    assert (uses[0].owner, uses[0].reason, uses[0].expires) == ("iam-team", "SEC-1", NOW + timedelta(days=90))


@pytest.mark.parametrize(
    ("days", "events"), [pytest.param(30, 1, id="the edge counts"), pytest.param(31, 0, id="older"), pytest.param(-1, 0, id="future")]
)
def test_only_the_period_counts(days, events):
    assert report(Tuning(allowlist=(entry("al-1"),)), [alert("one", ("al-1", days))], NOW)[0].events == events


def test_another_period():
    assert report(Tuning(allowlist=(entry("al-1"),)), [alert("one", ("al-1", 5))], NOW, days=4)[0].events == 0


@pytest.mark.parametrize(
    ("expires", "standing"),
    [
        pytest.param(NOW, Standing.EXPIRED, id="now"),
        pytest.param(NOW + timedelta(seconds=1), Standing.EXPIRING, id="in a moment"),
        pytest.param(NOW + timedelta(days=14), Standing.EXPIRING, id="in two weeks"),
        pytest.param(NOW + timedelta(days=14, seconds=1), Standing.UNUSED, id="later"),
    ],
)
def test_standing_by_expiry(expires, standing):
    assert report(Tuning(allowlist=(entry("al-1", expires=expires),)), [], NOW)[0].standing is standing


def test_an_entry_that_is_gone_is_not_reported():
    assert report(Tuning(), [alert("one", ("al-1", 1))], NOW) == ()
