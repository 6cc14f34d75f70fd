"""What each option of the Azure template deploys: a closed network, an Event Hub, instances that are ready, dates at which secrets end."""

from typing import Any

import pytest

from tests.support.bicep.arm import INFRA, OPTIONS, OWN_SUBNETS, PLAIN
from tests.support.bicep.template import evaluate


def deployed(kind: str, option: str) -> list[dict[str, Any]]:
    return evaluate(INFRA / "main.bicep", OPTIONS[option]).of(kind)


@pytest.mark.parametrize("option", ["private", "own-subnets", "full"])
def test_a_private_installation_is_closed_to_the_internet(option: str):
    for kind in ("Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults"):
        (found,) = deployed(kind, option)
        assert found["properties"]["publicNetworkAccess"] == "Disabled"
        assert found["properties"]["networkAcls"] == {"bypass": "None", "defaultAction": "Deny"}
    endpoints = deployed("Microsoft.Network/privateEndpoints", option)
    groups = [one["properties"]["privateLinkServiceConnections"][0]["properties"]["groupIds"] for one in endpoints]
    assert groups == [["blob"], ["table"], ["queue"], ["vault"]]
    (site,) = deployed("Microsoft.Web/sites", option)
    assert site["properties"]["virtualNetworkSubnetId"]


def test_a_network_of_ones_own_is_used_and_none_is_made():
    (site,) = deployed("Microsoft.Web/sites", "own-subnets")
    assert site["properties"]["virtualNetworkSubnetId"] == OWN_SUBNETS["functionSubnetId"]
    assert {one["properties"]["subnet"]["id"] for one in deployed("Microsoft.Network/privateEndpoints", "own-subnets")} == {
        OWN_SUBNETS["endpointSubnetId"]
    }
    for kind in ("virtualNetworks", "privateDnsZones", "privateDnsZones/virtualNetworkLinks"):
        assert deployed(f"Microsoft.Network/{kind}", "own-subnets") == []


def test_the_made_network_gives_the_function_a_delegated_subnet_apart_from_the_endpoints():
    (network,) = deployed("Microsoft.Network/virtualNetworks", "private")
    function, endpoints = network["properties"]["subnets"]
    assert [one["properties"]["serviceName"] for one in function["properties"]["delegations"]] == ["Microsoft.App/environments"]
    assert (function["properties"]["addressPrefix"], endpoints["properties"]["addressPrefix"]) == ("10.71.0.0/26", "10.71.0.64/26")


def test_zones_of_the_private_endpoints_are_linked_to_the_network():
    zones = [one["name"] for one in deployed("Microsoft.Network/privateDnsZones", "private")]
    assert zones == [*(f"privatelink.{part}.core.windows.net" for part in ("blob", "table", "queue")), "privatelink.vaultcore.azure.net"]
    links = deployed("Microsoft.Network/privateDnsZones/virtualNetworkLinks", "private")
    assert [one["properties"]["virtualNetwork"]["id"] for one in links] == ["network.id"] * 4


@pytest.mark.parametrize(("option", "ready"), [("plain", []), ("full", ["poll_sign_ins", "poll_risk_detections", "push_entra"])])
def test_what_is_always_ready_are_functions_that_exist(option: str, ready: list[str]):
    (site,) = deployed("Microsoft.Web/sites", option)
    found = site["properties"]["functionAppConfig"]["scaleAndConcurrency"]["alwaysReady"]
    assert found == [{"name": f"function:{name}", "instanceCount": 1} for name in ready]


def test_the_hub_is_listened_to_by_the_identity_and_sent_to_by_a_rule():
    (hub,) = deployed("Microsoft.EventHub/namespaces/eventhubs", "hub")
    assert hub["properties"]["retentionDescription"] == {"cleanupPolicy": "Delete", "retentionTimeInHours": 72}
    roles = [one for one in deployed("Microsoft.Authorization/roleAssignments", "hub") if one["scope"] == "entra"]
    assert [str(one["properties"]["roleDefinitionId"]).rpartition("/")[2] for one in roles] == ["a638d3c7-ab3a-418d-83e6-5f17a39d4fde"]
    assert deployed("Microsoft.EventHub/namespaces", "plain") == []
    (setting,) = evaluate(INFRA / "entra_diagnostics.bicep", {"eventHubRuleId": "r", "eventHubName": "h"}).resources
    assert {one["category"] for one in setting.body["properties"]["logs"]} == {
        "SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs", "UserRiskEvents",
        "ServicePrincipalRiskEvents", "AuditLogs",
    }  # fmt: skip


def test_the_alarms_know_the_hub_and_the_streams_that_settings_name():
    given = {**PLAIN, "alarmEmail": "a@b.example", "settings": {"STREAMS": "sign_ins"}, "streams": "risk_detections"}
    rules = {one["name"]: one["properties"] for one in evaluate(INFRA / "main.bicep", given).of("Microsoft.Insights/scheduledQueryRules")}
    assert '"sign_ins"' in rules["gatewatch-no-data"]["criteria"]["allOf"][0]["query"]
    assert not [name for name in rules if "hub" in name or "secret" in name]
    assert "gatewatch-no-beta" in rules
    without = evaluate(INFRA / "main.bicep", {**given, "settings": {"GRAPH_API": "v1.0"}}).of("Microsoft.Insights/scheduledQueryRules")
    assert "gatewatch-no-beta" not in [one["name"] for one in without]
    with_hub = [one["name"] for one in deployed("Microsoft.Insights/scheduledQueryRules", "hub")]
    assert {"gatewatch-hub-retention", "gatewatch-hub-silent"} <= set(with_hub)


def test_secrets_end_when_the_parameter_says():
    for option, ends in (("secrets", None), ("full", 1814313600)):
        found = {one["name"]: one["properties"]["attributes"].get("exp") for one in deployed("Microsoft.KeyVault/vaults/secrets", option)}
        assert len(found) == 6
        assert set(found.values()) == {ends}


def test_who_reads_secrets_and_changes_state_is_logged():
    logs = [one["scope"] for one in deployed("Microsoft.Insights/diagnosticSettings", "full")]
    assert sorted(logs) == ["namespace", "queues", "tables", "vault"]
