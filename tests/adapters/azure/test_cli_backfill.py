"""`gatewatch backfill azure`: the past from the fake tenant, oldest first, told without a flood, gone on with after every kind of end."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from azure_function import backfill, cli_backfill, cli_poll
from azure_function.cli_state import LocalState
from gatewatch.cli.program import parser
from gatewatch.cli.screen import Screen
from gatewatch.errors import ConfigError
from gatewatch.model import Alert
from gatewatch.ports import AlertQuery
from gatewatch.stores import open_store
from scripts.local_cloud.fake_cloud import faults
from scripts.local_cloud.fake_cloud.records import TENANT, risk_detection, risky_sign_in, sign_in
from scripts.local_cloud.fake_cloud.server import APP_SECRET, CLIENT_ID, FakeCloud

NOW = datetime.now(UTC)
TIME = re.compile(r"(?:createdDateTime|lastUpdatedDateTime) ge (\S+) and \w+ le (\S+)")
PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
type Gatewatch = Callable[..., "Ran"]


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Interrupting(Screen):
    """Ctrl-C at the second page."""

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        pages = []

        def step(done: int) -> None:
            pages.append(done)
            if len(pages) == 4:
                raise KeyboardInterrupt

        yield step


@pytest.fixture(scope="module")
def running() -> Iterator[FakeCloud]:
    with FakeCloud() as cloud:
        yield cloud


@pytest.fixture
def cloud(running: FakeCloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeCloud]:
    for name, value in {**running.environment(), "GRAPH_RETRIES": "0", "MAX_SLICE_MINUTES": "1440"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    yield running
    running.graph.reset()
    running.teams.cards.clear()
    running.teams.answers.clear()


def run(*argv: str, screen: type[Screen] = Screen) -> Ran:
    shown = screen(io.StringIO(), io.StringIO(), io.StringIO())
    options = parser([cli_backfill.COMMAND, cli_poll.COMMAND]).parse_args([*argv, *([] if "--login" in argv else ["--login", "managed"])])
    code = options.command.run(options, shown)
    return Ran(code, shown.out.getvalue(), shown.err.getvalue())


def read(*argv: str) -> Ran:
    return run("backfill", "azure", *argv)


def alerts() -> list[Alert]:
    with closing(open_store("sqlite:gatewatch.sqlite")) as store:
        return sorted(store.search(AlertQuery(limit=100)), key=lambda alert: alert.id)


def days(**ago: float) -> datetime:
    return NOW - timedelta(**ago)


def a_past(cloud: FakeCloud) -> None:
    """Twelve risky days of several people, one of them a confirmed compromise, and ordinary sign-ins beside them."""
    risky = [risky_sign_in(days(days=day, minutes=9), upn=f"u{day}@contoso.example") for day in range(3, 15)]
    worst = risky_sign_in(days(days=8), level="high", riskState="confirmedCompromised", upn="root@contoso.example")
    ordinary = [sign_in(days(days=day)) for day in range(1, 20)]
    cloud.graph.add_sign_ins(*risky, worst, *ordinary)
    cloud.graph.add_risk_detections(risk_detection(days(days=6), "late@contoso.example", detected=days(days=5)))


def test_what_is_urgent_is_sent_at_once_and_the_rest_in_one_message(cloud: FakeCloud):
    a_past(cloud)

    ran = read("--from", "20d")

    texts = [json.dumps(card) for card in cloud.teams.cards]
    assert ran.code == 0, ran.err
    assert len(texts) == 2
    assert "root@contoso.example" in texts[0]
    assert "Backfill of Entra tenant" in texts[1]
    assert "13 alerts of the past" in texts[1]
    assert "teams: 1 sent at once, 13 together in one message" in ran.out
    assert len(alerts()) == 14
    assert [alert.pending for alert in alerts()] == [()] * 14


def test_what_was_told_together_is_told_by_no_later_poll(cloud: FakeCloud):
    a_past(cloud)
    read("--from", "20d")
    cloud.teams.cards.clear()

    assert run("poll", "--once").code == 0

    assert cloud.teams.cards == []


def test_what_is_recent_is_news(cloud: FakeCloud):
    cloud.graph.add_sign_ins(risky_sign_in(days(hours=5), upn="now@contoso.example"))

    read("--from", "3d")

    (card,) = (json.dumps(card) for card in cloud.teams.cards)
    assert "now@contoso.example" in card
    assert "Backfill" not in card


def test_a_day_of_every_stream_is_read_before_the_next_day(cloud: FakeCloud):
    read("--from", "4d")

    asked = [(one.resource, *TIME.search(one.query["$filter"]).groups()) for one in cloud.graph.asked if "$filter" in one.query]
    starts = [start for _, start, _ in asked]
    assert starts == sorted(starts)
    assert [resource for resource, *_ in asked] == ["signIns", "riskDetections"] * (len(asked) // 2)
    assert len(asked) >= 8


def test_a_repetition_changes_nothing_and_tells_nobody(cloud: FakeCloud):
    a_past(cloud)
    read("--from", "20d")
    before, cards = alerts(), len(cloud.teams.cards)
    Path("gatewatch-poll.sqlite").unlink()  # as from another machine: nothing is remembered but what is stored

    again = read("--from", "20d")

    assert (again.code, alerts(), len(cloud.teams.cards)) == (0, before, cards)


@pytest.mark.parametrize(("filled", "seen"), [(True, ["entra_unfamiliar_signin"]), (False, [])], ids=["with a past", "without"])
def test_familiarity_is_filled_so_that_a_first_time_is_seen_at_once(cloud: FakeCloud, filled: bool, seen: list[str]):
    new = {"ipAddress": "203.0.113.9", "location": {"countryOrRegion": "BR"}, "appId": PORTAL, "appDisplayName": "Azure Portal"}
    cloud.graph.add_sign_ins(*(sign_in(days(days=day)) for day in range(1, 20)), sign_in(days(minutes=10), **new))

    if filled:
        assert read("--from", "20d", "--to", "1d").code == 0
        assert alerts() == []
    run("poll", "--once")

    assert [alert.rule for alert in alerts()] == seen


def test_ctrl_c_keeps_what_was_read_and_the_same_command_goes_on(cloud: FakeCloud):
    a_past(cloud)
    with pytest.raises(KeyboardInterrupt):
        run("backfill", "azure", "--from", "20d", screen=Interrupting)
    with LocalState(Path("gatewatch-poll.sqlite"), TENANT, lambda: NOW) as state:
        stopped = {cursor.stream.split()[1]: cursor for cursor in state.cursors()}
    cloud.graph.asked.clear()

    ran = read("--from", "20d")

    assert {cursor.locked_until for cursor in stopped.values()} == {None}
    first = min(TIME.search(one.query["$filter"])[1] for one in cloud.graph.asked if one.resource == "signIns")
    assert first == stopped["sign_ins"].watermark.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert "going on with the backfill of" in ran.err
    assert (ran.code, len(alerts()), len(cloud.teams.cards)) == (0, 14, 2)


def test_graph_that_goes_away_in_between_loses_nothing(cloud: FakeCloud):
    a_past(cloud)
    cloud.graph.fail("signIns", *[faults.PASS] * 7, faults.status(503))

    away, back = read("--from", "20d"), read("--from", "20d")

    assert (away.code, back.code) == (2, 0)
    assert "what was read is kept, the same command goes on from there" in away.err
    assert (len(alerts()), len(cloud.teams.cards)) == (14, 2)


def test_another_process_at_the_same_stretch_is_left_alone(cloud: FakeCloud):
    a_past(cloud)
    with pytest.raises(KeyboardInterrupt):
        run("backfill", "azure", "--from", "20d", screen=Interrupting)
    with LocalState(Path("gatewatch-poll.sqlite"), TENANT, lambda: NOW) as state:
        now = datetime.now(UTC)
        for cursor in state.cursors():
            state.claim(cursor.stream, "another", now, now + timedelta(minutes=30))

    ran = read("--from", "20d")

    assert ran.code == 2
    assert "another process reads sign_ins of this time now" in ran.err


def test_a_channel_that_is_away_gets_its_message_with_the_next_run(cloud: FakeCloud):
    cloud.graph.add_sign_ins(risky_sign_in(days(days=3)))
    cloud.teams.then(503)
    away, back = read("--from", "5d"), read("--from", "5d")

    assert (away.code, back.code) == (1, 0)
    assert "the message about older alerts was not sent on teams" in away.err
    assert len(cloud.teams.cards) == 1


def test_a_time_before_what_graph_keeps_is_said(cloud: FakeCloud):
    ran = read("--from", "8w", "--to", "29d", "--json")

    assert ran.code == 0
    assert "Graph keeps 30 days" in ran.err
    assert json.loads(ran.out.splitlines()[-1])["counts"].get("slices_beyond_retention") is None


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        pytest.param(["--from", "2d", "--to", "3d"], "is not before --to", id="backwards"),
        pytest.param(["--from", "9w", "--to", "8w"], "Graph keeps 30 days", id="too old"),
        pytest.param(["--from", "soon"], "--from: 'soon' is no time", id="no time"),
    ],
)
def test_times_that_make_no_sense_are_refused(cloud: FakeCloud, argv: list[str], said: str):
    with pytest.raises(ConfigError, match=said):
        read(*argv)


def test_the_name_of_a_cursor_holds_the_whole_stretch():
    span = backfill.Slice(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))

    assert backfill.name_of("sign_ins", span) == "backfill sign_ins 2026-03-01T00:00:00 2026-03-02T00:00:00"


OTHER = "9a8b7c6d-2222-4333-8444-555566667777"


@pytest.mark.parametrize(("no_consent_in", "code", "done"), [([], 0, {TENANT, OTHER}), ([TENANT], 2, {OTHER})])
def test_the_past_of_every_tenant_is_read_and_one_that_fails_stops_no_other(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch, no_consent_in: list[str], code: int, done: set[str]
):
    application = {"GRAPH_CLIENT_ID": CLIENT_ID, "GRAPH_CLIENT_SECRET": APP_SECRET, "GRAPH_AUTHORITY": cloud.secure_url}
    for name, value in {**application, "FURTHER_TENANTS": OTHER, "REQUESTS_CA_BUNDLE": str(cloud.authority_file)}.items():
        monkeypatch.setenv(name, value)
    cloud.graph.tenant.no_consent_in = no_consent_in
    cloud.graph.add_sign_ins(risky_sign_in(days(days=3)))

    ran = read("--from", "4d", "--json", "--login", "auto")

    assert ran.code == code
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert {line["tenant"] for line in lines if "to" in line and line["counts"]["read"] == 1} == done
    assert {alert.key.account for alert in alerts()} <= done  # both show one id, whose newest version speaks
