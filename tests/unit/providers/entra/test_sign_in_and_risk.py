"""Every sentence of "Normalising" that speaks of Entra."""

import json
from datetime import UTC, datetime

import pytest

from gatewatch.model import Fact, Outcome
from gatewatch.providers.entra.detail import EntraSubject
from tests.builders import entra
from tests.builders.common import detail

NIL = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [
        ({"errorCode": 0}, "success", 0),
        ({"errorCode": "0"}, "success", 0),
        ({"errorCode": 0.0}, "success", 0),
        ({"errorCode": 50076}, "failure", 50076),
        ({"errorCode": "500121"}, "failure", 500121),
        ({"errorCode": 99999999999}, "failure", 99999999999),
        ({"errorCode": 10**40}, "failure", 2**53 - 1),
        ({"errorCode": -1}, "failure", -1),
        (json.dumps({"errorCode": 0}), "success", 0),
        ([{"errorCode": 0}], "success", 0),
        ({"errorCode": None}, "unknown", None),
        ({"errorCode": "zero"}, "unknown", None),
        ({"errorCode": False}, "unknown", None),
        ({"errorCode": float("nan")}, "unknown", None),
        ({}, "unknown", None),
        (None, "unknown", None),
        (..., "unknown", None),
        ("Success", "unknown", None),
    ],
)
def test_success_iff_the_error_code_is_zero(read, status, outcome, code):
    found = read(entra.sign_in_record(status=status))
    assert (found.outcome, detail(found).error_code) == (Outcome(outcome), code)
    assert ("unknown_outcome" in found.data_quality) == (outcome == "unknown")


@pytest.mark.parametrize(
    ("changes", "types"),
    [
        ({"riskEventTypes_v2": ["anonymizedIPAddress"]}, ("anonymizedIPAddress",)),
        ({"riskEventTypes_v2": ["ANONYMIZEDIPADDRESS"]}, ("anonymizedIPAddress",)),
        ({"riskEventTypes_v2": '["anonymizedIPAddress"]'}, ("anonymizedIPAddress",)),
        ({"riskEventTypes_v2": "anonymizedIPAddress"}, ("anonymizedIPAddress",)),
        ({"riskEventTypes_v2": "anonymizedIPAddress, unlikelyTravel"}, ("anonymizedIPAddress", "unlikelyTravel")),
        ({"riskEventTypes_v2": ..., "riskEventTypes": ["anonymizedIPAddress"]}, ("anonymizedIPAddress",)),
        ({"riskEventTypes_v2": ["unlikelyTravel"], "riskEventTypes": ["UnlikelyTravel", "newCountry"]}, ("unlikelyTravel", "newCountry")),
        ({"RiskEventTypesV2": ["anonymizedIPAddress"], "riskEventTypes_v2": ...}, ("anonymizedIPAddress",)),
        ({"riskEventTypes_v2": ["quantumTravel"]}, ("quantumTravel",)),
        ({"riskEventTypes_v2": ["none"]}, ()),
        ({"riskEventTypes_v2": ["unknownFutureValue"]}, ("unknownFutureValue",)),
        ({"riskEventTypes_v2": ["unknownFutureValue", "unlikelyTravel"]}, ("unlikelyTravel",)),
        ({"riskEventTypes_v2": None}, ()),
        ({"riskEventTypes_v2": [None, "generic"]}, ("generic",)),
    ],
)
def test_risk_types_are_merged_and_distinct(read, changes, types):
    found = read(entra.sign_in_record(**changes))
    assert (detail(found).risk_types, found.data_quality) == (types, ())


@pytest.mark.parametrize("wrong", [3, True, {"a": 1}, ["generic"], 1.5], ids=str)
def test_a_risk_type_that_is_no_string_is_a_doubt(read, wrong):
    found = read(entra.sign_in_record(riskEventTypes_v2=[wrong, "unlikelyTravel"]))
    assert (detail(found).risk_types, found.data_quality) == (("unlikelyTravel",), ("unknown_enum", "unreadable_risk_type"))
    risk = read(entra.detection_record(riskEventType=wrong))
    assert (detail(risk).risk_type, risk.data_quality) == (None, ("unknown_enum", "unreadable_risk_type"))


@pytest.mark.parametrize(
    ("written", "level", "quality"),
    [
        ("HIGH", "high", ()),
        (["medium"], "medium", ()),
        ("hidden", "hidden", ()),
        ("", None, ()),
        (None, None, ()),
        (..., None, ()),
        ("critical", "critical", ("unknown_enum", "unreadable_risk_level")),
        (100, "high", ()),
        ("50", "medium", ()),
        (1, "1", ("unknown_enum", "unreadable_risk_level")),
        (75, "75", ("unknown_enum", "unreadable_risk_level")),
        ("élevé", "élevé", ("unknown_enum", "unreadable_risk_level")),
        ({"a": 1}, None, ("unreadable_risk_level",)),
        ("System.Object[]", "system.object[]", ("unknown_enum", "unreadable_risk_level")),
        ("unknownFutureValue", "unknownfuturevalue", ("unknown_enum",)),
    ],
)
def test_levels(read, written, level, quality):
    found = read(entra.sign_in_record(riskLevelDuringSignIn=written))
    assert (detail(found).level_during, found.data_quality) == (level, quality)


def test_future_states_are_kept_and_doubted(read):
    found = read(entra.sign_in_record(riskState="investigating"))
    assert (detail(found).risk_state, found.data_quality) == ("investigating", ("unknown_enum",))


@pytest.mark.parametrize(
    ("changes", "principal", "person", "subject"),
    [
        ({}, "00000000-1111-4000-8000-00000000000a", "alice@contoso.com", "entra_user"),
        ({"userId": None}, "alice@contoso.com", "alice@contoso.com", "entra_user"),
        ({"userId": NIL}, "alice@contoso.com", "alice@contoso.com", "entra_user"),
        ({"userId": "", "userPrincipalName": "", "servicePrincipalId": "SP-1"}, "sp-1", None, "service_principal"),
        ({"userPrincipalName": None}, "00000000-1111-4000-8000-00000000000a", None, "entra_user"),
        (
            {"userPrincipalName": "bob_partner.com#EXT#@contoso.onmicrosoft.com"},
            "00000000-1111-4000-8000-00000000000a",
            "bob@partner.com",
            "entra_user",
        ),
    ],
)
def test_principal_and_person(read, changes, principal, person, subject):
    found = read(entra.sign_in_record(**changes))
    assert (found.principal, found.person, found.subject, found.data_quality) == (principal, person, subject, ())


WORKLOADS = [
    pytest.param({"signInEventTypes": ["servicePrincipal"]}, "service_principal", "sp-1", id="Graph"),
    pytest.param({"signInEventTypes": ["managedIdentity"], "ipAddress": "", "location": {}}, "managed_identity", "sp-1", id="managed"),
    pytest.param({"signInEventTypes": ["nonInteractiveUser"]}, "entra_user", entra.USER_ID.lower(), id="a user's record names its client"),
    pytest.param({"signInEventTypes": ["servicePrincipal"], "userId": "", "servicePrincipalId": NIL}, "entra_user", "alice@contoso.com", id="nobody"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "subject", "principal"), WORKLOADS)
def test_only_the_stream_says_that_it_is_a_workload(read, changes, subject, principal):
    found = read(entra.sign_in_record(**{"servicePrincipalId": "SP-1", "servicePrincipalName": "backup", **changes}))
    assert (found.subject, found.principal) == (subject, principal)
    assert (found.person is None) == (subject != "entra_user")


BETA = {
    "originalTransferMethod": ("deviceCodeFlow", "transfer_method", "devicecodeflow"),
    "incomingTokenType": ("Primary Refresh Token", "incoming_token", "primaryrefreshtoken"),
    "sessionId": ("7b1f0001-0000-4000-8000-000000000001", "session_id", "7b1f0001-0000-4000-8000-000000000001"),
    "clientCredentialType": ("clientSecret", "credential_type", "clientsecret"),
    "servicePrincipalCredentialKeyId": ("key-1", "credential_key_id", "key-1"),
    "servicePrincipalCredentialThumbprint": ("AB12", "credential_thumbprint", "AB12"),
    "federatedCredentialId": ("fed-1", "federated_credential_id", "fed-1"),
    "crossTenantAccessType": ("b2bCollaboration", "cross_tenant", "b2bcollaboration"),
    "isTenantRestricted": (True, "tenant_restricted", Fact.PRESENT),
    "servicePrincipalName": ("backup", "service_principal_name", "backup"),
}


@pytest.mark.parametrize("name", BETA)
def test_what_only_beta_says(read, name):
    written, field, value = BETA[name]
    assert getattr(detail(read(entra.sign_in_record(**{name: written}))), field) == value
    silent = getattr(detail(read(entra.sign_in_record(**{name: ...}))), field)
    assert silent is None or silent is Fact.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "stream"),
    [({"signInEventTypes": ["nonInteractiveUser"]}, "noninteractiveuser"), ({"signInEventTypes": ["quantumUser"]}, None),
     ({"signInEventTypes": [None, 3, "managedIdentity"]}, "managedidentity"), ({"Type": "AADServicePrincipalSignInLogs"}, "serviceprincipal"),
     ({"Type": "SigninLogs"}, "interactiveuser"), ({}, None)],
)  # fmt: skip
def test_stream(read, changes, stream):
    assert detail(read(entra.sign_in_record(**changes))).stream == stream


def test_nobody_is_grouped_by_address_and_doubted(read):
    found = read(entra.sign_in_record(userId=None, userPrincipalName=None))
    assert (found.principal, found.data_quality) == ("UNKNOWN|198.51.100.77", ("identity_missing",))


def test_names_hold_what_tuning_may_name(read):
    found = read(entra.sign_in_record(userPrincipalName="Bob_partner.com#EXT#@contoso.onmicrosoft.com"))
    assert set(found.names) == {"Bob_partner.com#EXT#@contoso.onmicrosoft.com", "bob@partner.com", "00000000-1111-4000-8000-00000000000A"}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"authenticationRequirement": "multiFactorAuthentication"}, "present"),
        ({"authenticationRequirement": "multiFactorAuthentication", "status": {"errorCode": 50074}}, "unknown"),
        ({"authenticationRequirement": "singleFactorAuthentication"}, "absent"),
        ({"mfaDetail": {"authMethod": "Phone app notification"}}, "present"),
        ({"mfaDetail": {}}, "unknown"),
        ({"authenticationRequirement": "quantumFactorAuthentication"}, "unknown"),
        ({"status": {"errorCode": 0, "additionalDetails": "MFA requirement satisfied by claim in the token"}}, "present"),
        ({"status": {"errorCode": 0, "additionalDetails": "MFA completed in Azure AD"}}, "present"),
        ({"status": {"errorCode": 0, "additionalDetails": "MFA denied; user declined"}}, "unknown"),
        ({"authenticationRequirement": "singleFactorAuthentication", "authenticationDetails": [
            {"succeeded": True, "authenticationStepResultDetail": "MFA requirement satisfied by claim in the token"}]}, "present"),
        ({"authenticationDetails": json.dumps([{"succeeded": True, "authenticationStepRequirement": "multiFactorAuthentication"}])}, "present"),
        ({"authenticationDetails": [{"succeeded": True, "authenticationStepRequirement": "Primary authentication"}]}, "unknown"),
        ({"authenticationRequirement": "singleFactorAuthentication", "authenticationDetails": [
            {"succeeded": True, "authenticationMethod": "FIDO2 security key"}]}, "present"),
        ({"authenticationRequirement": "singleFactorAuthentication", "authenticationDetails": [
            {"succeeded": "true", "authenticationMethod": "Windows Hello for Business"}]}, "present"),
        ({"authenticationRequirement": "singleFactorAuthentication", "authenticationDetails": [
            {"succeeded": True, "authenticationMethod": "Passkey (device-bound)"}]}, "present"),
        ({"authenticationRequirement": "singleFactorAuthentication", "authenticationDetails": [
            {"succeeded": False, "authenticationMethod": "FIDO2 security key"}]}, "absent"),
        ({"authenticationRequirement": "singleFactorAuthentication", "authenticationDetails": [
            {"succeeded": True, "authenticationMethod": "Password"}]}, "absent"),
        ({"authenticationRequirement": "singleFactorAuthentication", "authenticationDetails": [
            {"succeeded": True, "authenticationMethod": ["FIDO2"], "authenticationStepRequirement": None}]}, "present"),
        ({}, "unknown"),
    ],
)  # fmt: skip
def test_mfa_is_three_valued(read, changes, verdict):
    assert detail(read(entra.sign_in_record(**changes))).mfa is Fact(verdict)


@pytest.mark.parametrize(
    ("changes", "fact"),
    [({"isInteractive": True}, "present"), ({"isInteractive": False}, "absent"), ({"isInteractive": None}, "unknown"),
     ({"isInteractive": None, "signInEventTypes": ["nonInteractiveUser"]}, "absent"), ({"isInteractive": "TRUE"}, "present")],
)  # fmt: skip
def test_interactive(read, changes, fact):
    assert detail(read(entra.sign_in_record(**changes))).interactive is Fact(fact)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2020-03-13T19:15:41.6195833Z", datetime(2020, 3, 13, 19, 15, 41, 619583, tzinfo=UTC)),
        ("2026-02-18T07:32:50.552947800Z", datetime(2026, 2, 18, 7, 32, 50, 552947, tzinfo=UTC)),
        ("2019-10-18T04:45:48.0729893-05:00", datetime(2019, 10, 18, 9, 45, 48, 72989, tzinfo=UTC)),
        ("2025-01-15 08:15:23.456", datetime(2025, 1, 15, 8, 15, 23, 456000, tzinfo=UTC)),
        ("2022-09-09T8:48:50.361Z", datetime(2022, 9, 9, 8, 48, 50, 361000, tzinfo=UTC)),
        ("9/9/2022 9:54:27 AM", datetime(2022, 9, 9, 9, 54, 27, tzinfo=UTC)),
        ("12/12/2025 3:03:58 PM", datetime(2025, 12, 12, 15, 3, 58, tzinfo=UTC)),
        ("12/12/2025 15:03:58", datetime(2025, 12, 12, 15, 3, 58, tzinfo=UTC)),
        ("2025-12-12T15:03Z", datetime(2025, 12, 12, 15, 3, tzinfo=UTC)),
        ("2" * 100, None),
        (9 * 10**14, None),
        (10**300, None),
        ("12/12/2025 12:00:00 AM", datetime(2025, 12, 12, tzinfo=UTC)),
        ("/Date(1763632800000)/", datetime(2025, 11, 20, 10, tzinfo=UTC)),
        ("2026-06-30T23:59:60Z", datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)),
        (1763632800, datetime(2025, 11, 20, 10, tzinfo=UTC)),
        (1763632800000, datetime(2025, 11, 20, 10, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("2026-13-20T10:00:00Z", None),
        ("2026-11-20T10:00:00+99:99", None),
        (float("inf"), None),
        (True, None),
    ],
    ids=str,
)
def test_times(read, written, read_as):
    found = read(entra.sign_in_record(createdDateTime=written))
    assert found.time == read_as
    assert ("time_missing" in found.data_quality) == (read_as is None)


def diagnostic(category="SignInLogs", **properties):
    return {
        "time": "2026-11-20T10:05:00.1234567Z",
        "resourceId": "/tenants/T-1/providers/Microsoft.aadiam",
        "category": category,
        "tenantId": "T-1",
        "resultType": "0",
        "callerIpAddress": "192.0.2.9",
        "correlationId": "top",
        "Level": 4,
        "location": "de",
        "properties": entra.sign_in_record(**properties),
    }


def test_a_diagnostic_record_is_the_graph_sign_in_with_its_tenant(read):
    found = read(diagnostic())
    graph = read(entra.sign_in_record(), tenant="t-1")
    assert (found.account, found.vendor_id, found.principal, found.time, detail(found).risk_types) == (
        "t-1", graph.vendor_id, graph.principal, graph.time, detail(graph).risk_types,
    )  # fmt: skip
    assert read(diagnostic(), tenant="connection").account == "connection"


def test_a_diagnostic_record_falls_back_to_its_envelope(read):
    found = read(diagnostic(status=None, ipAddress=None, createdDateTime=None, location=None, correlationId=None))
    assert (found.outcome, found.place.ip, found.place.country, detail(found).correlation_id) == (Outcome.SUCCESS, "192.0.2.9", "DE", "top")
    assert (found.time, found.data_quality) == (datetime(2026, 11, 20, 10, 5, 0, 123456, tzinfo=UTC), ("time_approximate",))


@pytest.mark.parametrize(
    ("category", "interactive"),
    [
        ("SignInLogs", "present"),
        ("NonInteractiveUserSignInLogs", "absent"),
        ("ServicePrincipalSignInLogs", "absent"),
        ("ManagedIdentitySignInLogs", "absent"),
    ],
)
def test_diagnostic_categories(read, category, interactive):
    assert detail(read(diagnostic(category, isInteractive=None))).interactive is Fact(interactive)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"category": "RiskyUsers", "properties": {"id": "x"}}, "diagnostic_risky_users"),
        ({"category": "RiskyServicePrincipals", "properties": {"id": "x"}}, "diagnostic_risky_service_principals"),
        ({"category": "ProvisioningLogs", "properties": {"id": "x"}}, "diagnostic_category_not_a_sign_in"),
        ({"category": "AuditLogs", "properties": {"id": "x"}}, "directory_audit_not_context"),
        ({"id": "x", "riskLastUpdatedDateTime": "2026-11-20T10:00:00Z", "riskLevel": "high"}, "graph_risky_user"),
    ],
)
def test_what_is_ignored_by_name(reason, record, why):
    assert reason(record) == why


def test_pascal_case_exports(read):
    sample = entra.sign_in_record(riskEventTypes_v2=["anonymizedIPAddress"])
    export = {key[0].upper() + key[1:]: value for key, value in sample.items() if key != "riskEventTypes_v2"}
    export["RiskEventTypesV2"] = ["anonymizedIPAddress"]
    assert read(export) == read(sample)


def test_log_analytics_rows(read):
    sample = entra.sign_in_record(signInEventTypes=["interactiveUser"])
    row = {key[0].upper() + key[1:]: json.dumps(value) if isinstance(value, dict | list) else value for key, value in sample.items()}
    row |= {
        "Type": "SigninLogs",
        "TenantId": "workspace",
        "AADTenantId": "t-1",
        "IPAddress": row.pop("IpAddress"),
        "LocationDetails": row["Location"],
        "Location": "DE",
    }
    assert read(row) == read(sample, tenant="t-1")


def test_a_page_of_graph(read):
    assert read({"@odata.context": "x", "value": [entra.sign_in_record()]}) == read(entra.sign_in_record())


def test_a_risk_detection(read):
    found = read(entra.detection_record(), tenant="t-1")
    assert (found.kind, found.vendor_id, found.account, found.updated) == (
        "graph.riskDetection", "entra-risk|d-1", "t-1", datetime(2026, 11, 20, 10, 2, tzinfo=UTC),
    )  # fmt: skip
    assert (detail(found).request_id, detail(found).risk_type, detail(found).level, detail(found).state) == (
        "s-1",
        "anonymizedIPAddress",
        "low",
        "atrisk",
    )
    assert found.user_agent.startswith("Mozilla/5.0")
    assert found.client == "firefox/windows"


@pytest.mark.parametrize(
    ("changes", "risk_type"),
    [
        ({"riskEventType": "passwordSpray", "riskType": "generic"}, "passwordSpray"),
        ({"riskEventType": "generic", "riskType": "anonymizedIPAddress"}, "anonymizedIPAddress"),
        ({"riskEventType": ..., "riskType": "unlikelyTravel"}, "unlikelyTravel"),
        ({"riskEventType": "unknownFutureValue", "riskType": None}, "unknownFutureValue"),
        ({"riskEventType": "ADMINCONFIRMEDUSERCOMPROMISED"}, "adminConfirmedUserCompromised"),
    ],
)
def test_the_type_of_a_detection(read, changes, risk_type):
    assert detail(read(entra.detection_record(**changes))).risk_type == risk_type


@pytest.mark.parametrize("request_id", [None, "", NIL, ...])
def test_no_request_id_names_no_sign_in(read, request_id):
    assert detail(read(entra.detection_record(requestId=request_id))).request_id is None


def test_detections_without_activity_time_have_an_approximate_one(read):
    found = read(entra.detection_record(activityDateTime=None))
    assert (found.time, found.data_quality) == (datetime(2026, 11, 20, 10, 1, tzinfo=UTC), ("time_approximate",))


def test_service_principals(read):
    found = read(
        entra.detection_record(
            userId=..., userPrincipalName=..., servicePrincipalId="SP-1", servicePrincipalDisplayName="App", ipAddress=None, requestId=None
        )
    )
    assert (found.subject, found.principal, found.display_name, found.place.ip) == (EntraSubject.SERVICE_PRINCIPAL, "sp-1", "App", None)


def test_diagnostic_risk_events(read):
    record = {
        "category": "UserRiskEvents",
        "tenantId": "t-1",
        "correlationId": "d-1",
        "callerIpAddress": "192.0.2.9",
        "properties": entra.detection_record(),
    }
    assert read(record) == read(entra.detection_record(), tenant="t-1")


def test_a_sign_in_with_little_in_it_is_still_one(read):
    found = read({"id": "x", "userPrincipalName": "a@contoso.com", "status": {"errorCode": 0}})
    assert (found.kind, found.principal, found.data_quality) == ("graph.signIn", "a@contoso.com", ("time_missing",))


def test_a_sign_in_with_nothing_in_it_is_doubted(read):
    found = read(dict.fromkeys(entra.sign_in_record()))
    assert found.data_quality == ("identity_missing", "time_missing", "unknown_outcome")
