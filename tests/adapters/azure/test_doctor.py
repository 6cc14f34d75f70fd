"""`gatewatch doctor azure` over a whole installation: fake tenant, storage emulator, real Elasticsearch. Healthy says nothing; each planted fault is named."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from azure_function import cli_doctor
from azure_function.jobs import poll_each
from azure_function.wiring import session
from gatewatch import __version__
from gatewatch.cli.program import parser
from gatewatch.cli.screen import Screen
from gatewatch.stores.elastic.names import Names
from gatewatch.stores.elastic.roles import KeyRole, api_key
from gatewatch.stores.elastic.setup import apply
from scripts.local_cloud.azurite import Azurite
from scripts.local_cloud.fake_cloud.records import TENANT, beta_sign_in
from scripts.local_cloud.fake_cloud.server import APP_SECRET, CLIENT_ID, FakeCloud
from tests.e2e.azure_world import ago
from tests.elastic_server.fixtures import Elastic
from tests.support.azure_faults import ALONE, FAULTS, LISTED, ROLES, Installation, PlantedFault

pytestmark = [pytest.mark.elastic, pytest.mark.storage]
LEADS_TO_AWS = {"appId": LISTED, "displayName": "AWS", "applicationTemplateId": "8b1025e4-1dd2-430b-a150-2ef79cd700f5"}
LASTING = {"appId": CLIENT_ID, "passwordCredentials": [{"endDateTime": "2099-01-01T00:00:00Z"}], "keyCredentials": []}


class Ward:
    """An installation, its settings, and what the doctor says of it."""

    def __init__(self, here: Installation, settings: dict[str, str]) -> None:
        self.here, self.settings = here, settings

    def examine(self, *argv: str) -> tuple[int, dict[str, Any]]:
        screen = Screen(io.StringIO(), io.StringIO(), io.StringIO())
        options = parser([cli_doctor.COMMAND]).parse_args(["doctor", "azure", "--json", *argv])
        code = cli_doctor.COMMAND.run(options, screen)
        return code, json.loads(screen.out.getvalue())

    @contextmanager
    def with_fault(self, fault: PlantedFault) -> Iterator[None]:
        undo = fault.plant(self.here)
        try:
            yield
        finally:
            undo()


@pytest.fixture(scope="module")
def cloud() -> Iterator[FakeCloud]:
    with FakeCloud() as running:
        yield running


@pytest.fixture(scope="module")
def installation(cloud: FakeCloud, storage: Azurite, elastic_server: Elastic) -> Installation:
    """Set up as docs/azure.md says."""
    namespace = f"doctor{uuid4().hex[:8]}"
    apply(elastic_server.admin(), Names(namespace))
    rights = api_key(Names(namespace), KeyRole.HOST_AZURE)["role_descriptors"]
    return Installation(
        cloud=cloud.url,
        connection=storage.connection,
        state=f"t{uuid4().hex}",
        tenant=TENANT,
        client=CLIENT_ID,
        index=elastic_server.server,
        namespace=namespace,
        key=elastic_server.server.key(rights),
        rights=rights,
    )


@pytest.fixture(scope="module")
def ward(cloud: FakeCloud, installation: Installation, storage: Azurite) -> Iterator[Ward]:
    """The installation after its first polls: every stream was read, the policy is seeded, the indices are there."""
    here, url = installation, urlsplit(installation.index.url)
    settings = {
        **cloud.environment(),
        **storage.environment(here.state),
        "GRAPH_API": "auto",
        "GRAPH_CLIENT_ID": CLIENT_ID,
        "GRAPH_CLIENT_SECRET": APP_SECRET,
        "GRAPH_AUTHORITY": cloud.secure_url,
        "REQUESTS_CA_BUNDLE": str(cloud.authority_file),
        "TEAMS_WEBHOOK_URL": cloud.door,
        "TEMPLATE_VERSION": __version__,
        "TUNING": f'aws_app_ids = ["{LISTED}"]',
        "ELASTIC_URL": f"{url.scheme}://{url.hostname}:{url.port}",
        "ELASTIC_NAMESPACE": here.namespace,
        "ELASTIC_API_KEY": here.key,
        **({"ELASTIC_CA_FILE": str(here.index.ca)} if here.index.ca else {}),
    }
    here.tenant_is(roles=ROLES, service_principals=[LEADS_TO_AWS], applications=[LASTING])
    here.control(
        "POST",
        "records/signIns",
        [beta_sign_in(ago(minutes=5)), beta_sign_in(ago(minutes=6), riskState="atRisk", riskLevelDuringSignIn="high")],
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        with session("w") as now:
            poll_each(list(now.streams.values()), now.needs)
        yield Ward(here, settings)


def named(said: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["id"], one["subject"]) for one in said["findings"]}


def expected(*faults: PlantedFault) -> set[tuple[str, str]]:
    return {(fault.finding, CLIENT_ID if fault.subject == "CLIENT" else fault.subject) for fault in faults}


def test_a_healthy_installation_gives_no_finding(ward: Ward):
    code, said = ward.examine()

    assert (said["findings"], said["not_looked"]) == ([], [])
    assert (code, said["state"]) == (0, "healthy")
    assert len(said["checks"]) == len(set(said["checks"])) >= 17


@pytest.mark.parametrize("fault", [*FAULTS, *ALONE], ids=str)
def test_a_planted_fault_is_named_and_nothing_else(ward: Ward, fault: PlantedFault):
    with ward.with_fault(fault):
        code, said = ward.examine()

    assert named(said) == expected(fault)
    assert code == 1


def test_two_faults_at_once_give_both(ward: Ward):
    wrong, pairs = {}, 0
    for number, one in enumerate(FAULTS):
        with ward.with_fault(one):
            for other in FAULTS[number + 1 :]:
                with ward.with_fault(other):
                    said = named(ward.examine()[1])
                pairs += 1
                if said != expected(one, other):
                    wrong[f"{one} + {other}"] = said

    assert wrong == {}
    assert pairs == len(FAULTS) * (len(FAULTS) - 1) // 2 >= 66
    assert ward.examine()[0] == 0
