"""The Azure template against the code it deploys and against our own policy. Two parsers read it; `bicep build` is not available here."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pycep import BicepParser

from azure_function import endpoint_settings, hub_settings, settings
from gatewatch import geo
from gatewatch.notify import settings as notify
from gatewatch.settings import SecretField
from gatewatch.stores import settings as stores
from tests.support.bicep.arm import FULL, INFRA, PLAIN
from tests.support.bicep.template import evaluate

HOST_SETTINGS = {
    *(f"EVENT_HUB__{name}" for name in ("fullyQualifiedNamespace", "credential", "clientId")),
    *(f"AzureWebJobsStorage__{name}" for name in ("credential", "clientId", "blobServiceUri")),
    *(f"APPLICATIONINSIGHTS_{name}_STRING" for name in ("CONNECTION", "AUTHENTICATION")),
}
ROLES = {
    "a638d3c7-ab3a-418d-83e6-5f17a39d4fde": "entra",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "account",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "table",
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": "queue",
    "4633458b-17de-408a-b874-0445c86b69e6": "vault",
    "3913510d-42f4-4e42-8a64-420c390055eb": "insights",
}
PARSED = (
    "main.bicep",
    "entra_diagnostics.bicep",
    *(
        f"modules/{name}.bicep"
        for name in ("alarms", "endpoint", "endpoints", "function", "hub", "identity", "monitoring", "network", "roles", "storage", "vault")
    ),
)


@pytest.fixture(scope="module")
def infra(repository: Path) -> Path:
    return repository / "infra"


@pytest.fixture(scope="module")
def trees(infra: Path) -> dict[str, Any]:
    return {name: BicepParser().parse(file_path=infra / name) for name in PARSED}


def resources(trees: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [r["config"] for tree in trees.values() for r in tree.get("resources", {}).values() if r["type"] == kind and not r["existing"]]


@pytest.fixture(scope="module")
def site(trees: dict[str, Any]) -> dict[str, Any]:
    (found,) = resources(trees, "Microsoft.Web/sites")
    return found


def settings_with(**given: Any) -> dict[str, Any]:
    """The app settings of the site with these parameters."""
    (found,) = evaluate(INFRA / "main.bicep", {**PLAIN, **given}).of("Microsoft.Web/sites")
    return {one["name"]: one["value"] for one in found["properties"]["siteConfig"]["appSettings"]}


@pytest.fixture(scope="module")
def app_settings() -> dict[str, Any]:
    """Those that the template sets itself, with every option on."""
    return settings_with(**FULL)


READ_SECRETS = (
    stores.ELASTIC_API_KEY,
    endpoint_settings.ENDPOINT_ELASTIC_API_KEY,
    *(one for one in notify.settings(settings.OWN_CHANNELS) if isinstance(one, SecretField)),
)
READ = {one.name for one in (*settings.SETTINGS, *settings.SCHEDULES, *endpoint_settings.SETTINGS, *hub_settings.SETTINGS)}


def test_every_file_of_the_template_is_checked(infra: Path):
    assert {p.relative_to(infra).as_posix() for p in infra.rglob("*.bicep")} == {*PARSED, "graph_permissions.bicep"}


def test_every_setting_that_the_template_sets_is_read_by_somebody(app_settings: dict[str, Any]):
    assert set(app_settings) - HOST_SETTINGS <= READ


def test_every_setting_of_the_code_can_be_set_with_one_parameter():
    told = {name: f"of {name}" for name in READ}
    assert settings_with(settings=told).items() >= told.items()
    assert (
        settings_with(settings={"OVERLAP_MINUTES": 120, "GRAPH_API": "beta"}).items()
        >= {"OVERLAP_MINUTES": "120", "GRAPH_API": "beta"}.items()
    )


def test_what_both_clouds_can_be_told_of_people_can_be_set(app_settings: dict[str, Any]):
    """Channels, links and geography; a new channel needs its own parameter in the template."""
    assert {one.name for one in (*notify.settings(settings.OWN_CHANNELS), geo.GATEWATCH_GEO)} <= set(app_settings)


def test_the_code_is_content_with_what_the_template_sets(app_settings: dict[str, Any]):
    values = {name: re.sub(r"^<?account\.properties.*", "https://x.example", str(value)) for name, value in app_settings.items()}
    values |= {name: "x" for name, value in values.items() if value.startswith("@Microsoft.KeyVault")}
    values |= dict.fromkeys(("TEAMS_WEBHOOK_URL", "SLACK_WEBHOOK_URL", "WEBHOOK_URL"), "https://hooks.example/x")
    found = settings.load(values)
    endpoint = endpoint_settings.load(values | {"ENDPOINT_INDICES": "default"})
    assert endpoint is not None
    assert endpoint.connection()["ELASTIC_URL"] == PLAIN["elasticUrl"]
    assert (found.values[settings.STATE_TABLE_ENDPOINT], found.graph.client_id) == ("https://x.example", "identity.properties.clientId")
    assert found.values[stores.ELASTIC_API_KEY]
    assert hub_settings.is_on(values)
    assert not hub_settings.is_on(settings_with())


def test_every_placeholder_of_a_binding_is_set(repository: Path, app_settings: dict[str, Any]):
    code = "".join((repository / "azure_function" / f"{name}.py").read_text() for name in ("app", "hub"))
    schedules = set(re.findall(r"%(\w+)%", code))
    hub = {hub_settings.EVENT_HUB_NAME.name, hub_settings.EVENT_HUB_CONSUMER_GROUP.name}
    assert schedules == {"POLL_SCHEDULE", "SWEEP_SCHEDULE"}
    assert schedules | hub <= set(app_settings)
    assert schedules <= set(settings_with())


def test_the_connection_of_the_hub_is_the_identity_s(app_settings: dict[str, Any]):
    prefix = hub_settings.CONNECTION
    host = {name: value for name, value in app_settings.items() if name.startswith(f"{prefix}__")}
    assert set(host) == {f"{prefix}__{name}" for name in ("fullyQualifiedNamespace", "credential", "clientId")}
    assert (host[f"{prefix}__credential"], host[f"{prefix}__clientId"]) == ("managedidentity", "identity.properties.clientId")
    assert not [name for name in settings_with() if name.startswith(prefix)]


@pytest.mark.parametrize("name", ["pollSchedule", "sweepSchedule"])
def test_schedules_have_the_six_fields_of_ncrontab(trees: dict[str, Any], name: str):
    schedule = trees["main.bicep"]["parameters"][name]["default"]
    assert re.fullmatch(r"[\d*/,-]+( [\d*/,-]+){5}", schedule)


@pytest.mark.parametrize("name", [one.name for one in READ_SECRETS])
def test_secrets_are_key_vault_references(app_settings: dict[str, Any], name: str):
    assert re.fullmatch(r"@Microsoft\.KeyVault\(SecretUri=<vault\.properties\.vaultUri>secrets/[a-z-]+\)", app_settings[name])


def test_the_endpoint_stream_is_off_and_its_own_key_a_reference_where_there_is_one():
    plain = settings_with()
    assert (plain["ENDPOINT_INDICES"], plain["ENDPOINT_ELASTIC_API_KEY"]) == ("", "")


def test_no_key_is_listed_and_no_secret_leaves_the_template(infra: Path):
    text = "\n".join(p.read_text() for p in infra.rglob("*.bicep"))
    assert not re.search(r"listKeys|listAccountSas|AccountKey|connectionStrings|SharedAccessKey", text)
    outputs = [line for line in text.splitlines() if line.startswith("output")]
    assert not [line for line in outputs if re.search(r"secret|password|apiKey|webhookUrl", line, re.IGNORECASE)]


@pytest.mark.parametrize("file", ["main.bicep", "modules/vault.bicep"])
@pytest.mark.parametrize("name", ["elasticApiKey", "endpointElasticApiKey", "teamsWebhookUrl"])
def test_secret_parameters_are_secure(trees: dict[str, Any], file: str, name: str):
    assert "secure" in json.dumps(trees[file]["parameters"][name]["decorators"])


def test_the_site_speaks_tls_only_and_takes_no_passwords(trees: dict[str, Any], site: dict[str, Any]):
    config = site["properties"]["siteConfig"]
    assert site["properties"]["httpsOnly"] is True
    assert (config["minTlsVersion"], config["scmMinTlsVersion"]) == ("1.2", "1.2")
    policies = resources(trees, "Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    assert {p["name"]: p["properties"]["allow"] for p in policies} == {"scm": False, "ftp": False}


def test_the_site_runs_python_3_13_on_flex_consumption_with_its_own_identity(trees: dict[str, Any], site: dict[str, Any]):
    app_config = site["properties"]["functionAppConfig"]
    assert app_config["runtime"] == {"name": "python", "version": "3.13"}
    assert app_config["deployment"]["storage"]["authentication"]["type"] == "UserAssignedIdentity"
    assert site["identity"]["type"] == "UserAssigned"
    (plan,) = resources(trees, "Microsoft.Web/serverfarms")
    assert plan["sku"] == {"tier": "FlexConsumption", "name": "FC1"}


def test_the_site_configuration_has_nothing_that_flex_consumption_refuses(site: dict[str, Any]):
    """``ftpsState`` fails a deployment with error 51021 where the region validates it (microsoft/azure-pipelines-tasks#21032)."""
    assert set(site["properties"]["siteConfig"]) == {"minTlsVersion", "scmMinTlsVersion", "http20Enabled", "appSettings"}


def test_settings_that_flex_consumption_refuses_are_absent(app_settings: dict[str, Any]):
    assert not {"FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_RUN_FROM_PACKAGE", "AzureWebJobsStorage"} & set(
        app_settings
    )


def test_storage_has_no_keys_no_public_blobs_and_tls_1_2(trees: dict[str, Any]):
    (account,) = resources(trees, "Microsoft.Storage/storageAccounts")
    wanted = {
        "allowSharedKeyAccess": False,
        "allowBlobPublicAccess": False,
        "allowCrossTenantReplication": False,
        "supportsHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
    }
    assert {name: account["properties"][name] for name in wanted} == wanted


def test_table_and_queue_carry_the_names_the_code_expects(trees: dict[str, Any]):
    (table,) = resources(trees, "Microsoft.Storage/storageAccounts/tableServices/tables")
    (queue,) = resources(trees, "Microsoft.Storage/storageAccounts/queueServices/queues")
    assert (table["name"], queue["name"]) == (settings.CHECKPOINT_TABLE.default, settings.DEAD_LETTER_QUEUE.default)


def test_the_vault_gives_access_by_role_and_can_be_had_back(trees: dict[str, Any]):
    (vault,) = resources(trees, "Microsoft.KeyVault/vaults")
    properties = vault["properties"]
    assert properties["enableRbacAuthorization"] is True
    assert properties["enablePurgeProtection"] is True


def test_the_identity_holds_these_roles_at_these_scopes_and_no_other(trees: dict[str, Any], infra: Path):
    text = "".join((infra / f"modules/{name}.bicep").read_text() for name in ("roles", "hub"))
    named = dict(re.findall(r"^var (\w+) = '([0-9a-f-]{36})'", text, re.MULTILINE))
    held = {}
    for assignment in resources(trees, "Microsoft.Authorization/roleAssignments"):
        text = json.dumps(assignment["properties"]["roleDefinitionId"])
        (role,) = {variable for variable in named if re.search(rf"\b{variable}\b", text)}
        held[named[role]] = assignment["scope"]
    assert held == ROLES


def test_telemetry_is_written_with_the_identity_only(trees: dict[str, Any], app_settings: dict[str, Any]):
    (insights,) = resources(trees, "Microsoft.Insights/components")
    assert insights["properties"]["DisableLocalAuth"] is True
    assert app_settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] == "ClientId=<identity.properties.clientId>;Authorization=AAD"


def test_every_module_gets_exactly_its_parameters(trees: dict[str, Any]):
    for module in trees["main.bicep"]["modules"].values():
        declared = trees[module["detail"]["path"]]["parameters"]
        config = module["config"]
        given = set(config.get("config", config)["params"])  # a conditional module lies one level deeper
        assert {name for name, p in declared.items() if p.get("default") is None} <= given <= set(declared)
