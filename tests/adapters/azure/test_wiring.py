"""The wiring: an application's secret instead of the managed identity, over the token endpoint; tuning that is half broken."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from azure.data.tables import TableServiceClient

from azure_function.poller import Session
from azure_function.wiring import for_each_tenant, session
from gatewatch.errors import ConfigError
from gatewatch.flow.pipeline import sweep
from gatewatch.model import Severity
from gatewatch.polling.errors import SourceUnavailable
from gatewatch.polling.poll import poll
from gatewatch.ports import AlertQuery
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.records import beta_sign_in, risky_sign_in
from scripts.local_cloud.fake_cloud.server import APP_SECRET, CLIENT_ID, FakeCloud
from tests.support.mmdb import mmdb

ASN = {"autonomous_system_number": 64500, "autonomous_system_organization": "Example Net"}


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud() as running:
        yield running


@pytest.fixture
def environment(cloud: FakeCloud, storage: Azurite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
        monkeypatch.setenv(name, cloud.environment()[name])
    return {**cloud.environment(), **storage.environment(f"t{uuid4().hex}"), "GATEWATCH_STORE": f"sqlite:{tmp_path / 's.sqlite'}"}


def test_an_application_s_secret_gets_its_token_from_entra(cloud: FakeCloud, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    cloud.graph.add_sign_ins(risky_sign_in(datetime.now(UTC) - timedelta(minutes=5)))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cloud.authority_file))
    application = {"GRAPH_CLIENT_ID": CLIENT_ID, "GRAPH_CLIENT_SECRET": APP_SECRET, "GRAPH_AUTHORITY": cloud.secure_url}
    with session("w", {**environment, **application}) as now:
        assert poll(now.streams["sign_ins"], now.needs).counts["stored"] == 1
    assert cloud.resources_asked == [cloud.url]


UNRESOLVED = {"TEAMS_WEBHOOK_URL": "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/teams-webhook-url)"}


def test_an_unresolved_secret_of_a_channel_stops_nothing_and_its_notifications_wait(
    cloud: FakeCloud, environment: dict[str, str], repository: Path, caplog: pytest.LogCaptureFixture
):
    cloud.graph.add_sign_ins(risky_sign_in(datetime.now(UTC) - timedelta(minutes=5)))
    with session("w", {**environment, **UNRESOLVED}) as now:
        assert poll(now.streams["sign_ins"], now.needs).counts["stored"] == 1
        assert [alert.pending for alert in now.needs.ports.store.search(AlertQuery())] == [("teams",)]
    (line,) = (record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR)
    assert line.startswith("channel teams is not served, its notifications wait: TEAMS_WEBHOOK_URL is an unresolved Key Vault reference")
    assert "is not served, its notifications wait" in (repository / "infra/modules/alarms.bicep").read_text()
    with session("w", environment) as now:
        assert [sent.channel for sent in sweep(now.needs.ports).sent] == ["teams"]
    assert len(cloud.teams.cards) == 1


def test_a_broken_tuning_entry_is_named_and_detection_goes_on(environment: dict[str, str], caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.ERROR)
    tuning = 'break_glass = ["admin@contoso.example"]\nknown_networks = ["not a network"]\n'
    with session("w", {**environment, "TUNING": tuning}) as now:
        assert now.needs.ports.tuning.break_glass == ("admin@contoso.example",)
    assert "known_networks" in caplog.text


def test_the_setting_outranks_the_tuning(environment: dict[str, str]):
    with session("w", {**environment, "TUNING": 'notify_from = "low"', "NOTIFY_FROM": "critical"}) as now:
        assert now.needs.ports.tuning.notify_from is Severity.CRITICAL


def test_links_and_geography_reach_people(cloud: FakeCloud, environment: dict[str, str], tmp_path: Path):
    cloud.graph.add_sign_ins(risky_sign_in(datetime.now(UTC) - timedelta(minutes=5), ipAddress="198.51.100.7"))
    pages = {"RUNBOOK_BASE_URL": "https://wiki.example/playbooks", "ALERT_URL": "https://kibana.example/?id={id}"}
    geo = {"GATEWATCH_GEO": str(mmdb(tmp_path, "asn.mmdb", {"198.51.100.0/24": ASN}))}
    with session("w", {**environment, **pages, **geo}) as now:
        poll(now.streams["sign_ins"], now.needs)
    (card,) = (json.dumps(card) for card in cloud.teams.cards)
    assert "https://wiki.example/playbooks/" in card
    assert "https://kibana.example/?id=" in card
    assert ASN["autonomous_system_organization"] in card


def test_a_geography_file_that_is_not_there_is_named_and_detection_goes_on(environment: dict[str, str], caplog: pytest.LogCaptureFixture):
    with session("w", {**environment, "GATEWATCH_GEO": "absent.mmdb"}) as now:
        assert now.needs.ports.geo is None
    assert "no such file: absent.mmdb" in caplog.text


def test_streams_that_are_off_are_not_there(environment: dict[str, str]):
    with session("w", {**environment, "STREAMS": "risk_detections"}) as now:
        assert set(now.streams) == {"risk_detections", "risk_detections_undated"}


def test_auto_reads_what_only_beta_has(cloud: FakeCloud, environment: dict[str, str]):
    at = datetime.now(UTC) - timedelta(minutes=5)
    cli = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
    beta = {"signInEventTypes": ["nonInteractiveUser"], "isInteractive": False, "originalTransferMethod": "deviceCodeFlow"}
    cloud.graph.add_sign_ins(beta_sign_in(at, appId=cli, **beta))
    with session("w", {**environment, "GRAPH_API": "auto", "STREAMS": "sign_ins,non_interactive"}) as now:
        assert poll(now.streams["non_interactive"], now.needs).counts["stored"] == 1
        assert [alert.snapshot.rule for alert in now.needs.ports.store.search(AlertQuery())] == ["entra_device_code_signin"]
    assert {asked.path for asked in cloud.graph.asked} == {"/beta/auditLogs/signIns"}


def test_a_wrong_environment_opens_nothing(cloud: FakeCloud):
    with pytest.raises(ConfigError), session("w", {}):
        pytest.fail("opened")
    assert cloud.resources_asked == []


def test_state_is_kept_with_the_managed_identity_alone(cloud: FakeCloud, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    """Table and queue as in Azure: made beforehand, no key, the identity's token over TLS."""
    with Azurite(secure=True) as storage:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(storage.authority_file))
        with TableServiceClient.from_connection_string(storage.connection) as service:
            service.create_table("gatewatch").close()
        places = {"STATE_TABLE_ENDPOINT": storage.endpoint("Table"), "STATE_QUEUE_ENDPOINT": storage.endpoint("Queue")}
        cloud.graph.add_sign_ins(risky_sign_in(datetime.now(UTC) - timedelta(minutes=5)), {"poison": True})
        settings = {**environment, **places, "STATE_CONNECTION": "", "CHECKPOINT_TABLE": "gatewatch"}
        with session("w", settings) as now:
            report = poll(now.streams["sign_ins"], now.needs)
            again = poll(now.streams["sign_ins"], now.needs)
    assert (report.counts["stored"], report.counts["dead_letters"], again.state) == (1, 1, "done")
    assert set(cloud.resources_asked) == {cloud.url, "https://storage.azure.com"}


OTHER = "9a8b7c6d-2222-4333-8444-555566667777"


def test_several_tenants_share_a_run_and_one_that_fails_stops_no_other(
    cloud: FakeCloud, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(cloud.authority_file))
    application = {"GRAPH_CLIENT_ID": CLIENT_ID, "GRAPH_CLIENT_SECRET": APP_SECRET, "GRAPH_AUTHORITY": cloud.secure_url}
    cloud.graph.add_sign_ins(risky_sign_in(datetime.now(UTC) - timedelta(minutes=5)))
    seen: dict[str, float] = {}

    def work(now: Session) -> None:
        seen[now.needs.tenant] = now.needs.deadline.left()
        if now.needs.tenant == environment["TENANT_ID"]:
            raise SourceUnavailable("away")
        assert poll(now.streams["sign_ins"], now.needs).counts["stored"] == 1
        (alert,) = now.needs.ports.store.search(AlertQuery())
        assert alert.key.account == OTHER

    with pytest.raises(SourceUnavailable):
        for_each_tenant(work, "w", {**environment, **application, "FURTHER_TENANTS": f"{OTHER}, {environment['TENANT_ID'].upper()}"})
    assert list(seen) == [environment["TENANT_ID"], OTHER]
    assert seen[environment["TENANT_ID"]] < 160 < seen[OTHER]
    with TableServiceClient.from_connection_string(environment["STATE_CONNECTION"]) as tables:
        rows = tables.get_table_client(environment["CHECKPOINT_TABLE"]).list_entities()
        assert {row["PartitionKey"] for row in rows if row["RowKey"] == "sign_ins"} == {OTHER}


@pytest.mark.parametrize("tenants", ["contoso.example", OTHER])
def test_further_tenants_are_ids_and_need_an_application(environment: dict[str, str], tenants: str):
    with pytest.raises(ConfigError, match="FURTHER_TENANTS"):
        for_each_tenant(lambda _now: None, "w", {**environment, "FURTHER_TENANTS": tenants})
