"""`gatewatch poll`: the function's poller in a terminal, against the fake tenant, with files of this machine for store and state."""

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from azure_function import cli_poll
from azure_function.cli_state import LocalState
from gatewatch.cli.program import parser
from gatewatch.cli.screen import Screen
from gatewatch.errors import ConfigError, GatewatchError
from gatewatch.model import Alert, RawRecord
from gatewatch.ports import AlertQuery
from gatewatch.stores import open_store
from scripts.local_cloud.fake_cloud import faults
from scripts.local_cloud.fake_cloud.records import TENANT, directory_audit, risk_detection, risky_sign_in, sign_in
from scripts.local_cloud.fake_cloud.server import APP_SECRET, CLIENT_ID, FakeCloud

NOW = datetime.now(UTC)
type Gatewatch = Callable[..., "Ran"]


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def running() -> Iterator[FakeCloud]:
    with FakeCloud() as cloud:
        yield cloud


@pytest.fixture
def cloud(running: FakeCloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeCloud]:
    """Its settings are the environment's; the current folder is the test's own."""
    for name, value in running.environment().items():
        if name != "TEAMS_WEBHOOK_URL":
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("GRAPH_RETRIES", "1")
    monkeypatch.chdir(tmp_path)
    yield running
    running.graph.reset()
    running.teams.cards.clear()


@pytest.fixture
def poll(cloud: FakeCloud) -> Gatewatch:
    def run(*argv: str) -> Ran:
        screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
        options = parser([cli_poll.COMMAND]).parse_args(["poll", "--login", "managed", *argv])
        code = options.command.run(options, screen)
        return Ran(code, screen.out.getvalue(), screen.err.getvalue())

    return run


def alerts(store: str = "sqlite:gatewatch.sqlite") -> list[Alert]:
    with closing(open_store(store)) as opened:
        return opened.search(AlertQuery(limit=100))


def test_one_run_keeps_alerts_in_a_file_and_shows_them_once(cloud: FakeCloud, poll: Gatewatch):
    cloud.graph.add_sign_ins(risky_sign_in(NOW - timedelta(minutes=5)), sign_in(NOW - timedelta(minutes=6)))

    first, second = poll("--once"), poll("--once")

    assert [ran.code for ran in (first, second)] == [0, 0]
    assert [alert.rule for alert in alerts()] == ["entra_risky_signin"]
    assert (first.out.count("Next steps"), second.out.count("Next steps")) == (1, 0)
    assert "sign_ins: read up to" in first.out
    assert f"tenant {TENANT}: how far was read stands in gatewatch-poll.sqlite" in first.err


def test_what_a_person_changed_in_the_directory_stands_beside_the_alert_where_it_is_asked_for(
    cloud: FakeCloud, poll: Gatewatch, monkeypatch: pytest.MonkeyPatch
):
    cloud.graph.add_sign_ins(risky_sign_in(NOW - timedelta(minutes=50)))
    cloud.graph.add("directoryAudits", directory_audit(NOW - timedelta(minutes=36)), directory_audit(NOW, activity="Update user"))

    without = poll("--once")
    plain = [row.context for alert in alerts() for row in alert.snapshot.events]
    monkeypatch.setenv("STREAMS", "sign_ins,directory_audits")
    asked = poll("--once")

    assert (without.code, asked.code, plain) == (0, 0, [()])
    assert [row.context for alert in alerts() for row in alert.snapshot.events] == [("registered security info 14 min after the sign-in",)]
    assert "directory_audits: read up to" in asked.out
    assert not [one for one in cloud.graph.asked if one.resource == "directoryAudits" and "activityDateTime ge" not in str(one.query)]


def test_a_second_run_goes_on_where_the_first_one_stopped(cloud: FakeCloud, poll: Gatewatch):
    poll("--once")
    with LocalState(Path("gatewatch-poll.sqlite"), TENANT, lambda: NOW) as state:
        before = {cursor.stream: cursor.watermark for cursor in state.cursors()}
    poll("--once")
    with LocalState(Path("gatewatch-poll.sqlite"), TENANT, lambda: NOW) as state:
        after = {cursor.stream: cursor for cursor in state.cursors()}

    assert set(before) == set(after) >= {"sign_ins", "risk_detections", "risky_sign_ins"}
    assert all(after[stream].watermark > before[stream] and after[stream].locked_until is None for stream in before)


def test_a_channel_that_is_set_up_is_notified_instead_of_the_terminal(cloud: FakeCloud, poll: Gatewatch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TEAMS_WEBHOOK_URL", cloud.webhook)
    cloud.graph.add_sign_ins(risky_sign_in(NOW - timedelta(minutes=5)))

    ran = poll("--once")

    assert len(cloud.teams.cards) == 1
    assert "Next steps" not in ran.out


def test_machines_get_a_line_for_each_stream_and_people_read_alerts_beside_it(cloud: FakeCloud, poll: Gatewatch):
    cloud.graph.add_risk_detections(risk_detection(NOW - timedelta(minutes=5)))

    ran = poll("--once", "--json")

    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert {line["stream"]: line["state"] for line in lines} | {"risk_detections": "done"} == {line["stream"]: "done" for line in lines}
    assert next(line for line in lines if line["stream"] == "risk_detections")["counts"]["read"] == 1


def test_a_stream_that_fails_is_named_with_the_way_on_and_the_others_are_read(cloud: FakeCloud, poll: Gatewatch):
    cloud.graph.tenant.roles = ["AuditLog.Read.All"]

    ran = poll("--once")

    assert ran.code == 1
    assert "risk_detections was not read: Graph answered 403 Authorization_RequestDenied" in ran.err
    assert "the application lacks a permission" in ran.err
    assert "gatewatch doctor azure looks closer" in ran.err
    assert "sign_ins: read up to" in ran.out


def test_graph_that_is_away_is_said_and_the_next_run_reads_what_was_missed(cloud: FakeCloud, poll: Gatewatch):
    cloud.graph.add_sign_ins(risky_sign_in(NOW - timedelta(minutes=5)))
    cloud.graph.outage("signIns", faults.status(503))
    away = poll("--once")
    cloud.graph.outage("signIns", None)
    back = poll("--once")

    assert (away.code, back.code) == (1, 0)
    assert "sign_ins was not read: Graph signIns did not answer" in away.err
    assert len(alerts()) == 1


def test_the_streams_of_another_terminal_are_left_to_it(cloud: FakeCloud, poll: Gatewatch):
    with LocalState(Path("gatewatch-poll.sqlite"), TENANT, lambda: NOW) as state:
        state.claim("sign_ins", "another", NOW, datetime.now(UTC) + timedelta(minutes=30))  # NOW was when the tests were collected

    ran = poll("--once")

    assert ran.code == 1
    assert "sign_ins: another terminal or a run that died holds it" in ran.out


class Interrupted(Screen):
    """A person who presses Ctrl-C while the first page is on its way."""

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        def interrupt(_done: int) -> None:
            raise KeyboardInterrupt

        yield interrupt


def test_ctrl_c_gives_the_lease_back_and_the_next_run_reads_everything(cloud: FakeCloud, poll: Gatewatch):
    cloud.graph.add_sign_ins(risky_sign_in(NOW - timedelta(minutes=5)))
    options = parser([cli_poll.COMMAND]).parse_args(["poll", "--login", "managed", "--once"])

    with pytest.raises(KeyboardInterrupt):
        options.command.run(options, Interrupted(io.StringIO(), io.StringIO(), io.StringIO()))

    with LocalState(Path("gatewatch-poll.sqlite"), TENANT, lambda: NOW) as state:
        (cursor,) = state.cursors()
    assert (cursor.locked_until, cursor.watermark) == (None, None)
    assert poll("--once").code == 0
    assert len(alerts()) == 1


def test_it_goes_on_until_it_is_interrupted(cloud: FakeCloud, poll: Gatewatch, monkeypatch: pytest.MonkeyPatch):
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", pause)

    with pytest.raises(KeyboardInterrupt):
        poll("--every", "7")

    assert all(400 < seconds <= 420 for seconds in pauses)
    swept = [asked for asked in cloud.graph.asked if "riskState" in asked.query.get("$filter", "")]
    assert len(swept) == 2  # the two days of the sweep, read in the first of two runs


def test_a_person_signs_in_with_a_code(cloud: FakeCloud, poll: Gatewatch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GRAPH_AUTHORITY", cloud.secure_url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cloud.authority_file))
    cloud.graph.add_sign_ins(risky_sign_in(NOW - timedelta(minutes=5)))

    ran = poll("--once", "--login", "device")

    assert ran.code == 0
    assert f"open {cloud.secure_url}/device and enter the code ABCD1234" in ran.err
    assert len(alerts()) == 1


OTHER = "9a8b7c6d-2222-4333-8444-555566667777"


@pytest.fixture
def two_tenants(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> FakeCloud:
    """An application that reads two tenants; both show the same records."""
    application = {"GRAPH_CLIENT_ID": CLIENT_ID, "GRAPH_CLIENT_SECRET": APP_SECRET, "GRAPH_AUTHORITY": cloud.secure_url}
    for name, value in {**application, "FURTHER_TENANTS": OTHER, "REQUESTS_CA_BUNDLE": str(cloud.authority_file)}.items():
        monkeypatch.setenv(name, value)
    cloud.graph.add_sign_ins(risky_sign_in(NOW - timedelta(minutes=5)))
    return cloud


@pytest.mark.parametrize(
    ("no_consent_in", "code", "read"),
    [
        pytest.param([], 0, {TENANT, OTHER}, id="both let it in"),
        pytest.param([OTHER], 1, {TENANT}, id="the further one does not"),
        pytest.param([TENANT], 1, {OTHER}, id="the first one does not"),
    ],
)
def test_every_tenant_of_the_settings_is_read_and_one_that_fails_stops_no_other(
    two_tenants: FakeCloud, poll: Gatewatch, no_consent_in: list[str], code: int, read: set[str]
):
    two_tenants.graph.tenant.no_consent_in = no_consent_in

    ran = poll("--once", "--json", "--login", "auto")

    lines = [json.loads(line) for line in ran.out.splitlines()]
    states = {tenant: {line["state"] for line in lines if line["tenant"] == tenant} for tenant in (TENANT, OTHER)}
    assert ran.code == code
    assert states == {tenant: {"done"} if tenant in read else {"failed"} for tenant in (TENANT, OTHER)}
    assert {line["tenant"] for line in lines if line["stream"] == "sign_ins" and line.get("counts", {}).get("read") == 1} == read
    assert {alert.key.account for alert in alerts()} <= read  # both show one id, whose newest version speaks
    assert all(f"{tenant}: Entra refuses a token for Graph (AADSTS700016)" in ran.err for tenant in no_consent_in)


def test_lines_for_people_say_whose_they_are_where_there_are_several(two_tenants: FakeCloud, poll: Gatewatch):
    assert f" {OTHER}: sign_ins: read up to" in poll("--once", "--login", "auto").out


def test_one_tenant_alone_is_read_on_demand(two_tenants: FakeCloud, poll: Gatewatch):
    ran = poll("--once", "--login", "auto", "--tenant", OTHER)

    assert ran.code == 0
    assert {alert.key.account for alert in alerts()} == {OTHER}
    assert f"{OTHER}: sign_ins" not in ran.out


def test_where_no_tenant_lets_it_in_nothing_is_opened(two_tenants: FakeCloud, poll: Gatewatch):
    two_tenants.graph.tenant.no_consent_in = [TENANT, OTHER]

    with pytest.raises(ConfigError, match="AADSTS700016"):
        poll("--once", "--login", "auto")


def test_app_settings_of_the_function_are_taken_from_a_file(cloud: FakeCloud, poll: Gatewatch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TENANT_ID")
    listed = [
        {"name": "TENANT_ID", "value": TENANT, "slotSetting": False},
        {"name": "TEAMS_WEBHOOK_URL", "value": "@Microsoft.KeyVault(x)"},
    ]
    Path("settings.json").write_text(json.dumps(listed))

    ran = poll("--once", "--app-settings", "settings.json")

    assert ran.code == 0
    assert "in the Key Vault, so that the environment must give them where they are needed: TEAMS_WEBHOOK_URL" in ran.err


@pytest.mark.parametrize(
    ("without", "argv", "said"),
    [
        pytest.param(["TENANT_ID"], [], "TENANT_ID is not set: the Entra tenant", id="no tenant"),
        pytest.param([], ["--login", "environment"], "nobody is signed in to Azure here: az login", id="nobody is signed in"),
        pytest.param(["IDENTITY_ENDPOINT"], ["--login", "cli"], "nobody is signed in to Azure here: az login", id="no az login"),
        pytest.param([], ["--store", "nowhere:x"], "unknown store", id="no store"),
        pytest.param([], ["--state", "store.sqlite"], "is another program's file, or a store", id="the store as state"),
        pytest.param([], ["--app-settings", "store.sqlite"], "is not what `az functionapp config appsettings list", id="no settings"),
    ],
)
def test_what_is_missing_is_named_with_its_fix(poll: Gatewatch, monkeypatch: pytest.MonkeyPatch, without, argv, said):
    with closing(open_store("sqlite:store.sqlite")):
        pass
    for name in without:
        monkeypatch.delenv(name)

    with pytest.raises(ConfigError, match=said.replace("(", r"\(")):
        poll("--once", *argv)


def test_a_record_that_nobody_can_read_is_kept_once_for_deadletter(cloud: FakeCloud):
    with LocalState(Path("gatewatch-poll.sqlite"), TENANT, lambda: NOW) as state:
        raw = RawRecord(data={"a": 1}, origin="graph:signIns")
        assert [state.put(raw, "unrecognised_record", ""), state.put(raw, "unrecognised_record", "")] == [True, False]
        assert state.dead_letters() == 1

    (line,) = Path("gatewatch-poll-dead-letters.jsonl").read_text().splitlines()
    assert json.loads(line)["record"]["data"] == {"a": 1}


def test_a_dead_letter_for_which_there_is_no_room_is_said_and_not_forgotten(tmp_path: Path):
    with LocalState(tmp_path / "state.sqlite", TENANT, lambda: NOW) as state:
        state.dead_letter_file.symlink_to("/dev/full")
        with pytest.raises(GatewatchError, match="No space left on device"):
            state.put(RawRecord(data={"a": 1}, origin="graph:signIns"), "unrecognised_record", "")
        assert state.dead_letters() == 0


def test_a_state_file_that_is_damaged_is_named_at_every_call(tmp_path: Path):
    file = tmp_path / "state.sqlite"
    with LocalState(file, TENANT, lambda: NOW) as state:
        state.add_marks([f"mark {number}" for number in range(2000)])
        state.claim("sign_ins", "w", NOW, NOW)
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with LocalState(file, TENANT, lambda: NOW) as state:
        for call in (state.cursors, state.marks, state.announced, lambda: state.claim("sign_ins", "w", NOW, NOW)):
            with pytest.raises(GatewatchError, match=r"state\.sqlite: .*malformed"):
                call()
