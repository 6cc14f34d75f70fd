"""How an Entra sign-in was made: which flow and place are features of a person, who is a workload, what the synchronisation uses."""

import pytest

from gatewatch.model import Fact
from gatewatch.providers.catalogue import BY_ID, provider_of
from gatewatch.providers.entra.control_planes import control_plane
from gatewatch.providers.entra.detail import EntraSubject, sign_in_of
from gatewatch.providers.entra.facts import entra_facts
from gatewatch.providers.entra.samples import detection, sign_in
from gatewatch.providers.rule import Window
from gatewatch.tuning import Tuning

CONNECT = {"upn": "Sync_DC01_1a2b3c4d5e6f@contoso.onmicrosoft.com"}
APPLICATION = {
    "subject": EntraSubject.SERVICE_PRINCIPAL, "stream": "serviceprincipal", "service_principal_name": "ConnectSyncProvisioning_DC01_1a2b3c4d5e6f",
}  # fmt: skip


def features(**fields):
    """What familiarity is made of, by name."""
    event = sign_in(**fields).event
    return dict(provider_of(event).features(event))


HABITS = [
    pytest.param(sign_in(protocol="devicecode"), True, id="a device code"),
    pytest.param(sign_in(), False, id="an ordinary sign-in"),
    pytest.param(detection(), False, id="a detection"),
]


@pytest.mark.parametrize(("activity", "asked"), HABITS)
def test_of_device_codes_alone_is_asked_whether_they_are_usual(activity, asked):
    assert provider_of(activity.event).habitual(activity.event) is asked


FLOWS = [
    pytest.param({"protocol": "devicecode"}, "device code", id="a device code"),
    pytest.param({"transfer_method": "devicecodeflow"}, "device code", id="a device code, by its transfer"),
    pytest.param({"transfer_method": "devicecodeflow", "incoming_token": "refreshtoken"}, None, id="a later record of that session"),
    pytest.param({"protocol": "ropc"}, "password alone", id="a password alone"),
    pytest.param({"client_app": "IMAP4"}, "password alone", id="a legacy client"),
    pytest.param({"client_app": "Browser"}, None, id="an ordinary flow"),
]


@pytest.mark.parametrize(("fields", "flow"), FLOWS)
def test_an_extraordinary_flow_is_a_feature(fields, flow):
    assert features(**fields).get("protocol") == flow


SILENT = {"interactive": Fact.ABSENT, "credential_type": "clientsecret"}
PLACES = [
    pytest.param({}, True, id="an interactive sign-in"),
    pytest.param(SILENT, False, id="a confidential client may repeat the address of the first sign-in"),
    pytest.param(SILENT | {"interactive": Fact.PRESENT}, True, id="interactive all the same"),
    pytest.param(SILENT | {"interactive": Fact.UNKNOWN}, True, id="the record does not say whether it is interactive"),
    pytest.param(SILENT | {"credential_type": "none"}, True, id="a public client"),
    pytest.param(SILENT | {"credential_type": None}, True, id="the record names no credential"),
    pytest.param(SILENT | {"stream": "serviceprincipal"}, True, id="a workload by itself"),
    pytest.param(SILENT | {"stream": "managedidentity"}, True, id="a managed identity"),
]


@pytest.mark.parametrize(("fields", "has_place"), PLACES)
def test_the_place_is_a_feature_unless_it_may_be_an_earlier_one(fields, has_place):
    assert ("country" in features(**fields)) is has_place


@pytest.mark.parametrize(
    ("stream", "level"),
    [pytest.param("serviceprincipal", 0, id="a service principal"), pytest.param("managedidentity", 0, id="a managed identity"), pytest.param("user", 1, id="a user")],
)  # fmt: skip
def test_a_workload_is_known_by_its_stream(stream, level):
    facts = entra_facts(sign_in(stream=stream, level_during="low", risk_state="none"))
    assert facts is not None
    assert facts.level == level


PLANES = [
    pytest.param({"app_id": None, "resource_id": None}, None, id="neither is named"),
    pytest.param({"app_id": None, "resource_id": "797F4846-BA00-4FD7-BA43-DAC1F8F63013"}, "Azure Resource Manager", id="by the resource alone"),
    pytest.param({"app_id": "04B07795-8DDB-461A-BBEE-02F9E1BF7B46", "resource_id": None}, "Azure CLI", id="by the client alone"),
    pytest.param({"app_id": "00000006-0000-0ff1-ce00-000000000000"}, None, id="the office portal"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "plane"), PLANES)
def test_a_control_plane_is_named_by_client_or_resource(fields, plane):
    assert control_plane(sign_in_of(sign_in(**fields).event)) == plane


def says(rule="entra_sync_account_signin", **fields):
    """Whether a rule of the synchronisation account matches."""
    return BY_ID[rule].match(sign_in(**fields), Window(), Tuning()) is not None


CLIENTS = ("cb1056e2-e479-49de-ae31-7812af012ed8", "6eb59a73-39b2-4c23-a70f-e2e3ce8965b1")
RESOURCES = (
    "00000002-0000-0000-c000-000000000000", "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016", "93625bc8-bfe2-437a-97e0-3d0060024faa", "2e5ecfc8-ea79-48bd-8140-c19324acb278",
)  # fmt: skip


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("client", CLIENTS)
def test_what_the_synchronisation_uses_is_left_alone(client, resource):
    assert not says(**CONNECT, app_id=client, resource_id=resource)
    assert says(**CONNECT, app_id=client, resource_id="r-1")
    assert says(**CONNECT, app_id="a-1", resource_id=resource)


@pytest.mark.parametrize("kind", ["clientassertion", "certificate", "none", None])
def test_its_application_proves_itself_with_a_certificate(kind):
    assert not says(**APPLICATION, credential_type=kind)


def test_only_a_user_is_the_synchronisation_account():
    used = {**CONNECT, "protocol": "ropc", "app_id": CLIENTS[0], "resource_id": RESOURCES[0]}
    assert not says("entra_password_grant_signin", **used)
    assert says("entra_password_grant_signin", **used, subject=EntraSubject.SERVICE_PRINCIPAL)


@pytest.mark.parametrize("kind", ["clientsecret", "clientassertion"])
def test_its_application_is_known_by_the_name_of_either_field(kind):
    named = APPLICATION | {"service_principal_name": None, "app_name": APPLICATION["service_principal_name"]}
    assert says(**named, credential_type=kind) is (kind == "clientsecret")


def test_a_user_without_a_name_is_not_the_synchronisation_account():
    assert not says(upn=None, app_id="a-1")


def test_the_display_name_tells_the_synchronisation_account_without_another_name():
    assert says(upn=None, display_name="On-Premises Directory Synchronization Service Account", app_id="a-1")
